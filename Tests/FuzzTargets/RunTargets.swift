import Foundation
import Genome
import Learn
import Wire

extension FuzzTarget {
    static let run: [FuzzTarget] = [recipe, runRecord]

    private static let hash = Blake3.hash([1]).hexadecimal
    private static let other = Blake3.hash([2]).hexadecimal

    private static func canonical(_ text: String) -> [UInt8] {
        guard
            let value = try? JSONParser.parse(
                Array(text.utf8), limits: JSONLimits(bytes: 1 << 16))
        else { preconditionFailure("a sample is JSON") }
        return CanonicalJSON.write(value)
    }

    private static let recipe = FuzzTarget(
        "FuzzRecipe",
        seeds: [
            canonical(
                """
                {"recipe":1,"arithmetic":"a-v0","profile":"p-v0","seed":"7",
                "base":{"weights":"\(hash)","graph":"\(hash)"},"start":{"adapter":"\(hash)"},
                "adapter":{"rank":2,"alpha":"4","targets":{"kind":"names","names":["q_proj"]},
                "rankPattern":[{"key":"a","rank":1}],"alphaPattern":[],"rankStabilised":false,
                "dropout":"0.1"},
                "optimiser":{"steps":3,"batch":1,"accumulate":1,"learningRate":"0.001",
                "schedule":"linear","warmup":0,"weightDecay":"0","clip":"1","beta1":"0.9",
                "beta2":"0.999","epsilon":"0.00000001"},
                "data":{"files":[{"blob":"\(hash)","size":3}],"evaluationFiles":[],
                "examples":"\(hash)","judged":"\(hash)","settings":{"a":[1]},"unicode":"16.0"},
                "evaluation":{"every":0,"patience":0,"keep":"last"}}
                """), followed.bytes,
        ]
    ) { input in
        guard let recipe = try? Recipe.decode(input) else { return }
        precondition(recipe.bytes == input, "a recipe changes when read")
        precondition(Recipe.differences(recipe, recipe).isEmpty, "a recipe differs from itself")
        _ = (recipe.base, recipe.start, recipe.steps, recipe.dataFiles, recipe.keepsBest)
        follow(recipe, after: [0, 3, recipe.steps - 1])
    }

    /// A recipe that can be followed on the tiny model.
    private static let followed: Recipe = {
        var settings = TrainingSettings()
        settings.steps = 3
        settings.rank = 2
        settings.targets = .pattern(#".*\.(q|v)_proj"#)
        settings.rankPattern = [("v_proj", 1)]
        settings.alphaPattern = [("q_proj", 3)]
        settings.dropout = 0.25
        let hash = Blake3.hash([1])
        var data = DataSettings()
        data.sequenceLength = 4
        let builder = RecipeBuilder(
            base: BaseFacts(layer: nil, weights: hash, graph: hash, tokenizer: nil),
            settings: settings, dataSettings: data, examples: hash, judged: hash)
        guard let recipe = try? builder.recipe() else {
            preconditionFailure("a sample is a recipe")
        }
        return recipe
    }()

    /// Rows of a step that are followed: a true recipe may ask for a million, which is work.
    private static let rowsMax = 64
    /// Memory that a trainer may take.
    private static let memoryMax: UInt64 = 8 << 20

    /// The tiny model; its files are mapped and may go.
    private static func tinyModel() throws(LearnError) -> Model {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "plasmid-fuzz-run-\(ProcessInfo.processInfo.processIdentifier)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let parts = Samples.tinyModel.split(separator: 0, maxSplits: 1)
        let length = (0..<8).map { UInt8(truncatingIfNeeded: parts[1].count >> ($0 * 8)) }
        let data = [UInt8](repeating: 0, count: Samples.tinyModelBytes)
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try? Data(parts[0]).write(to: folder.appending(path: "config.json"))
        try? Data(length + parts[1] + data).write(
            to: folder.appending(path: "model.safetensors"))
        return try Model(try LayerFiles(folder: folder.path))
    }

    /// What a replay makes of a stranger's recipe: settings, order, factors, and steps where they
    /// are few.
    private static func follow(_ recipe: Recipe, after steps: [Int]) {
        do throws(LearnError) {
            let model = try tinyModel()
            let settings = try TrainingSettings(recipe)
            let dataSettings = try DataSettings(recipe, template: nil)
            try settings.check()
            var reader = try DataReader(
                tokenizer: nil, format: nil, vocabulary: 5, ends: [], settings: dataSettings)
            let text = "{\"input_ids\":[1,2]}\n{\"input_ids\":[3,4]}\n"
            try reader.read(try DataFile(name: "x.jsonl", bytes: Array(text.utf8)))
            let entries = try reader.finish().training
            let longest = entries.map(\.example.tokens.count).max() ?? 1
            let choice = try Trainer.memoryChoice(
                model, settings, threads: 1, rows: 8, longest: longest, memoryMax: memoryMax)
            guard choice.choice != nil, settings.batch * settings.accumulate <= rowsMax else {
                return
            }
            let trainer = try Trainer(
                model, settings, threads: 1, rows: 8, longest: longest, memoryMax: memoryMax)
            let plan = TrainingPlan(
                entries, dataSettings, batch: settings.batch, accumulate: settings.accumulate)
            // With a shuffle all epochs before a step are gone through: bounded by its number.
            for step in steps where (0...min(recipe.steps, 10_000)).contains(step) {
                _ = try trainer.run(
                    plan.step(step).map { indices in indices.map { entries[$0].example } })
            }
        } catch {
            precondition(recipe.bytes != followed.bytes, "the seed cannot be followed: \(error)")
            precondition(!error.description.isEmpty)
        }
    }

    private static let runRecord = FuzzTarget(
        "FuzzRunRecord",
        seeds: [
            canonical(
                """
                {"record":1,"publisher":"\(Samples.publisher)","run":"\(hash)",
                "recipe":{"blob":"\(hash)","size":3},"observations":{"blob":"\(hash)","size":3},
                "machine":{"software":"s/1","processor":"p","kernels":"avx2","threads":2},
                "cost":{"wallSeconds":"1.5","processorSeconds":"2","peakMemory":9,"tokens":8},
                "checkpoints":[
                {"step":0,"adapter":"\(hash)","optimiser":"\(hash)","state":"\(hash)"},
                {"step":3,"adapter":"\(other)","optimiser":"\(hash)","state":"\(other)",
                "previous":"\(hash)"}],
                "outputs":{"step":3,"adapter":{"blob":"\(other)","size":3},"weights":"\(hash)",
                "steps":3,"endedEarly":false},
                "events":[{"kind":"resumed","step":1,"detail":"d"}]}
                """)
        ]
    ) { input in
        guard let record = try? RunRecord.decode(input) else { return }
        precondition(record.bytes == input, "a record changes when read")
        let links = record.checkpoints.map { CheckpointLink($0.json) }
        precondition(links == record.checkpoints, "a checkpoint changes when written")
        let story = RunStory(record, followed)
        precondition(story.observationBytesMax <= Observation.fileBytesMax)
        _ = (story.contradiction(), story.contradiction([]))
        let steps = ReplayStretch.cut(record.checkpoints).reduce(0) { $0 + $1.steps.count }
        let whole = ReplayStretch.all(record.checkpoints)?.steps.count ?? 0
        precondition(steps == whole, "stretches do not make up the run")
    }
}
