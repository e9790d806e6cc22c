import Genome
import Host
import Learn
import Store
import Wire

/// What is here of the evidence of a layer's training, as the command that holds the home sees it.
struct ReplayEvidence {
    private let answer: JSONObject
    private let arguments: Arguments
    private let run: BlobReference
    private let layout: Layout
    /// Blob of each file of the layer by its path, here or not.
    private let files: [String: Digest]

    /// The evidence of the layer that `verify` was asked about; nil for one without a record.
    init?(_ arguments: Arguments, _ access: LazyAccess) throws(Failure) {
        var object = JSONObject()
        object["layer"] = .string(arguments.operand(0) ?? "")
        answer = try access.get().ask("model", object)
        guard let run = answer["run"].flatMap({ BlobReference($0) }) else { return nil }
        self.run = run
        self.arguments = arguments
        layout = Layout(home: answer["home"]?.string ?? "")
        files = Self.files(answer)
    }

    private static func files(_ answer: JSONObject) -> [String: Digest] {
        var files: [String: Digest] = [:]
        for file in answer["files"]?.array ?? [] {
            guard let path = file["path"]?.string,
                let blob = file["blob"]?.string.flatMap({ Digest(hexadecimal: $0) })
            else { continue }
            files[path] = blob
        }
        return files
    }

    private func isHere(_ blob: Digest) -> Bool { Directory.exists(layout.plainPath(blob)) }

    /// What the process that computes is asked; refused as corrupt where the evidence contradicts
    /// itself, as not found where a part of it is not here.
    func request(_ access: LazyAccess) throws(Failure) -> ReplayRequest {
        let (record, recipe) = try ReplayRequest.run(run.blob, layout)
        if let why = mismatch(record, recipe) {
            throw Failure(.corrupt, "the record is not this layer's", why: why)
        }
        let (settings, dataSettings) = try settings(recipe)
        var inputs = TrainInputs(
            base: try base(recipe, access), start: try start(record, recipe, access),
            data: try data(recipe), evaluation: evaluation(recipe), settings: settings,
            dataSettings: dataSettings)
        inputs.evaluationEvery = recipe.evaluationEvery
        inputs.patience = recipe.patience
        inputs.keepsBest = recipe.keepsBest
        return ReplayRequest(
            inputs: inputs, home: layout.home, record: run.blob,
            title: "run \(record.run.hexadecimal.prefix(16))",
            threads: try arguments.integer("threads", in: 1...Team.lanesMax) ?? Team.lanesDefault,
            memory: try CheckRequest.memory(arguments), isAll: arguments.isGiven("all"),
            isGiven: arguments.isGiven("data") || arguments.isGiven("base"))
    }

    /// In what the record contradicts the layer's manifest; nil if in nothing.
    private func mismatch(_ record: RunRecord, _ recipe: Recipe) -> String? {
        if record.publisher.base32 != answer["publisher"]?.string {
            return "it is signed by another key"
        }
        if record.weights.hexadecimal != answer["weights"]?.string {
            return "it names other weights than the layer"
        }
        if record.adapter.blob != files[Adapter.weightsName] {
            return "it names another \(Adapter.weightsName) than the layer's"
        }
        var named = [
            (RunEvidence.recipe, record.recipe.blob),
            (RunEvidence.observations, record.observations.blob),
        ]
        if let template = recipe.json["data"]?["template"]?.string.flatMap({
            Digest(hexadecimal: $0)
        }) {
            named.append((RunEvidence.template, template))
        }
        for link in record.checkpoints {
            let parts = [link.adapter, link.optimiser, link.state]
            for (name, blob) in zip(CheckpointStore.fileNames, parts) {
                named.append((RunEvidence.checkpoint(link.step, name), blob))
            }
        }
        for (path, blob) in named where files[path].map({ $0 != blob }) ?? false {
            return "\(path) is another file than it names"
        }
        for (kind, wanted) in [("data", recipe.dataFiles), ("evaluation", recipe.evaluationFiles)] {
            for (index, file) in wanted.enumerated() {
                guard let entry = entry(kind, index) else { continue }
                if entry.value != file.blob { return "\(entry.key) is another file than it names" }
            }
        }
        return nil
    }

