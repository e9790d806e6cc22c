import Genome
import Testing
import Wire

@testable import Learn

@Suite("Making a recipe")
struct RecipeBuilderTests {
    private func builder() -> RecipeBuilder {
        let (one, two) = (Blake3.hash([1]), Blake3.hash([2]))
        var builder = RecipeBuilder(
            base: BaseFacts(layer: Blake3.hash([9]), weights: one, graph: two, tokenizer: nil),
            settings: TrainingSettings(), dataSettings: DataSettings(), examples: one,
            judged: two)
        builder.files = [BlobReference(blob: one, size: 7)]
        return builder
    }

    @Test("names everything that determines bits, and the base by content only")
    func members() throws {
        let recipe = try builder().recipe()
        #expect(recipe.base?.layer == nil && recipe.base?.weights == Blake3.hash([1]))
        #expect(recipe.json["arithmetic"]?.string == RecipeBuilder.arithmetic)
        #expect(recipe.dataFiles.count == 1 && recipe.steps == 100)
        #expect(try TrainingSettings(recipe).learningRate == 2e-4)
        #expect(try DataSettings(recipe, template: nil) == DataSettings())
        #expect(!recipe.keepsBest && recipe.evaluationEvery == 0)
    }

    @Test("is another recipe for each part that is another")
    func sensitivity() throws {
        let changes: [(inout RecipeBuilder) -> Void] = [
            { $0.settings.seed = 1 }, { $0.settings.clip = 0.5 }, { $0.dataSettings.seed = 1 },
            { $0.dataSettings.template = "t" }, { $0.examples = Blake3.hash([3]) },
            { $0.judged = Blake3.hash([3]) }, { $0.start = Blake3.hash([4]) },
            { $0.evaluationEvery = 5 }, { $0.patience = 2 }, { $0.keepsBest = true },
            { $0.files = [] }, { $0.template = Blake3.hash([5]) },
            { $0.settings.targets = .allLinear },
            { $0.settings.profile = .bf16Dot },
        ]
        var runs = Set([try builder().recipe().run])
        for change in changes {
            var other = builder()
            change(&other)
            runs.insert(try other.recipe().run)
        }
        #expect(runs.count == changes.count + 1)
    }
}
