import Genome
import Host
import Store
import Wire

/// `plasmid mirror`: sealed copies on other machines, and those of others on this one.
enum MirrorCommand {
    /// Longest contract in days: a little under the two years that a request may ask for.
    private static let daysMax = 730
    /// Seconds for which an answer is waited for unless said otherwise.
    private static let waitDefault = 30

    static func perform(_ arguments: Arguments, _ report: Report) throws(Failure) {
        if FollowCommand.isMeant(arguments) { return try FollowCommand.perform(arguments, report) }
        let layer = arguments.operand(0)
        var object = JSONObject()
        object["layer"] = layer.map { .string($0) }
        object["mirror"] = arguments.text("on").map { .string($0) }
        if arguments.isGiven("end") {
            guard layer != nil, !arguments.isGiven("days"), !arguments.isGiven("wait") else {
                throw Failure(
                    .usage, "--end needs a layer or a contract, and nothing but --on",
                    remedy: "see all contracts with: plasmid mirror")
            }
            object["action"] = "end"
            report.done(try Access.open(report).ask("mirror", object), text: ["It is over."])
            return
        }
        guard layer != nil else {
            guard !arguments.isGiven("on") else {
                throw Failure(
                    .usage, "LAYER is missing", remedy: "say plasmid mirror LAYER --on KEY")
            }
            let answer = try Access.open(report).ask("mirror", object)
            let contracts = lists(answer)
            report.done(answer, text: FollowCommand.lines(answer) + contracts)
            return
        }
        guard arguments.isGiven("on") else {
            throw Failure(
                .usage, "nothing is said that should be done with the layer",
                why: "--on asks a node for a sealed copy, --replicas says how many copies should "
                    + "live, --take takes it now",
                remedy: "say plasmid mirror LAYER --on KEY; plasmid peers shows keys")
        }
        object["action"] = "ask"
        object["days"] = try arguments.integer("days", in: 1...daysMax).map {
            .integer(Int64($0))
        }
        let wait = try arguments.integer("wait", in: 0...86_400) ?? waitDefault
        object["wait"] = .integer(Int64(wait))
        let access = try Access.open(report)
        let answer = try access.ask("mirror", object, showing: "seal")
        report.done(answer, text: text(answer, isNode: access.isNode))
    }

    private static func text(_ answer: JSONObject, isNode: Bool) -> [String] {
        let mirror = answer["mirror"]?.string?.prefix(8) ?? ""
        let name = answer["ref"]?.string ?? ""
        let size = Sizes.text(UInt64(max(0, answer["bytes"]?.integer ?? 0)))
        let what = "\(size) of ciphertext for \(left(answer["until"]))"
        switch answer["state"]?.string {
        case "complete":
            return [
                "\(mirror) keeps \(name) sealed: \(what).",
                "Those whom you granted it, or its organisation, can fetch it there.",
            ]
        case "pulling": return ["\(mirror) accepts and is fetching \(name): \(what)."]
        default:
            return [
                "\(mirror) is asked to keep \(name) sealed: \(what).",
                isNode
                    ? "It has not answered yet; see plasmid mirror."
                    : "It is asked when the node runs: plasmid run",
            ]
        }
    }

    /// How long a contract still lasts.
    private static func left(_ until: JSONValue?) -> String {
        let now = Int64(Clock.wallMilliseconds() / 1_000)
        // Rounded up, so that three days are not two as soon as they begin.
        let seconds = max(0, (until?.integer ?? 0) - now)
        return Ages.text(seconds > 172_800 ? seconds + 43_200 : seconds)
    }

    private static func lists(_ answer: JSONObject) -> [String] {
        let kept = answer["heldForOthers"]?.array ?? []
        let given = answer["heldByOthers"]?.array ?? []
        guard !kept.isEmpty || !given.isEmpty else {
            return ["No contracts: nothing is kept sealed here or elsewhere."]
        }
        var lines: [String] = []
        if !given.isEmpty {
            lines += ["What others keep of yours:"] + table(given, "MIRROR", "mirror", "ref")
        }
        if !kept.isEmpty {
            lines += ["What you keep for others:"] + table(kept, "FOR", "publisher", nil)
        }
        return lines
    }

    private static func table(
        _ rows: [JSONValue], _ head: String, _ who: String, _ name: String?
    ) -> [String] {
        var columns: [Table.Column] = [
            .init("CONTRACT"), .init(head), .init("STATE"), .init("SIZE"), .init("LEFT"),
        ]
        if name != nil { columns.append(.init("LAYER", isElastic: true)) }
        var table = Table(columns)
        for row in rows {
            var cells = [
                String(row["contract"]?.string?.prefix(16) ?? ""),
                String(row[who]?.string?.prefix(8) ?? ""), row["state"]?.string ?? "",
                Sizes.text(UInt64(max(0, row["bytes"]?.integer ?? 0))), left(row["until"]),
            ]
            if let name { cells.append(row[name]?.string ?? "") }
            table.add(cells)
        }
        return table.lines(width: Terminal(descriptor: 1).columns)
    }
}