    private func settings(
        _ recipe: Recipe
    ) throws(Failure) -> (TrainingSettings, DataSettings) {
        var template: String?
        if let id = files[RunEvidence.template], isHere(id) {
            let bytes = try ReplayRequest.object(
                id, "the chat template", limit: DataLimits.templateBytesMax, layout)
            template = String(decoding: bytes, as: UTF8.self)
        }
        let text = template
        return try inLearn("reading the recipe") { () throws(LearnError) in
            (try TrainingSettings(recipe), try DataSettings(recipe, template: text))
        }
    }

    // MARK: Base and start

    private func base(
        _ recipe: Recipe, _ access: LazyAccess
    ) throws(Failure) -> TrainInputs.Part {
        guard let wanted = recipe.base else { throw Failure(.corrupt, "the recipe has no base") }
        let source: LayerSource
        if let word = arguments.text("base") {
            source = try LayerSource.open(word, access)
        } else {
            source = try LayerSource.held(weights: wanted.weights, access)
        }
        return TrainInputs.Part(
            files: source.files, layer: source.layer, facts: source.offers)
    }

    /// The adapter that the run started from, among the layer's parents; nil if it was drawn, or
    /// if the first state is that adapter's very file.
    private func start(
        _ record: RunRecord, _ recipe: Recipe, _ access: LazyAccess
    ) throws(Failure) -> TrainInputs.Part? {
        guard let wanted = recipe.start, record.checkpoints.first?.adapter != wanted else {
            return nil
        }
        var object = JSONObject()
        object["layer"] = answer["layer"]
        let manifest = try access.get().ask("show", object)["manifest"]
        for parent in manifest?["provenance"]?["parentLayers"]?.array ?? [] {
            guard let layer = ParentLayer(parent)?.layer.hexadecimal,
                let source = try? LayerSource.open(layer, access),
                let path = source.files.paths[Adapter.weightsName],
                path == layout.plainPath(wanted), Directory.exists(path)
            else { continue }
            return TrainInputs.Part(files: source.files, layer: source.layer, facts: nil)
        }
        throw Failure(
            .notFound, "the run began from a start that is not here",
            why: "an adapter whose file has the hash \(wanted)",
            remedy: "fetch the layer it was fine-tuned from")
    }

    // MARK: Data

    private func data(_ recipe: Recipe) throws(Failure) -> [TrainInputs.Source] {
        let given = arguments.texts("data")
        guard given.isEmpty else {
            let sources = given.map {
                TrainInputs.Source(name: $0, path: ExportCommand.absolute($0))
            }
            try check(sources, recipe)
            return sources
        }
        let found = evidence("data", recipe.dataFiles)
        guard found.count == recipe.dataFiles.count else {
            throw Failure(
                .notFound, "the data of the training is not here",
                remedy: "fetch the layer with --evidence, or say --data FILE")
        }
        return found
    }

    /// What a person named says nothing of the layer if it is not what was trained on.
    private func check(_ sources: [TrainInputs.Source], _ recipe: Recipe) throws(Failure) {
        var blobs: [Digest] = []
        for source in sources { blobs.append(try TrainPreparation.reference(source).blob) }
        guard blobs == recipe.dataFiles.map(\.blob) else {
            throw Failure(
                .usage, "these are not the data of the training",
                remedy: "give its \(recipe.dataFiles.count) files with --data, in their order")
        }
    }

    /// Files that are only judged change no step: without them the steps can still be done.
    private func evaluation(_ recipe: Recipe) -> [TrainInputs.Source] {
        let found = evidence("evaluation", recipe.evaluationFiles)
        return found.count == recipe.evaluationFiles.count ? found : []
    }

    private func entry(_ kind: String, _ index: Int) -> (key: String, value: Digest)? {
        files.first { $0.key.hasPrefix("run/\(kind)/\(index).") }
    }

    private func evidence(_ kind: String, _ wanted: [BlobReference]) -> [TrainInputs.Source] {
        wanted.indices.compactMap { index in
            guard let entry = entry(kind, index), isHere(entry.value) else { return nil }
            return TrainInputs.Source(name: entry.key, path: layout.plainPath(entry.value))
        }
    }
}
