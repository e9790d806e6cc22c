import Genome
import Learn
import Testing

@testable import Node

@Suite("The log of a job")
struct TrainingLogTests {
    @Test("is shown as the contract names it")
    func shown() throws {
        let laboratory = try Laboratory()
        let (folder, _) = try JobFolder.make(home: laboratory.path, name: "a")
        #expect(try TrainingLog(folder).observations().isEmpty)
        let observations: [Observation] = [
            .step(
                Observation.Step(
                    step: 0, loss: 2, learningRate: 0.5, gradientNorm: 3, tokens: 100,
                    targets: 90, milliseconds: 250)),
            .evaluation(Observation.Evaluation(steps: 1, loss: 1, targets: 4, correct: 3)),
        ]
        let text: [UInt8] = observations.flatMap { observation -> [UInt8] in
            CanonicalJSON.write(observation.json) + [0x0a]
        }
        try folder.write(text, to: folder.observations)
        let read = try TrainingLog(folder).observations()
        #expect(read == observations)
        let entry = try #require(TrainingLog.curve(read).first)
        #expect(entry["step"] == 0 && entry["loss"]?.number == 2)
        #expect(entry["lr"]?.number == 0.5 && entry["gradNorm"]?.number == 3)
        #expect(TrainingLog.evaluations(read).first?["correct"] == 3)
        #expect(TrainingLog.tokensPerSecond(read) == 400)
        #expect(TrainingLog.tokensPerSecond([]) == 0)
    }
}
