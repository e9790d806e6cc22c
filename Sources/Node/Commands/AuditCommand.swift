import Genome
import Host
import Store
import Wire

/// `plasmid audit`: the journal, the access log, and whether both hold.
enum AuditCommand {
    private static let actions = ["log", "access", "why", "receipts", "verify", "proof", "export"]
    private static let lastMax = 10_000

    static func perform(_ arguments: Arguments, _ report: Report) throws(Failure) -> Int32 {
        let action = try arguments.action(of: actions, or: "log")
        var object = JSONObject()
        object["action"] = .string(action)
        object["last"] = try arguments.integer("last", in: 1...lastMax).map {
            .integer(Int64($0))
        }
        object["layer"] = arguments.text("layer").map { .string($0) }
        if action == "verify", let path = arguments.operand(1) {
            let finding = try AuditCheck.run(path)
            report.done(finding.object, text: finding.text)
            return finding.object["ok"]?.bool == false ? 1 : 0
        }
        if action == "export" {
            try AuditCheck.export(arguments.operand(1), report)
            return 0
        }
        if action == "proof" {
            try proof(object, arguments, report)
            return 0
        }
        if action == "why" {
            guard let number = arguments.operand(1).flatMap({ Int64($0) }), number > 0 else {
                throw Failure(
                    .usage, "audit why needs the number of a decision",
                    remedy: "plasmid audit access lists them")
            }
            object["number"] = .integer(number)
        }
        let answer = try Access.open(report).ask("audit", object)
        report.done(answer, text: lines(answer, action))
        return answer["ok"]?.bool == false || answer["reproduced"]?.bool == false ? 1 : 0
    }

    /// Asks for the proof of an entry and writes it where it is wanted.
    private static func proof(
        _ question: JSONObject, _ arguments: Arguments, _ report: Report
    ) throws(Failure) {
        var question = question
        let number = arguments.operand(1).flatMap { Int64($0) }
        guard number ?? 0 > 0 || number == nil && arguments.text("layer") != nil else {
            throw Failure(
                .usage, "audit proof needs the number of an entry, or --layer LAYER",
                remedy: "plasmid audit log lists them")
        }
        question["number"] = number.map { .integer($0) }
        var answer = try Access.open(report).ask("audit", question)
        let text = answer["proof"]?.string ?? ""
        guard let path = arguments.text("out") else {
            return report.done(
                answer,
                text: text.split(separator: "\n", omittingEmptySubsequences: false).map {
                    String($0)
                }.dropLast())
        }
        let file = try NewFile(path)
        try file.write(text)
        answer["path"] = .string(path)
        report.done(answer, text: ["Wrote \(path)"])
    }

    private static func lines(_ answer: JSONObject, _ action: String) -> [String] {
        switch action {
        case "access": decisionLines(answer["decisions"]?.array ?? [])
        case "why": whyLines(answer)
        case "receipts": ReceiptLines.lines(answer)
        case "verify":
            (answer["checks"]?.array ?? []).map { check in
                let mark = check["ok"]?.bool == true ? "ok      " : "DAMAGED "
                return "\(mark)\(check["name"]?.string ?? ""): \(check["detail"]?.string ?? "")"
            }
        default: logLines(answer)
        }
    }

    private static func age(_ milliseconds: Int64?) -> String {
        let now = Int64(Clock.wallMilliseconds())
        return Ages.text((now - (milliseconds ?? now)) / 1_000)
    }

    private static func logLines(_ answer: JSONObject) -> [String] {
        var table = Table([
            .init("NUMBER", isRight: true), .init("AGE", isRight: true), .init("WHAT"),
            .init("ABOUT", isElastic: true),
        ])
        for entry in answer["entries"]?.array ?? [] {
            let about =
                entry["layer"]?.string ?? entry["organization"]?.string ?? entry["key"]?.string
                ?? entry["name"]?.string ?? ""
            table.add([
                "\(entry["seq"]?.integer ?? 0)", age(entry["time"]?.integer),
                entry["kind"]?.string ?? "", String(about.prefix(16)),
            ])
        }
        return table.lines(width: Terminal(descriptor: 1).columns)
            + ["\(answer["count"]?.integer ?? 0) entries, root \(answer["root"]?.string ?? "")"]
    }

    private static func decisionLines(_ decisions: [JSONValue]) -> [String] {
        guard !decisions.isEmpty else { return ["Nobody has asked for anything yet."] }
        var table = Table([
            .init("NUMBER", isRight: true), .init("AGE", isRight: true), .init("WHO"),
            .init("WHAT"), .init("LAYER"), .init("ANSWER", isElastic: true),
        ])
        for entry in decisions {
            let who =
                entry["caller"]?.string ?? "?" + (entry["callerName"]?.string ?? "")
            table.add([
                "\(entry["number"]?.integer ?? 0)", age(entry["time"]?.integer),
                String(who.prefix(8)), entry["action"]?.string ?? "",
                String((entry["layer"]?.string ?? "").prefix(16)),
                entry["allowed"]?.bool == true
                    ? "allowed" : "refused: \(entry["rule"]?.string ?? "")",
            ])
        }
        return table.lines(width: Terminal(descriptor: 1).columns)
            + ["Why one was taken: plasmid audit why NUMBER"]
    }

    private static func whyLines(_ answer: JSONObject) -> [String] {
        let question = answer["question"]
        let layer = question?["layer"]
        let decision = answer["decision"]
        let isAllowed = decision?["allowed"]?.bool == true
        let who = answer["caller"]?.string ?? answer["callerName"]?.string ?? ""
        var lines = [
            "decision \(answer["number"]?.integer ?? 0), \(age(answer["time"]?.integer)) ago",
            "  who      \(who)", "  what     \(question?["action"]?.string ?? "")",
            "  layer    \(answer["layer"]?.string ?? "")",
            "  was      \(layer?["visibility"]?.string ?? ""), "
                + "licence \(layer?["licence"]?.string ?? "none")",
            "  answer   "
                + (isAllowed
                    ? "allowed"
                    : "refused (\(decision?["rule"]?.string ?? "")): "
                        + (decision?["reason"]?.string ?? "")),
        ]
        if let remedy = decision?["do"]?.string, !remedy.isEmpty {
            lines.append("  do       \(remedy)")
        }
        lines.append(
            answer["reproduced"]?.bool == true
                ? "Decided once more just now, with the same answer."
                : "This version decides otherwise than it was decided then.")
        return lines
    }
}
