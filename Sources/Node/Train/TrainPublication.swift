import Genome
import Host
import Learn
import Wire

/// Makes a layer of what a job left: the adapter, and as evidence everything that lets others do
/// the run again.
struct TrainPublication {
    private let folder: JobFolder
    private let request: TrainRequest
    private let trained: TrainNews.Trained

    /// A publication of a job that is trained.
    init(_ folder: JobFolder, _ request: TrainRequest, _ trained: TrainNews.Trained) {
        self.folder = folder
        self.request = request
        self.trained = trained
    }

    /// A file that becomes part of the layer.
    private struct Item {
        let path: String
        let source: String
        var isEvidence = true
    }

    /// Shares the layer, through a running node or by opening the home; its id. `note` is told
    /// what a person should know.
    func publish(_ report: Report, note: (String) -> Void) throws(Failure) -> String {
        let recipe = try inGenome("reading the recipe") { () throws(GenomeError) in
            try Recipe.decode(try recipeBytes())
        }
        let data = try mayShareData ? TrainDataCopies(folder, request.inputs.data, recipe) : nil
        data?.notes.forEach(note)
        defer { data?.remove() }
        let items =
            (try items(recipe)
            + (data?.copies ?? []).map { copy in
                Item(path: copy.path, source: copy.source)
            }).sorted { $0.path < $1.path }
        var files: [File] = []
        for item in items {
            files.append(
                try JobFolder.onDisk(item.source) { () throws(SystemError) in
                    try File(item.source, .read)
                })
        }
        var object = request.sharing
        object["paths"] = .array(items.map { .string($0.path) })
        object["evidence"] = .array(items.filter(\.isEvidence).map { .string($0.path) })
        object["folder"] = .string(request.name)
        object["type"] = "lora"
        object["base"] = try base(recipe)
        object["parents"] = .array(
            [request.inputs.start?.layer].compactMap { $0 }.map { .string($0) })
        object["parentRelation"] = "fine-tuned-from"
        object["run"] = .object(try record(recipe))
        object["adaptation"] = adaptation(recipe)
        object["trainingData"] = try trainingData(recipe)
        let access = try Access.open(makes: true, report)
        let answer = try access.ask("share", object, files: files)
        guard let layer = answer["layer"]?.string else {
            throw Failure(.internal, "the store did not name the layer")
        }
        return layer
    }

    private func recipeBytes() throws(GenomeError) -> [UInt8] {
        do throws(Failure) {
            return try folder.bytes(folder.recipe, limit: RecipeSchema.bytesMax)
        } catch {
            throw .field(path: folder.recipe, .missing)
        }
    }

    // MARK: Files

    private func items(_ recipe: Recipe) throws(Failure) -> [Item] {
        var items = [
            Adapter.configName, Adapter.weightsName, "README.md", RunCard.curveName,
        ].map { Item(path: $0, source: "\(folder.result)/\($0)", isEvidence: false) }
        items.append(Item(path: RunEvidence.recipe, source: folder.recipe))
        items.append(Item(path: RunEvidence.observations, source: folder.observations))
        for link in try links(recipe) {
            for name in CheckpointStore.fileNames {
                let step = CheckpointStore.name(of: link.step)
                items.append(
                    Item(
                        path: RunEvidence.checkpoint(link.step, name),
                        source: "\(folder.checkpoints)/\(step)/\(name)"))
            }
        }
        if let template = request.inputs.dataSettings.template {
            let path = "\(folder.path)/template.jinja"
            try folder.write(Array(template.utf8), to: path)
            items.append(Item(path: RunEvidence.template, source: path))
        }
        return items
    }

    /// Whether the data may go with the layer. The terms are those of what is learned: files that
    /// are only judged stay here.
    private var mayShareData: Bool {
        request.dataLicence != nil && request.dataHindrance == nil
    }

    private func links(_ recipe: Recipe) throws(Failure) -> [CheckpointLink] {
        try inLearn("reading the checkpoints") { () throws(LearnError) in
            try CheckpointStore(folder.checkpoints, run: recipe.run).links()
        }
    }

    // MARK: Facts

    private func base(_ recipe: Recipe) throws(Failure) -> JSONValue {
        guard let facts = recipe.base else {
            throw Failure(.corrupt, "the recipe names no base")
        }
        let layer = request.inputs.base.layer.flatMap { Digest(hexadecimal: $0) }
        return BaseFacts(
            layer: layer, weights: facts.weights, graph: facts.graph, tokenizer: facts.tokenizer
        ).json
    }

