import Genome
import Wire

/// `plasmid verify LAYER --holders`: all that say they hold a layer show it now; exit code 1 where
/// one does not, or nobody could be asked.
enum HoldersCheck {
    static func perform(
        _ layer: String, _ level: String, _ report: Report
    ) throws(Failure) -> Int32 {
        var object = JSONObject()
        object["layer"] = .string(layer)
        object["level"] = .string(level)
        let answer = try Access.open(report).ask("holders", object)
        report.done(answer, text: lines(answer))
        return answer["ok"]?.bool == true ? 0 : 1
    }

    private static func lines(_ answer: JSONObject) -> [String] {
        let holders = answer["holders"]?.array ?? []
        guard !holders.isEmpty else {
            return ["No other node says that it holds this layer."]
        }
        var table = Table([
            .init("HOLDER"), .init("MODE"), .init("STEPS", isRight: true),
            .init("TIME", isRight: true), .init("ALLOWED", isRight: true), .init("VERDICT"),
            .init("SO FAR", isElastic: true),
        ])
        for holder in holders {
            let standing = holder["standing"]
            let isOut = standing?["holder"]?.bool == false
            let soFar = (standing?["challenged"]?.integer).map { challenged in
                "\(standing?["passed"]?.integer ?? 0) of \(challenged)"
                    + (isOut ? ", no longer a holder" : "")
            }
            table.add([
                String((holder["node"]?.string ?? "").prefix(8)), holder["mode"]?.string ?? "",
                "\(holder["steps"]?.integer ?? 0)", ReceiptLines.span(holder["microseconds"]),
                ReceiptLines.span(holder["allowed"]), verdict(holder), soFar ?? "",
            ])
        }
        let blob = (answer["blob"]?.string ?? "").prefix(16)
        return table.lines(width: Terminal(descriptor: 1).columns) + [
            "Asked for blob \(blob) of \(answer["size"]?.integer ?? 0) bytes, all at once.",
            "Passed means read in time, not that each has a copy of its own.",
        ]
    }

    private static func verdict(_ holder: JSONValue) -> String {
        let word = holder["verdict"]?.string ?? ""
        guard let seconds = holder["after"]?.integer else { return word }
        return "\(word), in \(seconds) s"
    }
}
