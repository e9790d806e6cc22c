import Foundation
import Testing

@testable import Learn

@Suite struct EvaluationTotalsTests {
    @Test func `totals weigh targets, not examples`() {
        var totals = EvaluationTotals()
        totals.add(ItemScore(losses: [1, 1, 1], correct: 3))
        totals.add(ItemScore(losses: [5], correct: 0))
        #expect(totals.items == 2 && totals.targets == 4 && totals.correct == 3)
        #expect(totals.loss == 2 && totals.accuracy == 0.75 && totals.exactMatch == 0.5)
        #expect(abs(totals.perplexity - exp(2)) < 1e-12)
    }

    @Test func `one chain goes through all examples`() {
        let losses = (0..<1_500).map { 1 / Double($0 + 1) }
        var sum = BlockedSum()
        for loss in losses { sum.add(loss) }
        var totals = EvaluationTotals()
        for start in stride(from: 0, to: 1_500, by: 100) {
            totals.add(ItemScore(losses: Array(losses[start..<start + 100]), correct: 0))
        }
        #expect(totals.loss == sum.value / 1_500)
    }

    @Test func `nothing is nothing`() {
        let totals = EvaluationTotals()
        #expect(totals.loss == 0 && totals.accuracy == 0 && totals.exactMatch == 0)
        #expect(totals.perplexity == 1)
    }
}
