import Genome
import Host
import Learn
import Wire

/// Base and data read, the recipe made of them: what a worker trains and a replay does again.
struct TrainPreparation {
    /// Tokens of a micro-batch that run together at most, if there is memory for them: more at
    /// once is not faster.
    private static let rowsMax = 2_048

    /// What it was made of.
    let inputs: TrainInputs
    /// The base.
    let model: Model
    /// The adapter it starts from.
    let start: Adapter?
    /// Examples that are learned.
    let training: [TrainingData.Entry]
    /// Examples that are judged.
    let judged: [TrainingExample]
    /// What a person should know of the data.
    let notes: [DataNote]
    /// The order of the examples.
    let plan: TrainingPlan
    /// The recipe.
    let recipe: Recipe

    /// What the base is by its files, as they are now.
    let base: BaseFacts

    /// Reads everything. The base is hashed: its files may have changed since they came.
    init(_ inputs: TrainInputs) throws(Failure) {
        self.inputs = inputs
        let (files, title) = (inputs.base.files, inputs.base.files.title)
        base =
            try inputs.base.layer == nil
            ? LayerSource.baseFacts(folder: title) : LayerSource.baseFacts(files)
        let model = try inLearn("opening \(title)") { () throws(LearnError) in
            try Model(files)
        }
        self.model = model
        start = try inputs.start.map { part throws(Failure) in
            try inLearn("opening \(part.files.title)") { () throws(LearnError) in
                try Adapter(part.files)
            }
        }
        let (read, judgedRead) = try Self.read(inputs, model)
        let (data, apart) = (read.data, judgedRead?.data)
        training = data.training
        let judgedEntries = data.evaluation + (apart?.training ?? [])
        judged = judgedEntries.map(\.example)
        notes = data.notes + (apart?.notes ?? [])
        var builder = RecipeBuilder(
            base: base, settings: inputs.settings, dataSettings: inputs.dataSettings,
            examples: data.digest, judged: TrainingData.recipeDigest(of: judgedEntries))
        builder.files = read.files
        builder.evaluationFiles = judgedRead?.files ?? []
        // Of the data alone: a replay may have to do without the files that are only judged.
        builder.template = data.template
        if let part = inputs.start, let path = part.files.paths[Adapter.weightsName] {
            builder.start = try Self.reference(.init(name: part.files.title, path: path)).blob
        }
        builder.evaluationEvery = inputs.evaluationEvery
        builder.patience = inputs.patience
        builder.keepsBest = inputs.keepsBest
        let made = builder
        recipe = try inLearn("writing the recipe") { () throws(LearnError) in
            try made.recipe()
        }
        plan = TrainingPlan(
            data.training, inputs.dataSettings, batch: inputs.settings.batch,
            accumulate: inputs.settings.accumulate)
    }

    /// Examples, and the files they come from by the very bytes that became tokens.
    private typealias Read = (data: TrainingData, files: [BlobReference])

    private static func read(
        _ inputs: TrainInputs, _ model: Model
    ) throws(Failure) -> (Read, apart: Read?) {
        let files = inputs.base.files
        return try inLearn("reading the data") { () throws(LearnError) in
            let tokenizer = try Tokenizer(files)
            let format = try tokenizer.flatMap { tokenizer throws(LearnError) in
                try ChatFormat(files, tokenizer)
            }
            let ends = try ModelEnds.read(files)
            func read(
                _ sources: [TrainInputs.Source], _ settings: DataSettings
            ) throws(LearnError) -> Read {
                var files: [BlobReference] = []
                var reader = try DataReader(
                    tokenizer: tokenizer, format: format,
                    vocabulary: model.architecture.vocabulary, ends: ends, settings: settings)
                for source in sources {
                    let file = try DataFile(name: source.name, bytes: try bytes(source))
                    files.append(
                        BlobReference(blob: file.blob.id, size: UInt64(file.blob.size)))
                    try reader.read(file)
                }
                return (try reader.finish(), files)
            }
            let data = try read(inputs.data, inputs.dataSettings)
            guard !inputs.evaluation.isEmpty else { return (data, nil) }
            var whole = inputs.dataSettings
            whole.evaluationPart = 0
            return (data, try read(inputs.evaluation, whole))
        }
    }

    private static func bytes(_ source: TrainInputs.Source) throws(LearnError) -> [UInt8] {
        do throws(SystemError) {
            let file = try File(source.path, .read)
            let facts = try file.facts()
            guard facts.kind == .file else {
                throw SystemError("read", source.name, code: 21)
            }
            return try file.readAll(limit: DataLimits.fileBytesMax)
        } catch {
            throw .data(.unreadable(file: source.name, error.reason))
        }
    }

    /// Hash and size of a file.
    static func reference(_ source: TrainInputs.Source) throws(Failure) -> BlobReference {
        var tree = TreeHasher()
        var offset: UInt64 = 0
        do throws(SystemError) {
            let file = try File(source.path, .read)
            while true {
                let bytes = try file.read(count: 1 << 20, offset: offset)
                if bytes.isEmpty { break }
                tree.update(bytes.span.bytes)
                offset += UInt64(bytes.count)
            }
        } catch {
            throw Failure(.notFound, "\(source.name) cannot be read", why: error.reason)
        }
        return BlobReference(blob: tree.finish().id, size: offset)
    }

    // MARK: Computing

    /// Tokens of the longest example.
    var longest: Int {
        let examples = training.lazy.map { $0.example.tokens.count }
        return max(examples.max() ?? 1, judged.lazy.map { $0.tokens.count }.max() ?? 1)
    }

    private var rows: Int {
        min(Self.rowsMax, inputs.settings.batch * inputs.dataSettings.sequenceLength)
    }

    /// The micro-batches of a step.
    func batches(_ step: Int) -> [[TrainingExample]] {
        plan.step(step).map { indices in indices.map { training[$0].example } }
    }

    /// A trainer within `budget` bytes; refused with what would fit if there is none.
    func trainer(threads: Int, budget: UInt64) throws(Failure) -> Trainer {
        let choice: (choice: TrainingMemory?, smallest: TrainingMemory)
        choice = try inLearn("preparing to train") { () throws(LearnError) in
            try Trainer.memoryChoice(
                model, inputs.settings, threads: threads, rows: rows, longest: longest,
                memoryMax: budget)
        }
        guard choice.choice != nil else {
            throw Failure(
                .quota, "training would take more memory than may be used",
                why: "at least \(Sizes.text(choice.smallest.bytes)) beside the base's pages, "
                    + "\(Sizes.text(budget)) may be used",
                remedy: try fitting(threads: threads, budget: budget))
        }
        return try inLearn("preparing to train") { () throws(LearnError) in
            try Trainer(
                model, inputs.settings, threads: threads, rows: rows, longest: longest,
                memoryMax: budget, start: start)
        }
    }

    /// The largest change for the smaller that would fit.
    private func fitting(threads: Int, budget: UInt64) throws(Failure) -> String {
        var length = longest / 2
        while length >= 16 {
            let part = length
            let smaller = try inLearn("preparing to train") { () throws(LearnError) in
                try Trainer.memoryChoice(
                    model, inputs.settings, threads: threads, rows: part, longest: part,
                    memoryMax: budget
                ).choice
            }
            if smaller != nil {
                return "--seq \(length) would fit (longer records: --long split or skip)"
            }
            length /= 2
        }
        return threads > 1
            ? "try --threads 1, a smaller --rank or fewer --targets"
            : "try a smaller --rank, fewer --targets, or a smaller base"
    }
}
