import Genome
import Testing
import Wire

@testable import Learn

@Suite("The card of a trained adapter")
struct RunCardTests {
    private func card(licence: String?) throws -> RunCard {
        let steps = (0..<25).map { step in
            Observation.step(
                Observation.Step(
                    step: step, loss: 4 / Double(step + 1), learningRate: 1e-4,
                    gradientNorm: 0.5, tokens: 10, targets: 9, milliseconds: 1))
        }
        let judged = Observation.evaluation(
            Observation.Evaluation(steps: 25, loss: 0.25, targets: 8, correct: 6))
        return RunCard(
            name: "poems", base: "llama \"3\"",
            licence: try licence.map {
                try LicenceExpression(parsing: $0)
            }, data: ["a.jsonl", "`b`"], recipe: try TrainScratch.recipe(steps: 25),
            settings: TrainingSettings(), result: 25, observations: steps + [judged])
    }

    @Test("says what, how and how to check, and is read as a card again")
    func text() throws {
        let card = try card(licence: "Apache-2.0")
        let text = card.markdown
        let read = try #require(ModelCard(markdown: Array(text.utf8)))
        #expect(read.licence?.description == "Apache-2.0")
        #expect(read.tags.contains("lora"))
        #expect(text.contains("25 steps over 250 tokens"))
        #expect(text.contains("| 24 | 0.16 | 0.0001 | 0.5 |"))
        #expect(text.contains("| 25 | 0.25 | 75 % |"))
        #expect(text.contains(card.recipe.run.hexadecimal))
        #expect(text.contains("](loss.svg)") && card.curve.hasPrefix("<svg"))
        #expect(text.split(separator: "\n").filter { $0.hasPrefix("| 2") }.count <= 12)
    }

    @Test("names a licence of one's own, and none where none was given")
    func licences() throws {
        let own = try #require(
            ModelCard(markdown: Array(try card(licence: "LicenseRef-lab").markdown.utf8)))
        #expect(own.licenceName == "other")
        let none = try #require(ModelCard(markdown: Array(try card(licence: nil).markdown.utf8)))
        #expect(none.licence == nil)
    }
}
