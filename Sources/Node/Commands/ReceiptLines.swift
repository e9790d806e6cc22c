import Genome
import Host

/// Receipts of storage challenges as people read them.
enum ReceiptLines {
    static func lines(_ answer: JSONObject) -> [String] {
        let receipts = answer["receipts"]?.array ?? []
        guard !receipts.isEmpty else {
            return [
                "No storage challenge has ended yet.",
                "Ask the holders of a layer with: plasmid verify LAYER --holders",
            ]
        }
        var table = Table([
            .init("AGE", isRight: true), .init("VERIFIER"), .init("MIRROR"), .init("BLOB"),
            .init("STEPS", isRight: true), .init("TIME", isRight: true),
            .init("VERDICT", isElastic: true),
        ])
        let now = Int64(Clock.wallMilliseconds())
        for receipt in receipts {
            let age = now - (receipt["time"]?.integer ?? now)
            table.add([
                Ages.text(age / 1_000), head(receipt["verifier"]), head(receipt["mirror"]),
                head(receipt["blob"]), "\(receipt["steps"]?.integer ?? 0)",
                span(receipt["microseconds"]), receipt["verdict"]?.string ?? "",
            ])
        }
        return table.lines(width: Terminal(descriptor: 1).columns)
            + ["Whole, with both signatures: plasmid audit receipts --json"]
    }

    private static func head(_ value: JSONValue?) -> String {
        String((value?.string ?? "").prefix(8))
    }

    /// Microseconds as milliseconds with one digit.
    static func span(_ value: JSONValue?) -> String {
        guard let tenths = value?.integer.map({ $0 / 100 }) else { return "-" }
        return "\(tenths / 10).\(tenths % 10) ms"
    }
}
