import Testing

@testable import Swarm

@Suite struct ChallengeAllowanceTests {
    @Test func `an hour's leaves are there at once and come back evenly`() {
        var allowance = ChallengeAllowance(perHour: 3_600, at: 0)
        #expect(allowance.wait(for: 3_600, at: 0) == 0)
        allowance.take(3_600)
        #expect(allowance.wait(for: 1, at: 0) == 2)
        // Looked at a thousand times a second, no part of a leaf is lost.
        for step in 1...10_000 as ClosedRange<UInt64> {
            _ = allowance.wait(for: 1, at: step * Span.millisecond)
        }
        #expect(allowance.wait(for: 10, at: 10 * Span.second) == 0)
        #expect(allowance.wait(for: 11, at: 10 * Span.second) == 2)
        let isFull = [10 * Span.second, 2 * Span.hour].map { allowance.isFull(at: $0) }
        #expect(isFull == [false, true])
        #expect(allowance.wait(for: 3_601, at: 2 * Span.hour) > 0)
    }
}
