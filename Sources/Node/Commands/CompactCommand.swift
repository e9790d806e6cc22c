import Genome
import Host
import Store
import Wire

/// `plasmid compact`: keeps layers in fewer bytes, or as they are again.
enum CompactCommand {
    static func perform(_ arguments: Arguments, _ report: Report) throws(Failure) {
        var object = JSONObject()
        object["layers"] = .array(arguments.operands.map { .string($0) })
        object["trial"] = .bool(arguments.isGiven("dry-run"))
        object["raw"] = .bool(arguments.isGiven("raw"))
        if arguments.isGiven("raw"), arguments.operands.isEmpty {
            throw Failure(.usage, "--raw needs the layers that it is about")
        }
        if let idle = arguments.text("idle") {
            object["idle"] = .integer(Int64(clamping: try Ages.milliseconds(idle, "--idle")))
        }
        if let auto = arguments.text("auto") {
            guard arguments.operands.isEmpty else {
                throw Failure(.usage, "--auto is about all layers")
            }
            object["auto"] =
                auto == "off"
                ? .null : .integer(Int64(clamping: try Ages.milliseconds(auto, "--auto")))
        }
        let answer = try Access.open(report).ask("compact", object, showing: "compact")
        report.done(answer, text: lines(answer))
    }

    private static func lines(_ answer: JSONObject) -> [String] {
        if let auto = answer["auto"] {
            guard let milliseconds = auto.integer else {
                return ["Nothing is compacted unasked."]
            }
            return [
                "A running node compacts what was not used for "
                    + "\(Ages.text(milliseconds / 1000)), when it has nothing else to do."
            ]
        }
        let rows = answer["layers"]?.array ?? []
        guard !rows.isEmpty else {
            return ["Nothing to do: every layer is in use, kept small already, or gains nothing."]
        }
        var table = Table([
            .init("LAYER", isElastic: true), .init("BLOBS", isRight: true),
            .init("CONTENTS", isRight: true), .init("BEFORE", isRight: true),
            .init("NOW", isRight: true), .init("TIMES", isRight: true),
        ])
        for row in rows {
            table.add([
                row["ref"]?.string ?? "", "\(row["blobs"]?.integer ?? 0)", size(row["plain"]),
                size(row["before"]), size(row["after"]), times(row),
            ])
        }
        var lines = table.lines(width: Terminal(descriptor: 1).columns)
        let leased = answer["inUse"]?.integer ?? 0
        if leased > 0 {
            lines.append("\(leased) blobs are left alone: programs or links use them.")
        }
        let saved = (answer["before"]?.integer ?? 0) - (answer["after"]?.integer ?? 0)
        let words =
            saved < 0
            ? "Takes " : answer["trial"]?.bool == true ? "It would free about " : "Freed "
        lines.append(words + Sizes.text(saved.magnitude) + (saved < 0 ? " more." : "."))
        return lines
    }

    private static func times(_ row: JSONValue) -> String {
        let (plain, after) = (row["plain"]?.number ?? 0, row["after"]?.number ?? 0)
        return after > 0 ? Decimals.text(plain / after, 2) : "–"
    }

    private static func size(_ value: JSONValue?) -> String {
        Sizes.text(UInt64(max(0, value?.integer ?? 0)))
    }
}
