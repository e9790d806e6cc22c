import Genome
import Testing

@testable import Learn
@testable import Node

@Suite("What verify says in a statement")
struct VerifyCommandTests {
    private func check(
        _ name: String, isSound: Bool = true, isFlagged: Bool = false,
        _ figures: [AdmissionGates.Check.Figure] = []
    ) -> GateCheck {
        GateCheck(
            AdmissionGates.Check(
                name: name, isSound: isSound, isFlagged: isFlagged, detail: "x", figures: figures))
    }

    private func body(
        _ checks: [GateCheck], _ verdict: ReplayCheck.Verdict? = nil,
        _ extent: ReplayCheck.Extent? = nil
    ) throws -> JSONValue {
        let body = VerifyCommand.statement(
            checks, verdict.map { ReplayCheck($0, "x", extent) })
        try Schema.object(StatementKind.attestation.fields).check(.object(body), at: "body")
        return .object(body)
    }

    @Test func `passed, with every check in its order and what it measured`() throws {
        let body = try body([
            check("base"), check("strength", [("strength-mean", 0.25, "of the weights")]),
            check("effect", [("effect", .nan, "nats")]),
        ])
        #expect(body["claim"] == "tested" && body["result"] == "passed")
        #expect(body["procedure"] == "base, strength, effect")
        #expect(body["figures"]?.array?.count == 1, "what is no number is no figure")
        #expect(body["figures"]?.array?.first?["value"] == "0.25")
    }

    @Test func `a flag warns, and a fault fails whatever was flagged`() throws {
        let flagged = try body([check("base"), check("spectrum", isFlagged: true)])
        #expect(flagged["result"] == "warned" && flagged["procedure"] == "base, spectrum (flagged)")
        let failed = try body([
            check("spectrum", isFlagged: true), check("effect", isSound: false),
        ])
        #expect(failed["result"] == "failed")
        #expect(failed["procedure"]?.string?.hasSuffix("effect (failed)") == true)
    }

    @Test func `a replay is claimed only where something was done again`() throws {
        #expect(try body([check("replay")], .exact)["claim"] == "replayed")
        #expect(try body([check("replay", isSound: false)], .differs)["claim"] == "replayed")
        #expect(try body([check("replay")], .notDone)["claim"] == "tested")
        let extent = ReplayCheck.Extent(steps: 45..<60, whole: 120, shortest: 15)
        let part = try body([check("base"), check("replay")], .exact, extent)
        #expect(part["procedure"] == "base, replay (15 of 120 steps)")
    }
}
