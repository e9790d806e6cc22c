import Genome
import Host
import Swarm
import Wire

/// `plasmid mirror` for what a node mirrors by itself: follows, numbers of copies, and how it
/// stands with each layer.
enum FollowCommand {
    /// What makes it this command and not one about contracts.
    private static let actions = ["follow", "unfollow", "take", "patience", "replicas"]
    /// What says how an own layer spreads.
    private static let spreading = ["replicas", "propagation", "mirror-node"]

    static func isMeant(_ arguments: Arguments) -> Bool {
        (actions + spreading).contains { arguments.isGiven($0) }
    }

    static func perform(_ arguments: Arguments, _ report: Report) throws(Failure) {
        let given = ["follow", "unfollow", "take", "patience"].filter { arguments.isGiven($0) }
        guard given.count <= 1 else {
            throw Failure(
                .usage, "--\(given[0]) and --\(given[1]) exclude each other",
                remedy: "give one command after the other")
        }
        for name in ["on", "end", "wait"] where arguments.isGiven(name) {
            throw Failure(
                .usage, "--\(name) is about contracts over sealed copies",
                remedy: "plasmid mirror --help explains both")
        }
        var object = try wishes(arguments)
        switch given.first {
        case "follow", "unfollow":
            guard arguments.operand(0) == nil else {
                throw Failure(
                    .usage, "--\(given[0]) takes what is meant itself",
                    remedy: "say plasmid mirror --\(given[0]) WHAT")
            }
            object["follow"] = arguments.text(given[0]).map { .string($0) }
            object["all"] = .bool(arguments.isGiven("all"))
        case "patience":
            let text = arguments.text("patience") ?? ""
            let span = try Ages.milliseconds(text, "--patience") / 1_000
            object["seconds"] = .integer(Int64(clamping: span))
        default:
            guard let layer = arguments.operand(0) else {
                throw Failure(
                    .usage, "LAYER is missing", remedy: "say plasmid mirror LAYER --replicas N")
            }
            object["layer"] = .string(layer)
        }
        object["action"] = .string(given.first ?? "spread")
        let answer = try Access.open(report).ask("mirror", object)
        report.done(answer, text: lines(answer))
    }

    /// How copies of a layer should spread, as `share` and `mirror` take it.
    static func wishes(_ arguments: Arguments) throws(Failure) -> JSONObject {
        var object = JSONObject()
        object["replicas"] = try arguments.integer("replicas", in: 1...LayerSpread.copiesMax).map {
            .integer(Int64($0))
        }
        object["propagation"] = try arguments.choice(
            "propagation", among: LayerSpread.Pace.allCases.map(\.name)
        ).map { .string($0) }
        let mirrors = arguments.texts("mirror-node")
        if !mirrors.isEmpty { object["mirrors"] = .array(mirrors.map { .string($0) }) }
        object["days"] = try arguments.integer("days", in: 1...36_500).map { .integer(Int64($0)) }
        return object
    }

    // MARK: Words

    /// What is followed, a table of layers, and under it who holds each that lacks something.
    static func lines(_ answer: JSONObject) -> [String] {
        let follows = answer["follows"]?.array ?? []
        let layers = answer["layers"]?.array ?? []
        let sealed = answer["sealed"]?.array ?? []
        var lines: [String] = []
        if follows.isEmpty {
            lines.append("Nothing is followed: plasmid mirror --follow WHAT.")
        } else {
            lines.append("What this node follows:")
            lines += follows.map { "  " + words($0) }
        }
        guard !layers.isEmpty || !sealed.isEmpty else { return lines }
        var table = Table([
            .init("LAYER", isElastic: true), .init("SIZE", isRight: true), .init("HERE"),
            .init("COPIES", isRight: true), .init("WANTED", isRight: true),
            .init("MISSING", isRight: true),
        ])
        for row in layers { table.add(cells(row, state(row))) }
        for row in sealed { table.add(cells(row, "sealed")) }
        lines += table.lines(width: Terminal(descriptor: 1).columns)
        for row in layers + sealed { lines += notes(row) }
        return lines
    }

    private static func words(_ rule: JSONValue) -> String {
        var text = PlainText.shown(rule["follow"]?.string ?? "")
        if rule["all"]?.bool == true { text += ", all of it" }
        if let copies = rule["copies"]?.integer { text += ", \(copies) copies of each" }
        return text
    }

    private static func name(_ row: JSONValue) -> String {
        row["ref"]?.string ?? String(row["layer"]?.string?.prefix(16) ?? "")
    }

    private static func cells(_ row: JSONValue, _ state: String) -> [String] {
        [
            name(row), row["size"]?.integer.map { Sizes.text(UInt64(max(0, $0))) } ?? "", state,
            "\(row["living"]?.integer ?? 0)", row["target"]?.integer.map { "\($0)" } ?? "",
            row["missing"]?.integer.map { $0 == 0 ? "" : "\($0)" } ?? "",
        ]
    }

    private static func state(_ row: JSONValue) -> String {
        switch row["state"]?.string {
        case "kept": "kept"
        case "taking": "on its way"
        case "leftToOthers": "left to others"
        default: "waits"
        }
    }

    /// Why a layer waits, and who holds it.
    private static func notes(_ row: JSONValue) -> [String] {
        var lines: [String] = []
        if let why = row["why"]?.string { lines.append("\(name(row)): \(PlainText.shown(why))") }
        if row["candidates"]?.integer == 0, row["missing"]?.integer ?? 0 > 0 {
            lines.append("\(name(row)): no node that is known keeps sealed copies for this key")
        }
        let holders = row["holders"]?.array ?? []
        guard row["target"]?.integer != nil else { return lines }
        for holder in holders { lines.append("  " + words(holder: holder)) }
        return lines
    }

    private static func words(holder: JSONValue) -> String {
        var parts = [String(holder["node"]?.string?.prefix(8) ?? "")]
        if holder["publishes"]?.bool == true { parts.append("publishes it") }
        if let region = holder["region"]?.string { parts.append(PlainText.shown(region)) }
        if let network = holder["network"]?.string { parts.append(network) }
        let standing = holder["standing"]
        if let challenged = standing?["challenged"]?.integer, challenged > 0 {
            parts.append(
                "\(standing?["passed"]?.integer ?? 0) of \(challenged) challenges passed")
        }
        if standing?["trusted"]?.bool == false { parts.append("failed too often to count") }
        if let absent = holder["absent"]?.integer {
            parts.append("not reached for \(Ages.text(absent))")
        } else if holder["counts"]?.bool != true {
            parts.append("does not count: it follows nothing that covers the layer")
        } else if holder["publishes"]?.bool != true {
            parts.append("keeps it")
        }
        return parts.joined(separator: ", ")
    }
}
