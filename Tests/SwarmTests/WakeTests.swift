import Testing
import Wire

@testable import Swarm

@Suite("The time of the next wake")
struct WakeTests {
    private func swarm() -> Swarm {
        let key = SigningKey(seed: [UInt8](repeating: 1, count: 32))!
        return Swarm(
            Settings(node: key.publicKey, label: "", endpoints: [], software: "", seed: 1))
    }

    private func moment(_ milliseconds: UInt64) -> Moment {
        Moment(monotonic: milliseconds * Span.millisecond, wall: 1_800_000_000_000 + milliseconds)
    }

    @Test("is not put off by other inputs, however many")
    func steady() {
        var swarm = swarm()
        _ = swarm.handle(.wake, at: moment(10_000))
        for step in 1...2000 as ClosedRange<UInt64> {
            _ = swarm.handle(.sessionClosed(7, reason: "gone"), at: moment(10_000 + step))
        }
        #expect(swarm.deadline == 11_000 * Span.millisecond)
    }

    @Test("comes sooner while something is fetched, so that people see how it goes")
    func fetching() {
        var swarm = swarm()
        _ = swarm.handle(.wake, at: moment(10_000))
        let layer = Digest(words: (1, 2, 3, 4))
        _ = swarm.handle(.fetch(1, FetchRequest(layer: layer)), at: moment(10_050))
        #expect(swarm.deadline == 10_100 * Span.millisecond)
        let effects = swarm.handle(.wake, at: moment(10_300))
        let reports = effects.filter { effect in
            if case .fetchChanged(1, let status) = effect { return status.phase == .locating }
            return false
        }
        #expect(reports.count == 1)
        #expect(swarm.deadline == 10_400 * Span.millisecond)
    }

    @Test("comes at a whole millisecond, so that it is the same whatever was woken for before")
    func whole() {
        var swarm = swarm()
        for late: UInt64 in [0, 1, 250_000, 999_999] {
            let now = 10_000 * Span.millisecond + late
            _ = swarm.handle(.wake, at: Moment(monotonic: now, wall: 1_800_000_000_000))
            #expect(swarm.deadline % Span.millisecond == 0 && swarm.deadline > now)
        }
    }
}