    private func adaptation(_ recipe: Recipe) -> JSONValue {
        var object = JSONObject()
        object["trainingSteps"] = .integer(Int64(trained.result))
        object["learningRate"] = .string(recipe.learningRate)
        if let first = dataset(recipe, 0) { object["trainingDataset"] = first }
        return .object(object)
    }

    private func trainingData(_ recipe: Recipe) throws(Failure) -> JSONValue {
        .array(request.inputs.data.indices.compactMap { dataset(recipe, $0) })
    }

    private func dataset(_ recipe: Recipe, _ index: Int) -> JSONValue? {
        let name = TrainResult.lastName(request.inputs.data[index].name)
        guard recipe.dataFiles.indices.contains(index), !name.isEmpty else { return nil }
        let file = recipe.dataFiles[index]
        var object = JSONObject()
        object["name"] = .string(String(PlainText.shown(name).prefix(64)))
        object["blob"] = .string(file.blob.hexadecimal)
        object["size"] = .integer(Int64(file.size))
        if let text = request.dataLicence, let licence = try? LicenceExpression(parsing: text) {
            object["licence"] = .string(licence.description)
        }
        return .object(object)
    }

    /// The record but for the members that only the store can fill in.
    private func record(_ recipe: Recipe) throws(Failure) -> JSONObject {
        let links = try links(recipe)
        let observations = try TrainingLog(folder).observations()
        let cost = TrainCost(folder)
        var object = JSONObject()
        object["record"] = .integer(RunRecordSchema.version)
        object["run"] = .string(recipe.run.hexadecimal)
        object["recipe"] =
            BlobReference(blob: Blake3.hash(recipe.bytes), size: UInt64(recipe.bytes.count)).json
        object["observations"] = try TrainPreparation.reference(
            .init(name: folder.observations, path: folder.observations)
        ).json
        var machine = JSONObject()
        machine["software"] = .string(Software.name)
        machine["processor"] = Machine.processorName.map { .string($0) }
        machine["kernels"] = .string("\(Kernels.level)")
        machine["threads"] = .integer(Int64(request.threads))
        object["machine"] = .object(machine)
        let tokens = TrainingLog.steps(observations).reduce(0) { $0 + $1.tokens }
        object["cost"] = [
            "wallSeconds": .string(Self.seconds(cost.wallSeconds)),
            "processorSeconds": .string(Self.seconds(cost.processorSeconds)),
            "peakMemory": .integer(Int64(clamping: cost.peakMemory)),
            "tokens": .integer(Int64(tokens)),
        ]
        object["checkpoints"] = .array(links.map(\.json))
        let adapter = "\(folder.result)/\(Adapter.weightsName)"
        object["outputs"] = [
            "step": .integer(Int64(trained.result)), "steps": .integer(Int64(trained.steps)),
            "endedEarly": .bool(trained.early),
            "adapter": try TrainPreparation.reference(.init(name: adapter, path: adapter)).json,
        ]
        object["events"] = .array(try events())
        return object
    }

    private func events() throws(Failure) -> [JSONValue] {
        let bytes = try folder.bytes(folder.events, limit: Observation.fileBytesMax)
        let lines = bytes.split(separator: 0x0a).suffix(RunRecordSchema.eventsMax)
        return lines.compactMap { line in
            try? JSONParser.parse(
                Array(line), limits: JSONLimits(bytes: 4_096, depth: 2, values: 16))
        }
    }

    /// Seconds as decimal text with three digits behind the point.
    private static func seconds(_ value: Double) -> String {
        NumberText.decimal(of: (value * 1_000).rounded() / 1_000) ?? "0"
    }
}

/// Where the evidence of a run stands in its layer.
enum RunEvidence {
    static let recipe = "run/recipe.json"
    static let observations = "run/observations.jsonl"
    static let template = "run/template.jinja"

    /// A file of a checkpoint.
    static func checkpoint(_ step: Int, _ name: String) -> String {
        "run/checkpoints/\(CheckpointStore.name(of: step))/\(name)"
    }

    /// A file of data by its number: its own name may be anything, its ending says how it is read.
    static func data(_ kind: String, _ index: Int, like name: String) -> String {
        let ending = name.split(separator: ".").last.map { $0.lowercased() } ?? "txt"
        return "run/\(kind)/\(index).\(ending)"
    }
}
