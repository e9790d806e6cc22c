import Genome
import Wire

/// What a recipe is made of, before it has a name.
public struct RecipeBuilder {
    /// The rules by which steps are computed: losses, gradients, updates, draws, order. Frozen, as
    /// profiles are: other bits are another name.
    public static let arithmetic = "plasmid-train-v1"

    /// The base by content.
    public var base: BaseFacts
    /// How factors are changed.
    public var settings: TrainingSettings
    /// How records became examples.
    public var dataSettings: DataSettings
    /// The files that are learned from, in order.
    public var files: [BlobReference] = []
    /// The files that are only judged, in order.
    public var evaluationFiles: [BlobReference] = []
    /// The examples that are learned.
    public var examples: Digest
    /// The examples that are judged.
    public var judged: Digest
    /// The chat template that the data were written by, the base's own or another.
    public var template: Digest?
    /// The adapter file that it starts from.
    public var start: Digest?
    /// Steps between two evaluations; 0 for one at the end.
    public var evaluationEvery = 0
    /// Evaluations without progress before it ends; 0 for no limit.
    public var patience = 0
    /// Whether the best state is the result.
    public var keepsBest = false

    /// The parts that have no default.
    public init(
        base: BaseFacts, settings: TrainingSettings, dataSettings: DataSettings,
        examples: Digest, judged: Digest
    ) {
        self.base = base
        self.settings = settings
        self.dataSettings = dataSettings
        self.examples = examples
        self.judged = judged
    }

    /// The recipe.
    public func recipe() throws(LearnError) -> Recipe {
        var object = JSONObject()
        object["recipe"] = .integer(RecipeSchema.version)
        object["arithmetic"] = .string(Self.arithmetic)
        try settings.write(into: &object)
        // A copy of the base under another name is the same base.
        let facts = BaseFacts(
            layer: nil, weights: base.weights, graph: base.graph, tokenizer: base.tokenizer)
        object["base"] = facts.json
        object["start"] = start.map { ["adapter": .string($0.hexadecimal)] }
        var data = JSONObject()
        data["files"] = .array(files.map(\.json))
        data["evaluationFiles"] = .array(evaluationFiles.map(\.json))
        data["examples"] = .string(examples.hexadecimal)
        data["judged"] = .string(judged.hexadecimal)
        data["settings"] = .object(dataSettings.json)
        data["template"] = template.map { .string($0.hexadecimal) }
        data["unicode"] = .string(UnicodeTables.version)
        object["data"] = .object(data)
        object["evaluation"] = [
            "every": .integer(Int64(evaluationEvery)), "patience": .integer(Int64(patience)),
            "keep": keepsBest ? "best" : "last",
        ]
        do throws(GenomeError) {
            return try Recipe.make(object)
        } catch {
            throw .weights(.format(file: "the recipe", error))
        }
    }
}

extension TrainingData {
    /// The name of some examples in a recipe.
    public static func recipeDigest(of entries: [Entry]) -> Digest { digest(of: entries) }
}
