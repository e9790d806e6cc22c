import Genome
import Learn
import Testing

@testable import Node

@Suite("Scores of an evaluation")
struct EvalScoresTests {
    @Test func `latencies are those of the nearest rank`() {
        var scores = EvalScores()
        #expect(scores.latency(0.5) == 0 && scores.tokensPerSecond == 0)
        for milliseconds in [5.0, 1, 4, 2, 3] {
            scores.add(ItemScore(losses: [1], correct: 1), tokens: 3, milliseconds: milliseconds)
        }
        #expect(scores.latency(0.5) == 3 && scores.latency(0.95) == 5)
        #expect(scores.latency(0.2) == 1 && scores.latency(0) == 1)
        #expect(scores.tokensPerSecond == 1_000)
        #expect(scores.items.count == 5 && scores.totals.items == 5)
    }

    @Test func `figures are named as in the answer`() {
        var scores = EvalScores()
        scores.add(ItemScore(losses: [1, 3], correct: 1), tokens: 3, milliseconds: 1)
        let members = Dictionary(uniqueKeysWithValues: scores.quality.map { ($0.name, $0.value) })
        #expect(members["loss"] == .double(2) && members["accuracy"] == .double(0.5))
        #expect(members["exactMatch"] == .double(0) && members["perplexity"] != nil)
        #expect(scores.speed.map(\.name) == ["latency", "tokensPerSecond"])
    }
}
