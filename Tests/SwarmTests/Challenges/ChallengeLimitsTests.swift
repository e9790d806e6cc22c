import Testing
import Wire

@testable import Swarm

@Suite struct ChallengeLimitsTests {
    @Test func `two round trips, five milliseconds a step and a quarter second are allowed`() {
        func allowed(_ steps: Int, _ milliseconds: UInt64) -> UInt32 {
            ChallengeLimits.allowed(
                steps: steps, mode: .holder, roundTrip: milliseconds * Span.millisecond)
        }
        #expect(allowed(64, 0) == 570_000)
        #expect(allowed(64, 20) == 610_000)
        #expect(allowed(460, 20) == 2_590_000)
        // One who answers pings late gains six tenths of a second and no more.
        #expect(allowed(64, 5_000) == 1_170_000)
        // One who fetches each leaf from 20 ms away needs longer even then.
        #expect(allowed(64, 5_000) < 64 * 20_000)
    }

    @Test func `leaves that are shown have the time that they take on a slow line`() {
        let shown = ChallengeLimits.allowed(steps: 16, mode: .rootOnly, roundTrip: 0)
        #expect(shown == 80_000 + 250_000 + 16 * 16_384 * 1_000 / 1_250)
    }

    @Test func `each subject has one long challenge a week`() {
        for id in 0..<14 as Range<UInt64> {
            let subject = Digest(words: (0, 0, 0, id))
            let week = (100..<107 as Range<UInt64>).map {
                ChallengeLimits.steps(of: subject, in: $0)
            }
            #expect(week.count { $0 == ChallengeLimits.weeklySteps } == 1)
            #expect(week.count { $0 == ChallengeLimits.dailySteps } == 6)
        }
    }
}
