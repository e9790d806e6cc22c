import Genome
import Host
import Wire

/// `plasmid verify`: checks every byte of a layer; exit code 1 when something is damaged. The
/// thorough level computes anew what the manifest says of the files, the comprehensive one also
/// runs the layer; both keep what was found as a signed statement.
enum VerifyCommand {
    /// Seconds that another command may hold the home when the statement is kept.
    private static let homeSeconds: UInt64 = 60

    static func perform(_ arguments: Arguments, _ report: Report) throws(Failure) -> Int32 {
        let levels = ["basic", "thorough", "comprehensive"]
        let level = try arguments.choice("level", among: levels) ?? "basic"
        if arguments.isGiven("holders") {
            return try HoldersCheck.perform(arguments.operand(0) ?? "", level, report)
        }
        var object = JSONObject()
        object["layer"] = .string(arguments.operand(0) ?? "")
        let access = LazyAccess(report)
        var answer = try access.get().ask("verify", object, showing: "verify")
        if level != "basic", answer["ok"]?.bool == true {
            let isRun = level == "comprehensive"
            let request = try CheckRequest(
                answer["layer"]?.string ?? "", isRun: isRun, arguments, access)
            access.release()
            let (facts, gates) = try CheckWorker.follow(request, report)
            facts.describe(&answer)
            if isRun {
                try run(&answer, facts, gates, arguments, access, report)
            } else {
                try tell(&answer, facts, arguments, access)
            }
        }
        if answer["ok"]?.bool == true {
            try certify(&answer, arguments, access)
        }
        report.done(answer, text: lines(answer))
        return answer["ok"]?.bool == true ? 0 : 1
    }

    /// Signs that the layer was found to do what it claims; one statement for each capability.
    private static func certify(
        _ answer: inout JSONObject, _ arguments: Arguments, _ access: LazyAccess
    ) throws(Failure) {
        var certified: [JSONValue] = []
        for capability in arguments.texts("certify") {
            var body = JSONObject()
            body["claim"] = "certified"
            body["result"] = "passed"
            body["procedure"] = .string(capability)
            var request = JSONObject()
            request["layer"] = answer["layer"]
            request["body"] = .object(body)
            _ = try access.get(waiting: homeSeconds).ask("attest", request)
            certified.append(.string(capability))
        }
        if !certified.isEmpty { answer["certified"] = .array(certified) }
    }

    /// Says what was computed of the layer's files.
    private static func tell(
        _ answer: inout JSONObject, _ facts: FactCheck, _ arguments: Arguments,
        _ access: LazyAccess
    ) throws(Failure) {
        answer["checks"] = .array((answer["checks"]?.array ?? []) + [facts.check.json])
        answer["ok"] = .bool(facts.isSound)
        guard !arguments.isGiven("unsigned") else { return }
        try sign(&answer, facts.statement, access)
    }

    /// Signs a statement about the layer, and keeps it.
    private static func sign(
        _ answer: inout JSONObject, _ body: JSONObject, _ access: LazyAccess
    ) throws(Failure) {
        var request = JSONObject()
        request["layer"] = answer["layer"]
        request["body"] = .object(body)
        answer["statement"] = .object(
            try access.get(waiting: homeSeconds).ask("attest", request))
    }

    /// Does a part of the training of a layer that was run again, and says so.
    private static func run(
        _ answer: inout JSONObject, _ facts: FactCheck, _ gates: [GateCheck],
        _ arguments: Arguments, _ access: LazyAccess, _ report: Report
    ) throws(Failure) {
        // Another command may have opened the home meanwhile.
        _ = try access.get(waiting: homeSeconds)
        let replay = try ReplayCheck.run(arguments, access, report)
        // Facts that are as claimed are no part of what the statement says was run.
        let wrong = facts.isSound ? [] : [facts.check]
        let checks = wrong + gates + (replay.map { [$0.check] } ?? [])
        let shown =
            gates.isEmpty
            ? [GateCheck(name: "gates", isSound: true, detail: "no adapter: nothing to run")] : []
        let told = facts.isSound ? [facts.check] : []
        answer["checks"] = .array(
            (answer["checks"]?.array ?? []) + (told + shown + checks).map(\.json))
        answer["ok"] = .bool(checks.allSatisfy(\.isSound))
        answer["verdict"] = replay.map { .string($0.verdict.rawValue) }
        answer["replayed"] = replay?.extent?.json
        guard !checks.isEmpty, !arguments.isGiven("unsigned") else { return }
        try sign(&answer, statement(checks, replay), access)
    }

    /// The body of the statement: what was checked, in order, and how it ended.
    static func statement(_ checks: [GateCheck], _ replay: ReplayCheck?) -> JSONObject {
        let isSound = checks.allSatisfy(\.isSound)
        let isFlagged = checks.contains(where: \.isFlagged)
        let words = checks.map { check in
            check.name + (check.isSound ? check.isFlagged ? " (flagged)" : "" : " (failed)")
                + (check.name == "replay" ? replay?.extent?.note ?? "" : "")
        }
        let verdict = replay?.verdict
        var body = JSONObject()
        body["claim"] = verdict == .exact || verdict == .differs ? "replayed" : "tested"
        body["result"] = .string(isSound ? isFlagged ? "warned" : "passed" : "failed")
        body["procedure"] = .string(words.joined(separator: ", "))
        let figures = checks.flatMap(\.figures)
        if !figures.isEmpty { body["figures"] = .array(figures) }
        return body
    }

    private static func ending(_ isSound: Bool, _ checks: [JSONValue]) -> String {
        let wrong = checks.first { $0["name"] == "facts" && $0["ok"] == false }
        guard let wrong else {
            return isSound ? "Everything is as it was published." : "Something is damaged."
        }
        return "The manifest is wrong: \(PlainText.shown(wrong["detail"]?.string ?? ""))."
    }

    private static func lines(_ answer: JSONObject) -> [String] {
        let checks = answer["checks"]?.array ?? []
        var table = Table([.init("CHECK", isElastic: true), .init(""), .init("", isElastic: true)])
        for check in checks {
            let isFlagged = check["flagged"]?.bool == true
            table.add([
                check["name"]?.string ?? "",
                check["ok"]?.bool == true ? isFlagged ? "FLAGGED" : "ok" : "DAMAGED",
                check["detail"]?.string ?? "",
            ])
        }
        let isSound = answer["ok"]?.bool == true
        // What a replay found, and what a person should look at, is more than a column holds.
        let replays = checks.filter { check in
            check["name"] == "replay"
        }
        let flags = checks.filter { $0["flagged"]?.bool == true }
        func text(_ check: JSONValue) -> String { PlainText.shown(check["detail"]?.string ?? "") }
        let signed = (answer["statement"]?["sequence"]?.integer).map {
            ["Signed by this node as attestation \($0) of the layer, and kept."]
        }
        return table.lines(width: Terminal(descriptor: 1).columns) + FactCheck.lines(answer)
            + flags.map { "Look at \($0["name"]?.string ?? ""): \(text($0))." }
            + replays.map { "Replay: \(text($0))." }
            + [ending(isSound, checks)]
            + (signed ?? [])
    }
}
