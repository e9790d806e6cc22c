import Testing

@testable import Learn

@Suite struct HeadLossTests {
    @Test func `the loss is that of the engine's logits, in any number of rows`() throws {
        let training = try TrainingCase("qwen2")
        let engine = try Engine(training.model, profile: .portable, threads: 2)
        let trainer = try training.trainer(
            training.settings("qkvo"), start: "qkvo", isZero: true, rows: 4_096)
        // More targets than rows of logits that are held at once.
        let examples = (0..<30).map { training.examples[$0 % training.examples.count] }
        let found = try trainer.loss(of: examples)
        var sum = BlockedSum()
        var (targets, correct) = (0, 0)
        for example in examples {
            let rows = try engine.allLogits(example.tokens.map { Int($0) })
            for (place, label) in example.labels.enumerated().dropFirst() where label >= 0 {
                let row = rows[place - 1]
                sum.add(-LogitRow.logProbabilities(row, of: [Int(label)])[0])
                targets += 1
                correct += LogitRow.best(row) == Int(label) ? 1 : 0
            }
        }
        #expect(targets > TrainingMemory.logitRows(training.model.architecture))
        #expect(found.targets == targets && found.correct == correct)
        #expect(found.sum.bitPattern == sum.value.bitPattern)
    }
}
