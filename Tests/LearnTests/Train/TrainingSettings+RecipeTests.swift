import Genome
import Testing

@testable import Learn

@Suite("Settings in a recipe")
struct TrainingSettingsRecipeTests {
    @Test("come back as they were")
    func roundTrip() throws {
        let standard = try TrainingSettings(try TrainScratch.recipe(steps: 12))
        #expect(standard.steps == 12 && standard.accumulate == 2 && standard.epsilon == 1e-8)
        guard case .standard = standard.targets else {
            Issue.record("other targets")
            return
        }
        var settings = TrainingSettings()
        settings.targets = .pattern(#".*\.q_proj"#)
        settings.rankPattern = [("a", 2), ("b", 4)]
        settings.alphaPattern = [("b", 0.5)]
        settings.isRankStabilised = true
        settings.seed = .max
        settings.profile = .bf16Dot
        settings.schedule = .inverseSquareRoot
        settings.learningRate = 0.1 + 0.2
        var object = try TrainScratch.recipe(steps: 1).json
        try settings.write(into: &object)
        let again = try TrainingSettings(try Recipe.make(object))
        #expect(again.targets == settings.targets && again.seed == .max)
        #expect(again.rankPattern.map(\.key) == ["a", "b"])
        #expect(again.alphaPattern.map(\.alpha) == [0.5] && again.isRankStabilised)
        #expect(again.learningRate == settings.learningRate && again.profile == .bf16Dot)
        #expect(again.schedule == .inverseSquareRoot)
        settings.learningRate = .infinity
        #expect(throws: LearnError.self) { try settings.write(into: &object) }
    }

    @Test("of a profile that this program does not know are refused")
    func unknown() throws {
        var object = try TrainScratch.recipe(steps: 1).json
        object["profile"] = "other-v9"
        let recipe = try Recipe.make(object)
        #expect(throws: LearnError.self) { _ = try TrainingSettings(recipe) }
    }
}
