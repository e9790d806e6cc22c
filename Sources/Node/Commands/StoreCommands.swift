import Genome
import Host
import Store
import Wire

/// The verbs about the owner's disk: pin, unpin, remove, quota.
enum StoreCommands {
    static func pin(_ arguments: Arguments, _ report: Report) throws(Failure) {
        let isPinned = arguments.verb.name == "pin"
        var object = JSONObject()
        object["layer"] = .string(arguments.operand(0) ?? "")
        object["pinned"] = .bool(isPinned)
        let answer = try Access.open(report).ask("pin", object)
        let name = PlainText.shown(answer["ref"]?.string ?? "")
        report.done(
            answer,
            text: [
                isPinned
                    ? "\(name) stays, whatever needs room."
                    : "\(name) is not pinned any more."
            ])
    }

    static func remove(_ arguments: Arguments, _ report: Report) throws(Failure) {
        var object = JSONObject()
        object["layer"] = .string(arguments.operand(0) ?? "")
        object["lastCopy"] = .bool(arguments.isGiven("last-copy"))
        let answer = try Access.open(report).ask("remove", object)
        let name = PlainText.shown(answer["ref"]?.string ?? "")
        report.done(
            answer,
            text: [
                "\(name) is removed here; \(size(answer["freed"])) are free again.",
                "Others who have it keep it; its publisher takes it back with plasmid withdraw.",
            ])
    }

    static func quota(_ arguments: Arguments, _ report: Report) throws(Failure) {
        var limits = JSONObject()
        let form = "CLASS=SIZE, such as cache=200G, or CLASS=none"
        for (name, value) in try arguments.assignments(form) {
            limits[name] =
                value == "none"
                ? .null : .integer(Int64(clamping: try Sizes.bytes(value, option: name)))
        }
        var object = JSONObject()
        object["limits"] = .object(limits)
        let answer = try Access.open(report).ask("quota", object)
        report.done(answer, text: quotaLines(answer))
    }

    /// What each class takes and may take.
    static func quotaLines(_ answer: JSONObject) -> [String] {
        var table = Table([
            .init("CLASS"), .init("BLOBS", isRight: true), .init("CONTENTS", isRight: true),
            .init("ON DISK", isRight: true), .init("QUOTA", isRight: true),
        ])
        func add(_ name: String, _ row: JSONValue) {
            let quota = row["quota"]?.integer.map { Sizes.text(UInt64(max(0, $0))) } ?? "none"
            table.add([
                name, "\(row["blobs"]?.integer ?? 0)", size(row["plain"]), size(row["stored"]),
                quota,
            ])
        }
        for name in ["own", "mirrored", "cache"] {
            add(name, answer["classes"]?[name] ?? .null)
        }
        add("all", .object(answer))
        return table.lines(width: Terminal(descriptor: 1).columns) + [
            "The disk has \(size(answer["free"])) free; \(size(answer["floor"])) of it stay free."
        ]
    }

    private static func size(_ value: JSONValue?) -> String {
        Sizes.text(UInt64(max(0, value?.integer ?? 0)))
    }
}
