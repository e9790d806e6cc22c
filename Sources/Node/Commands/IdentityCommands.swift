import Genome
import Host
import Store
import Wire

/// `plasmid identity` and `plasmid delegate`.
enum IdentityCommands {
    private static let actions = ["list", "create", "add", "remove"]

    /// Names the SSH agent of this session: a running node may have been started in another.
    static func addAgent(to object: inout JSONObject) {
        object["agent"] = Machine.environment("SSH_AUTH_SOCK").map { .string($0) }
    }

    static func identity(_ arguments: Arguments, _ report: Report) throws(Failure) {
        let action = try arguments.action(of: actions, or: "list")
        var object = JSONObject()
        object["action"] = .string(action)
        addAgent(to: &object)
        if action != "list" {
            guard let name = arguments.operand(1) else {
                throw Failure(.usage, "identity \(action) needs NAME")
            }
            object["name"] = .string(name)
        }
        if action == "add" { try fill(&object, arguments) }
        let answer = try Access.open(makes: action != "list", report).ask("identity", object)
        report.done(answer, text: lines(answer))
    }

    private static func fill(
        _ object: inout JSONObject, _ arguments: Arguments
    ) throws(Failure) {
        let kinds = ["file", "ssh-agent", "command"].filter { arguments.isGiven($0) }
        guard kinds.count == 1 else {
            throw Failure(
                .usage, "identity add needs one of --file, --ssh-agent and --command",
                remedy: "plasmid identity --help shows each")
        }
        if let path = arguments.text("file") {
            // Key files are never opened through a link: it is followed now or not at all.
            object["file"] = .string(try whole(path, followsLinks: true))
        }
        if arguments.isGiven("ssh-agent") {
            object["agentKey"] = .string(arguments.text("ssh-agent") ?? "")
            if let path = arguments.text("socket") {
                object["socket"] = .string(try whole(path))
            }
        }
        if let text = arguments.text("command") {
            var words = text.split(separator: " ").map { String($0) }
            guard let program = words.first else {
                throw Failure(.usage, "--command names no program")
            }
            guard let key = arguments.text("key") else {
                throw Failure(
                    .usage, "--key is missing", why: "a program is asked only for signatures",
                    remedy: "give the public key that it signs with")
            }
            words[0] = try whole(program)
            object["command"] = .array(words.map { .string($0) })
            object["key"] = .string(key)
        }
    }

    /// A path as it is from any folder: the node may run in another. A link stays one: what it is
    /// called by may matter to the program behind it, and it may point elsewhere tomorrow.
    private static func whole(
        _ path: String, followsLinks: Bool = false
    ) throws(Failure) -> String {
        do throws(SystemError) {
            let resolved = try Directory.resolve(path)
            if followsLinks { return resolved }
            guard !path.hasPrefix("/") else { return path }
            let folder = try Directory.resolve(".")
            return (folder == "/" ? "" : folder) + "/" + path
        } catch {
            throw Failure(
                .notFound, "\(PlainText.shown(path)) cannot be opened: \(error.reason)")
        }
    }

    private static func lines(_ answer: JSONObject) -> [String] {
        guard let all = answer["identities"]?.array else {
            return [
                "identity \(answer["name"]?.string ?? "")",
                "  key     \(answer["key"]?.string ?? "")",
                "  signer  \(answer["signer"]?.string ?? "")",
                "Let this node publish for it: plasmid delegate \(answer["name"]?.string ?? "")",
            ]
        }
        guard !all.isEmpty else {
            return ["No identities.", "Make one with: plasmid identity create NAME"]
        }
        var table = Table([.init("NAME"), .init("KEY"), .init("SIGNER", isElastic: true)])
        for entry in all {
            let words = (entry["command"]?.array ?? []).compactMap(\.string)
            let place =
                entry["path"]?.string ?? entry["socket"]?.string
                ?? words.joined(separator: " ")
            table.add([
                entry["name"]?.string ?? "", String((entry["key"]?.string ?? "").prefix(8)),
                "\(entry["signer"]?.string ?? "") \(place)",
            ])
        }
        return table.lines(width: Terminal(descriptor: 1).columns)
    }

    static func delegate(_ arguments: Arguments, _ report: Report) throws(Failure) {
        var object = JSONObject()
        addAgent(to: &object)
        let ended = arguments.text("end")
        let isChange = ["to", "for", "days", "label", "end"].contains { arguments.isGiven($0) }
        if arguments.operand(0) == nil || arguments.isGiven("list") {
            guard !isChange, arguments.operand(0) == nil else {
                throw Failure(
                    .usage, "delegate either lists or changes",
                    remedy: "name IDENTITY, or say --list alone")
            }
        }
        object["identity"] = arguments.operand(0).map { .string($0) }
        object["key"] = (ended ?? arguments.text("to")).map { .string($0) }
        object["end"] = .bool(ended != nil)
        object["rights"] = RightsCommands.list(arguments.text("for"))
        object["label"] = arguments.text("label").map { .string($0) }
        let longest = Int(Service.delegationDays)
        object["days"] = try arguments.integer("days", in: 1...longest).map { .integer(Int64($0)) }
        let answer = try Access.open(report).ask("delegate", object)
        report.done(answer, text: rows(answer))
    }

    private static func rows(_ answer: JSONObject) -> [String] {
        let rows = answer["delegations"]?.array ?? []
        guard !rows.isEmpty else { return ["Nobody acts for anybody here."] }
        let now = Int64(Clock.wallMilliseconds() / 1_000)
        var table = Table([
            .init("IDENTITY", isElastic: true), .init("NODE"), .init("MAY", isElastic: true),
            .init("ENDS IN", isRight: true),
        ])
        for row in rows {
            let rights = (row["rights"]?.array ?? []).compactMap(\.string)
            table.add([
                row["name"]?.string ?? String((row["identity"]?.string ?? "").prefix(8)),
                String((row["key"]?.string ?? "").prefix(8)), rights.joined(separator: ", "),
                Ages.text((row["expires"]?.integer ?? now) - now),
            ])
        }
        return table.lines(width: Terminal(descriptor: 1).columns)
    }
}
