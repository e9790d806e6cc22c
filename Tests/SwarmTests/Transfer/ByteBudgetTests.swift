import Testing

@testable import Swarm

@Suite struct ByteBudgetTests {
    private func moment(_ milliseconds: UInt64) -> Moment {
        Moment(monotonic: milliseconds * Span.millisecond, wall: 0)
    }

    @Test func `over a minute no more is spent than the rate and one second's worth`() {
        var budget = ByteBudget(bytesPerSecond: 1_000_000)
        var spent: UInt64 = 0
        for time in 0..<UInt64(60_000) where budget.isReady(at: moment(time)) {
            budget.spend(300_000, at: moment(time))
            spent += 300_000
        }
        #expect(spent > 59_000_000 && spent <= 61_300_000)
    }

    @Test func `a debt is waited for, to the moment it names`() {
        var budget = ByteBudget(bytesPerSecond: 1_000)
        budget.spend(5_000, at: moment(0))
        #expect(!budget.isReady(at: moment(3_999)))
        let ready = budget.readyAt(moment(0)) / Span.millisecond
        #expect(ready >= 4_000 && ready <= 4_005)
        #expect(budget.isReady(at: moment(ready)))
    }

    @Test func `what is given back is no debt, and no more than a second's worth is saved`() {
        var budget = ByteBudget(bytesPerSecond: 1_000)
        budget.spend(5_000, at: moment(0))
        budget.giveBack(3_000, at: moment(0))
        #expect(!budget.isReady(at: moment(999)) && budget.isReady(at: moment(1_001)))
        budget.giveBack(.max, at: moment(2_000))
        budget.spend(1_001, at: moment(2_000))
        #expect(!budget.isReady(at: moment(2_000)) && budget.isReady(at: moment(2_002)))
    }

    @Test func `the largest numbers stay within integers`() {
        var budget = ByteBudget(bytesPerSecond: .max)
        budget.spend(.max, at: moment(0))
        #expect(budget.isReady(at: Moment(monotonic: .max, wall: 0)))
        var least = ByteBudget(bytesPerSecond: 0)
        least.spend(10, at: moment(0))
        #expect(least.rate == 1 && !least.isReady(at: moment(1)))
    }
}
