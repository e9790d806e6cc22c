import Genome
import Host
import Wire

/// `plasmid transfers` and `plasmid limits`: what is on its way, and how much of the line it takes.
enum TransferCommands {
    static func transfers(_ arguments: Arguments, _ report: Report) throws(Failure) {
        var object = JSONObject()
        object["layer"] = arguments.operand(0).map { .string($0) }
        let actions = ["pause", "resume", "cancel", "priority"].filter { arguments.isGiven($0) }
        guard actions.count <= 1 else {
            throw Failure(
                .usage, "--\(actions[0]) and --\(actions[1]) exclude each other",
                remedy: "give one command after the other")
        }
        if let action = actions.first {
            object["action"] = .string(action == "priority" ? "prioritize" : action)
            object["priority"] = try FetchCommand.priority(arguments)
        } else if arguments.operand(0) != nil {
            throw Failure(
                .usage, "nothing is said that should be done with the fetch",
                why: "there are --pause, --resume, --cancel and --priority",
                remedy: "see all fetches with: plasmid transfers")
        }
        let answer = try Access.open(report).ask("transfers", object)
        report.done(answer, text: lines(answer, width: Terminal(descriptor: 1).columns))
    }

    /// A table of fetches and, under each that has something to say, why it waits.
    static func lines(_ answer: JSONObject, width: Int) -> [String] {
        let rows = answer["transfers"]?.array ?? []
        guard !rows.isEmpty else { return ["Nothing is being fetched."] }
        var table = Table([
            .init("LAYER"), .init("DONE", isRight: true), .init("SIZE", isRight: true),
            .init("RATE", isRight: true), .init("LEFT", isRight: true),
            .init("FROM", isRight: true), .init("STATE"),
        ])
        var notes: [String] = []
        for row in rows {
            let name = row["ref"]?.string ?? String(row["layer"]?.string?.prefix(16) ?? "")
            let (done, total) = (number(row["done"]), number(row["total"]))
            let rate = row["rate"]?.integer
            table.add([
                name, total == 0 ? "" : "\(done * 100 / max(1, total)) %",
                total == 0 ? "" : Sizes.text(total),
                rate.map { Sizes.rate(bytes: UInt64(max(0, $0)), seconds: 1) } ?? "",
                row["secondsLeft"]?.integer.map { Ages.clock(UInt64(max(0, $0))) } ?? "",
                "\(row["sources"]?.array?.count ?? 0)", state(row),
            ])
            if let why = row["pause"]?.string ?? row["slow"]?.string.map({ "slowed by " + $0 }) {
                notes.append("\(name): \(why)")
            }
        }
        return table.lines(width: width) + notes
    }

    private static func state(_ row: JSONValue) -> String {
        if row["paused"]?.bool == true { return "paused" }
        if row["pause"]?.string != nil { return "waits" }
        let priority = row["priority"]?.string ?? "normal"
        let phase = row["phase"]?.string ?? ""
        return priority == "normal" ? phase : "\(phase), \(priority)"
    }

    private static func number(_ value: JSONValue?) -> UInt64 {
        UInt64(max(0, value?.integer ?? 0))
    }

    static func limits(_ arguments: Arguments, _ report: Report) throws(Failure) {
        var limits = JSONObject()
        let form = "NAME=RATE, such as upload=10M, or NAME=none"
        for (name, value) in try arguments.assignments(form) {
            if name == "local" {
                guard value == "on" || value == "off" else {
                    throw Failure(.usage, "local is on or off", why: "it was \(value)")
                }
                limits[name] = .bool(value == "on")
            } else if value == "none" {
                limits[name] = .null
            } else {
                limits[name] = .integer(
                    Int64(clamping: try Sizes.bytes(value, option: name)))
            }
        }
        var object = JSONObject()
        object["limits"] = .object(limits)
        let answer = try Access.open(report).ask("limits", object)
        report.done(answer, text: limitLines(answer))
    }

    private static func limitLines(_ answer: JSONObject) -> [String] {
        func rate(_ name: String) -> String {
            answer[name]?.integer.map { Sizes.rate(bytes: UInt64(max(0, $0)), seconds: 1) }
                ?? "no limit"
        }
        let isLocal = answer["local"]?.bool == true
        return [
            "download  \(rate("download")), from all peers together",
            "upload    \(rate("upload")), to all peers together",
            "peer      \(rate("peer")), to each of them",
            "local     "
                + (isLocal ? "on: the own network counts too" : "off: the own network is free"),
        ]
    }
}
