import Genome
import Host
import Store
import Wire

/// `plasmid doctor`: looks over the whole store, reads it again or makes its database anew. Exit
/// code 1 when something is not as it should be.
enum DoctorCommand {
    static func perform(_ arguments: Arguments, _ report: Report) throws(Failure) -> Int32 {
        if arguments.isGiven("rebuild") {
            guard !["repair", "scrub", "scrub-rate"].contains(where: arguments.isGiven) else {
                throw Failure(.usage, "--rebuild goes with no other option")
            }
            return try rebuild(report)
        }
        var object = JSONObject()
        object["repair"] = .bool(arguments.isGiven("repair"))
        object["scrub"] = .bool(arguments.isGiven("scrub"))
        if let rate = arguments.text("scrub-rate") {
            object["rate"] =
                switch rate {
                case "off": 0
                case "default": .null
                default:
                    .integer(
                        Int64(clamping: try Sizes.bytes(rate, option: "--scrub-rate")))
                }
        }
        let answer = try Access.open(report).ask("doctor", object, showing: "scrub")
        report.done(answer, text: lines(answer))
        return answer["ok"]?.bool == true ? 0 : 1
    }

    /// What is around a node and not in its store: repairing the store does not help there.
    private static let around: Set<String> = ["network", "clock", "local network", "key"]

    /// What a person reads: a table, then all that is bad in full.
    static func lines(
        _ answer: JSONObject, width: Int = Terminal(descriptor: 1).columns
    ) -> [String] {
        let checks = answer["checks"]?.array ?? []
        var table = Table([.init("CHECK"), .init(""), .init("FOUND", isElastic: true)])
        for check in checks {
            table.add([
                check["name"]?.string ?? "", check["ok"]?.bool == true ? "ok" : "BAD",
                check["detail"]?.string ?? "",
            ])
        }
        var lines = table.lines(width: width)
        let bad = checks.filter { $0["ok"]?.bool != true }
        guard !bad.isEmpty else { return lines + ["All is well."] }
        for check in bad {
            let text = "\(check["name"]?.string ?? ""): \(check["detail"]?.string ?? "")"
            lines += Help.wrapped(text, indent: 2, width: width)
        }
        guard bad.contains(where: { !around.contains($0["name"]?.string ?? "") }) else {
            return lines
        }
        return lines + [
            "Some of it can be put right with: plasmid doctor --repair",
            "If the index is bad: stop the node, then plasmid doctor --rebuild",
        ]
    }

    // MARK: Rebuilding

    private static func rebuild(_ report: Report) throws(Failure) -> Int32 {
        let path = Home.defaultPath()
        let (library, before) = try inStore { () throws(StoreError) in
            let home = try Home.open(at: path)
            return try Library.rebuild(home, key: try Keys.open(in: home).node)
        }
        let after = try inStore { () throws(StoreError) in
            defer { try? library.close() }
            return try library.snapshot()
        }
        var answer = JSONObject()
        answer["ok"] = .bool(before == nil || before == after)
        answer["before"] = before.map { .object(json($0)) } ?? .null
        answer["after"] = .object(json(after))
        report.done(answer, text: rebuiltLines(before, after))
        return answer["ok"]?.bool == true ? 0 : 1
    }

    private static func rows(_ snapshot: StoreSnapshot) -> [(name: String, value: String)] {
        let sum = { (wanted: BlobClass) in
            Sizes.text(
                snapshot.accounts.filter { $0.blobClass == wanted }
                    .reduce(0) { $0 + $1.account.stored })
        }
        return [
            ("layers", "\(snapshot.layers.count)"), ("pins", "\(snapshot.pins.count)"),
            ("contracts", "\(snapshot.contracts.count)"),
            ("blobs", "\(snapshot.accounts.reduce(0) { $0 + $1.account.blobs })"),
            ("of them without a reason", "\(snapshot.recovered)"),
            ("own bytes", sum(.own)), ("mirrored bytes", sum(.mirrored)),
            ("cached bytes", sum(.cache)),
        ]
    }

    private static func rebuiltLines(
        _ before: StoreSnapshot?, _ after: StoreSnapshot
    ) -> [String] {
        var table = Table([
            .init(""), .init("BEFORE", isRight: true), .init("AFTER", isRight: true),
        ])
        let old = before.map(rows)
        for (index, row) in rows(after).enumerated() {
            table.add([row.name, old?[index].value ?? "unreadable", row.value])
        }
        let lines = table.lines(width: Terminal(descriptor: 1).columns)
        guard let before else { return lines + ["The index is made again from blobs and journal."] }
        return lines + [
            before == after
                ? "The index is made again and holds what the old one did."
                : "They differ; the old one is kept beside it as index.db.old."
        ]
    }

    private static func json(_ snapshot: StoreSnapshot) -> JSONObject {
        var object = JSONObject()
        func list(_ ids: [Digest]) -> JSONValue { .array(ids.map { .string($0.hexadecimal) }) }
        object["layers"] = list(snapshot.layers)
        object["pins"] = list(snapshot.pins)
        object["contracts"] = list(snapshot.contracts)
        object["recovered"] = .integer(Int64(snapshot.recovered))
        object["accounts"] = .array(
            snapshot.accounts.map { row in
                [
                    "class": .string(row.blobClass.name),
                    "form": .string(row.form.map { "\($0)" } ?? "partial"),
                    "blobs": .integer(Int64(clamping: row.account.blobs)),
                    "plain": .integer(Int64(clamping: row.account.plain)),
                    "stored": .integer(Int64(clamping: row.account.stored)),
                ]
            })
        return object
    }
}
