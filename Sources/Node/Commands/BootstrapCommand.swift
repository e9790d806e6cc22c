import Genome
import Host
import Store
import Wire

/// `plasmid bootstrap`: signed lists of nodes that a newcomer calls first.
enum BootstrapCommand {
    private static let actions = ["list", "create", "show", "verify", "take", "forget"]
    /// Longest file that is read: a list in its envelope.
    private static let bytesMax = 512 << 10

    static func perform(_ arguments: Arguments, _ report: Report) throws(Failure) {
        let action = try arguments.action(of: actions, or: "list")
        var object = JSONObject()
        object["action"] = .string(action)
        object["key"] = arguments.text("key").map { .string($0) }
        switch action {
        case "create": try fill(&object, arguments)
        case "show", "verify", "take":
            guard let path = arguments.operand(1) else {
                throw Failure(.usage, "bootstrap \(action) needs FILE")
            }
            object["file"] = .string(path)
            object["list"] = .string(try text(of: path))
        case "forget":
            object["key"] = arguments.operand(1).map { .string($0) } ?? object["key"]
            guard object["key"] != nil else {
                throw Failure(.usage, "bootstrap forget needs KEY")
            }
        default: break
        }
        let makes = action != "list" && action != "forget"
        var answer = try Access.open(makes: makes, report).ask("bootstrap", object)
        if action == "create" { try write(&answer, to: arguments.text("out") ?? "") }
        report.done(answer, text: lines(answer, action, out: arguments.text("out")))
    }

    private static func fill(
        _ object: inout JSONObject, _ arguments: Arguments
    ) throws(Failure) {
        guard arguments.isGiven("out") else {
            throw Failure(.usage, "bootstrap create needs --out FILE")
        }
        object["entries"] = .array(arguments.texts("entry").map { .string($0) })
        object["as"] = arguments.text("as").map { .string($0) }
        let days = try arguments.integer("days", in: 1...Int(BootstrapList.secondsMax / 86_400))
        object["days"] = days.map { .integer(Int64($0)) }
        let sequence = try arguments.integer("sequence", in: 0...Int(Schema.integerMax))
        object["sequence"] = sequence.map { .integer(Int64($0)) }
        IdentityCommands.addAgent(to: &object)
    }

    /// The text of a file that may hold a list.
    static func text(of path: String) throws(Failure) -> String {
        do throws(SystemError) {
            let bytes = try File(path, .read).readAll(limit: bytesMax)
            return String(decoding: bytes, as: UTF8.self)
        } catch {
            throw Failure(
                .notFound, "\(PlainText.shown(path)) cannot be read: \(error.reason)")
        }
    }

    /// Writes a list that was made; a file that is there stays.
    private static func write(_ answer: inout JSONObject, to path: String) throws(Failure) {
        let text = answer["list"]?.string ?? ""
        answer["list"] = nil
        let file = try NewFile(path)
        do throws(Failure) {
            try file.write(text + "\n")
        } catch {
            file.discard()
            throw error
        }
    }

    // MARK: Words

    static func lines(
        _ answer: JSONObject, _ action: String, out: String? = nil,
        now: Int64 = Int64(Clock.wallMilliseconds() / 1_000)
    ) -> [String] {
        if action == "list" || action == "forget" {
            let lists = answer["lists"]?.array ?? []
            guard !lists.isEmpty else {
                return [
                    "No list is used. Take one with: plasmid bootstrap take FILE --key KEY"
                ]
            }
            return lists.flatMap { described($0, now) }
        }
        var lines = described(.object(answer), now)
        for entry in answer["entries"]?.array ?? [] {
            let places = (entry["addresses"]?.array ?? []).compactMap(\.string)
            lines.append("  \(entry["key"]?.string ?? "")  " + places.joined(separator: " "))
        }
        switch action {
        case "create": lines += ["Written to \(out ?? "")."] + advice(answer)
        case "verify": lines.append("This node would take it.")
        case "take": lines.append("Taken: these nodes are called while no other is met.")
        default:
            lines.append(
                answer["usable"]?.bool == true
                    ? "This node would take it."
                    : "This node would not take it: \(answer["why"]?.string ?? "").")
        }
        return lines
    }

    private static func described(_ list: JSONValue, _ now: Int64) -> [String] {
        let expires = list["expires"]?.integer ?? 0
        let rest =
            expires > now ? "ends in \(Ages.text(expires - now))" : "ended \(expires) s after 1970"
        let count = list["entries"]?.array?.count ?? 0
        return [
            "signed by \(list["publisher"]?.string ?? "")",
            "  sequence \(list["sequence"]?.integer ?? 0), \(rest); "
                + (count == 1 ? "1 node" : "\(count) nodes")
                + ", public parts of the network: \(list["groups"]?.integer ?? 0)",
        ]
    }

    /// What a list of few nodes risks.
    private static func advice(_ answer: JSONObject) -> [String] {
        let count = answer["entries"]?.array?.count ?? 0
        let groups = answer["groups"]?.integer ?? 0
        guard
            count < BootstrapList.entriesAdvised || groups < Int64(BootstrapList.groupsAdvised)
        else { return [] }
        return [
            "Warning: fewer than \(BootstrapList.entriesAdvised) nodes or "
                + "\(BootstrapList.groupsAdvised) parts of the network: whoever rules these few "
                + "decides what a newcomer sees."
        ]
    }
}
