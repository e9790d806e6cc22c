import Genome
import Host
import Store
import Swarm
import Wire

/// `plasmid grant`, `revoke`, `withdraw` and the rules of `trust`.
enum RightsCommands {
    /// Longest grant by days: ten years.
    private static let daysMax = 3_650

    static func grant(_ arguments: Arguments, _ report: Report) throws(Failure) {
        var object = JSONObject()
        object["layer"] = .string(arguments.operand(0) ?? "")
        object["key"] = .string(arguments.operand(1) ?? "")
        object["commands"] = list(arguments.text("for"))
        object["excludedDomains"] = .array(arguments.texts("not-in").map { .string($0) })
        object["use"] = arguments.text("note").map { .string($0) }
        if let days = try arguments.integer("days", in: 1...daysMax) {
            let now = Int64(Clock.wallMilliseconds() / 1_000)
            object["expires"] = .integer(now + Int64(days) * 86_400)
        }
        IdentityCommands.addAgent(to: &object)
        let answer = try Access.open(report).ask("grant", object)
        let key = answer["body"]?["grantee"]?.string ?? ""
        let commands = (answer["body"]?["commands"]?.array ?? []).compactMap(\.string)
        report.done(
            answer,
            text: [
                "\(key.prefix(8)) may \(commands.joined(separator: ", ")) "
                    + (answer["ref"]?.string ?? ""),
                told(answer),
            ])
    }

    static func revoke(_ arguments: Arguments, _ report: Report) throws(Failure) {
        var object = JSONObject()
        object["layer"] = .string(arguments.operand(0) ?? "")
        let visibility = arguments.text("visibility")
        guard (visibility == nil) != (arguments.operand(1) == nil) else {
            throw Failure(
                .usage, "revoke takes either KEY or --visibility",
                remedy: "plasmid revoke --help shows both")
        }
        object["key"] = arguments.operand(1).map { .string($0) }
        object["visibility"] = visibility.map { .string($0) }
        object["organization"] = arguments.text("org").map { .string($0) }
        IdentityCommands.addAgent(to: &object)
        let answer = try Access.open(report).ask("revoke", object)
        let name = answer["ref"]?.string ?? ""
        let key = answer["body"]?["grantee"]?.string ?? ""
        report.done(
            answer,
            text: [
                visibility.map { "\(name) is \($0) from now on" }
                    ?? "\(key.prefix(8)) may not have \(name) any more",
                told(answer), "Bytes that left cannot be called back.",
            ])
    }

    static func withdraw(_ arguments: Arguments, _ report: Report) throws(Failure) {
        guard let reason = arguments.text("reason") else {
            throw Failure(
                .usage, "--reason is missing", why: "whoever has the layer is told why",
                remedy: "say --reason TEXT")
        }
        var object = JSONObject()
        object["layer"] = .string(arguments.operand(0) ?? "")
        object["reason"] = .string(reason)
        object["replacement"] = arguments.text("replacement").map { .string($0) }
        IdentityCommands.addAgent(to: &object)
        let answer = try Access.open(report).ask("withdraw", object)
        report.done(
            answer, text: ["\(answer["ref"]?.string ?? "") is taken back", told(answer)])
    }

    private static func told(_ answer: JSONObject) -> String {
        answer["running"]?.bool == true
            ? "Peers are told as they are met."
            : "Peers are told when the node runs: plasmid run"
    }

    static func list(_ text: String?) -> JSONValue {
        .array((text ?? "").split(separator: ",").map { .string(String($0)) })
    }

    // MARK: Rules

    /// Whether `trust` is about rules and not about a key.
    static func isAboutRules(_ arguments: Arguments) -> Bool {
        arguments.operand(0) == nil || arguments.isGiven("allow") || arguments.isGiven("deny")
            || arguments.isGiven("clear-rules")
    }

    static func rules(_ arguments: Arguments, _ report: Report) throws(Failure) {
        let subjects = ["allow", "deny"].filter { arguments.isGiven($0) }
        guard arguments.operand(0) == nil, subjects.count <= 1,
            subjects.isEmpty || !arguments.isGiven("clear-rules")
        else {
            throw Failure(
                .usage, "trust does one thing at a time",
                remedy: "name a key, or give one of --allow, --deny and --clear-rules")
        }
        var object = JSONObject()
        if let kind = subjects.first {
            object["action"] = "add"
            object["allows"] = .bool(kind == "allow")
            object["subject"] = arguments.text(kind).map { .string($0) }
            object["actions"] = list(arguments.text("for"))
        } else if arguments.isGiven("clear-rules") {
            object["action"] = "clear"
        }
        let answer = try Access.open(report).ask("rules", object)
        report.done(answer, text: lines(answer["rules"]?.array ?? []))
    }

    private static func lines(_ rules: [JSONValue]) -> [String] {
        guard !rules.isEmpty else {
            return ["No rules: whatever a layer's own terms allow may be done here."]
        }
        var table = Table([
            .init(""), .init("SUBJECT", isElastic: true), .init("FOR", isElastic: true),
        ])
        for rule in rules {
            let actions = (rule["actions"]?.array ?? []).compactMap(\.string)
            table.add([
                rule["allows"]?.bool == true ? "allow" : "deny", rule["subject"]?.string ?? "",
                actions.isEmpty ? "everything" : actions.joined(separator: ", "),
            ])
        }
        return table.lines(width: Terminal(descriptor: 1).columns)
            + ["The first rule that matches decides; what none matches is allowed."]
    }
}
