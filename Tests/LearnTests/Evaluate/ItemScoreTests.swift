import Testing

@testable import Learn

@Suite struct ItemScoreTests {
    @Test func `a score is the mean of its losses, exact if all targets are right`() {
        let score = ItemScore(losses: [1, 2, 3], correct: 2)
        #expect(score.loss == 2 && score.targets == 3 && !score.isExact)
        #expect(ItemScore(losses: [1], correct: 1).isExact)
        #expect(ItemScore(losses: [], correct: 0).loss == 0)
    }
}
