import Learn
import Testing

@testable import Node

@Suite("A trainer that is timed")
struct TimedTrainerTests {
    @Test func `does as many steps as are asked for`() throws {
        let one = try #require(TrainBench.Case("portable-f32:1x8:qkvo"))
        let report = Report(isJSON: true, writeOut: { _ in }, writeError: { _ in })
        let trainer = try TimedTrainer(one, base: LearningSample.base, threads: 1, report)
        let times = try trainer.steps(atLeast: 3, seconds: 0)
        #expect(times.count == 3 && times.allSatisfy { $0 > 0 })
        #expect(try trainer.steps(atLeast: 1, seconds: 0.05).reduce(0, +) >= 0.05)
        #expect(trainer.operations > 0)
    }

    @Test func `reads the same tokens every time`() {
        let one = TrainBench.Case(.portable, 3, 5, "all")
        let tokens = TimedTrainer.tokens(one, vocabulary: 7)
        #expect(tokens.map(\.count) == [5, 5, 5])
        #expect(tokens.joined().allSatisfy { (0..<7).contains($0) })
        #expect(tokens == TimedTrainer.tokens(one, vocabulary: 7))
        #expect(tokens[0] != tokens[1])
    }
}
