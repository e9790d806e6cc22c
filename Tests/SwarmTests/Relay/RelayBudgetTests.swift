import Testing

@testable import Swarm

@Suite struct RelayBudgetTests {
    private func budget(perSecond: UInt64 = 1000, perDay: UInt64 = 5000) -> RelayBudget {
        var offer = RelayOffer()
        offer.bytesPerSecond = perSecond
        offer.bytesPerDay = perDay
        return RelayBudget(offer)
    }

    @Test func `gives a second's bytes at once and then as many each second`() {
        var budget = budget()
        #expect(budget.take(1000, at: 0) && !budget.take(1, at: 0))
        #expect(budget.due(500) == Span.second / 2)
        #expect(budget.take(500, at: Span.second / 2 - 1) == false)
        #expect(budget.take(500, at: Span.second / 2) == true)
        #expect(budget.take(1000, at: 9 * Span.second) && !budget.take(1, at: 9 * Span.second))
    }

    @Test func `time that earned no whole byte is not lost`() {
        var budget = budget()
        _ = budget.take(1000, at: 0)
        for step in 1...10 { _ = budget.take(1000, at: UInt64(step) * Span.millisecond / 10) }
        #expect(budget.take(1, at: Span.millisecond) == true)
    }

    @Test func `the day's bytes end and come back after a day`() {
        var budget = budget()
        budget.pass(4999, at: 10)
        #expect(budget.isSpent(at: 11) == false)
        budget.pass(1, at: 12)
        #expect(budget.isSpent(at: Span.day + 9) == true)
        #expect(!budget.isSpent(at: Span.day + 10) && budget.usedToday == 0)
    }
}
