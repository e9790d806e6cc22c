import Testing
import Wire

@testable import Node

@Suite("What a replay came to")
struct ReplayCheckTests {
    private let run = Blake3.hash([1])

    @Test func `says how much was done again, and what that is worth`() {
        let part = ReplayCheck.Extent(steps: 45..<60, whole: 120, shortest: 15)
        let check = ReplayCheck(run, part, from: nil)
        #expect(check.verdict == .exact && check.check.isSound && check.extent == part)
        #expect(check.detail.hasPrefix("bit-exact-replayed: steps 45 to 60, 15 of 120, of run "))
        #expect(check.detail.contains("escape up to 105 of 120 such checks"))
        let all = ReplayCheck(
            run, ReplayCheck.Extent(steps: 0..<120, whole: 120, shortest: 15),
            from: Blake3.hash([2]))
        #expect(all.detail.contains("all 120 steps of run") && !all.detail.contains("escape"))
        #expect(all.detail.contains("which started from the adapter"))
    }

    @Test func `what is missing is no fault of the layer, what contradicts itself is`() throws {
        for code in [Failure.Code.notFound, .usage, .quota, .unsupported] {
            let check = try ReplayCheck(Failure(code, "no data", why: "gone", remedy: "fetch"))
            #expect(check.verdict == .notDone && check.check.isSound)
            #expect(check.detail == "not done: no data: gone: fetch")
        }
        for code in [Failure.Code.refused, .corrupt] {
            let check = try ReplayCheck(Failure(code, "bad"))
            #expect(check.verdict == .differs && !check.check.isSound)
        }
        for code in [Failure.Code.busy, .internal] {
            #expect(throws: Failure.self) { _ = try ReplayCheck(Failure(code, "x")) }
        }
    }
}
