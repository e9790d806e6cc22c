import Testing

@testable import Swarm

@Suite struct StripePlanTests {
    private static let far = 50 * Span.millisecond
    private static let near = Span.millisecond

    /// How many connections a plan comes to on a line where so many bring `rates` bytes a second,
    /// and the seconds of it.
    private func grow(
        _ roundTrip: UInt64, _ rates: (Int) -> UInt64
    ) -> (lines: Int, seconds: Double) {
        var plan = StripePlan()
        var (lines, received, now) = (1, UInt64(0), Span.second)
        var last = now
        for _ in 0..<200 {
            let isWanted = plan.wantsMore(
                lines: lines, received: received, roundTrip: roundTrip, at: now)
            if isWanted {
                lines += 1
                plan.changed()
                last = now
            }
            received += rates(lines) / 10
            now += 100 * Span.millisecond
        }
        return (lines, Double(last - Span.second) / 1e9)
    }

    @Test func `far away a second one is opened at once, and more as each brings its share`() {
        // Each brings 40 % of the line.
        let line: UInt64 = 125_000_000
        let grown = grow(Self.far) { min(line, UInt64($0) * line * 2 / 5) }
        #expect(grown.lines == 3 || grown.lines == 4)
        #expect(grown.seconds < 2.5)
    }

    @Test func `where one fills the line hardly more are opened`() {
        #expect(grow(Self.far) { _ in 12_500_000 }.lines == 3)
    }

    @Test func `where losses slow each by itself there are up to eight`() {
        #expect(grow(Self.far) { UInt64($0) * 2_000_000 }.lines == 8)
        // The fifth brings half of its share: enough for the first four only.
        let half = grow(Self.far) { $0 <= 4 ? UInt64($0) * 2_000_000 : 8_000_000 + 1_000_000 }
        #expect(half.lines == 5)
    }

    @Test func `on a local network only a fast line is tried, once it was measured`() {
        #expect(grow(Self.near) { _ in 100_000_000 }.lines == 1)
        #expect(grow(Self.near) { _ in 1_000_000_000 }.lines == 2)
        let several = grow(Self.near) { UInt64(min($0, 3)) * 1_000_000_000 }
        #expect(several.lines == 4)
    }

    @Test func `nothing is tried while a dial runs, or after one failed`() {
        var plan = StripePlan()
        var answers: [Bool] = []
        for (dialling, isSettled) in [(4, false), (nil, true), (nil, false)] as [(UInt64?, Bool)] {
            plan.changed()
            plan.dialling = dialling
            plan.isSettled = isSettled
            answers.append(
                plan.wantsMore(lines: 1, received: 0, roundTrip: Self.far, at: Span.second))
        }
        #expect(answers == [false, false, true])
    }
}
