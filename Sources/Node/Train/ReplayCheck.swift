import Genome
import Host
import Learn
import Store
import Wire

/// Does a part of the training that made a layer again, on this machine, and compares every bit:
/// what `verify` says of a layer with a run record.
struct ReplayCheck {
    /// What it came to.
    enum Verdict: String {
        /// The same bits.
        case exact = "bit-exact-replayed"
        /// Other bits, or evidence that contradicts itself.
        case differs
        /// Nothing was done again: something needed is not here.
        case notDone = "not-replayed"
    }

    /// In one word.
    let verdict: Verdict
    /// The checks with their results.
    let checks: [GateCheck]

    /// The replay of the layer that `verify` was asked about; nil for one without a record.
    static func run(
        _ arguments: Arguments, _ access: Access, _ report: Report
    ) throws(Failure) -> ReplayCheck? {
        var object = JSONObject()
        object["layer"] = .string(arguments.operand(0) ?? "")
        let answer = JSONValue.object(try access.ask("model", object))
        guard let run = answer["run"].flatMap({ BlobReference($0) }) else { return nil }
        let replay = Replay(
            answer: answer, run: run, arguments: arguments,
            access: LazyAccess(access, report), report: report)
        do throws(Failure) {
            return try replay.check()
        } catch {
            let text = [error.message, error.why, error.remedy].filter { !$0.isEmpty }
            let words = text.joined(separator: ": ")
            switch error.code {
            // What is not here, or more than this machine has, is no fault of the layer.
            case .notFound, .usage, .quota, .unsupported: return notDone(words)
            case .corrupt, .refused:
                return ReplayCheck(
                    verdict: .differs,
                    checks: [GateCheck(name: "replay", isSound: false, detail: words)])
            default: throw error
            }
        }
    }

    /// Nothing was done again, which says nothing of the layer.
    fileprivate static func notDone(_ reason: String) -> ReplayCheck {
        ReplayCheck(
            verdict: .notDone,
            checks: [GateCheck(name: "replay", isSound: true, detail: "not done: " + reason)])
    }
}

/// One replay with what it needs.
private struct Replay {
    /// A run record in its envelope.
    private static let envelopeMax = RunRecordSchema.bytesMax * 2

    let answer: JSONValue
    let run: BlobReference
    let arguments: Arguments
    let access: LazyAccess
    let report: Report

    private var layout: Layout { Layout(home: answer["home"]?.string ?? "") }

    /// Blob of each file by its path, of those that are here.
    private var files: [String: Digest] {
        var files: [String: Digest] = [:]
        for file in answer["files"]?.array ?? [] {
            guard let path = file["path"]?.string,
                let blob = file["blob"]?.string.flatMap({ Digest(hexadecimal: $0) }),
                Directory.exists(layout.object(blob))
            else { continue }
            files[path] = blob
        }
        return files
    }

    func check() throws(Failure) -> ReplayCheck {
        let record = try record()
        guard let mismatch = try mismatch(record) else { return try replay(record) }
        return ReplayCheck(
            verdict: .differs,
            checks: [GateCheck(name: "record", isSound: false, detail: mismatch)])
    }

    private func record() throws(Failure) -> RunRecord {
        let bytes = try blob(run.blob, "the run record", limit: Self.envelopeMax)
        return try inGenome("reading the run record") { () throws(GenomeError) in
            try RunRecord.verified(bytes)
        }
    }

    /// A blob's bytes; one that is not here is named with what to do.
    private func blob(_ id: Digest, _ what: String, limit: Int) throws(Failure) -> [UInt8] {
        let path = layout.object(id)
        guard Directory.exists(path) else {
            let layer = (answer["layer"]?.string ?? "").prefix(16)
            throw Failure(
                .notFound, "\(what) is not here",
                remedy: "plasmid fetch \(layer) --evidence")
        }
        return try JobFolder.onDisk(path) { () throws(SystemError) in
            try File(path, .read).readAll(limit: limit)
        }
    }

    /// In what the record contradicts the layer; nil if in nothing.
    private func mismatch(_ record: RunRecord) throws(Failure) -> String? {
        let publisher = answer["publisher"]?.string ?? ""
        if record.publisher.base32 != publisher { return "it is signed by another key" }
        if record.weights.hexadecimal != answer["weights"]?.string {
            return "it names other weights than the layer"
        }
        if record.adapter.blob != files[Adapter.weightsName] {
            return "it names another \(Adapter.weightsName) than the layer's"
        }
        return nil
    }

    private func recipe(_ record: RunRecord) throws(Failure) -> Recipe? {
        let bytes = try blob(record.recipe.blob, "the recipe", limit: RecipeSchema.bytesMax)
        let recipe = try? Recipe.decode(bytes)
        return recipe?.run == record.run ? recipe : nil
    }

    // MARK: Preparing

    private func inputs(_ recipe: Recipe) throws(Failure) -> TrainInputs {
        guard let facts = recipe.base else { throw Failure(.corrupt, "the recipe has no base") }
        let source: LayerSource
        if let word = arguments.text("base") {
            source = try LayerSource.open(word, access)
        } else {
            source = try LayerSource.held(weights: facts.weights, access)
        }
        var template: String?
        if let id = files[RunEvidence.template] {
            let bytes = try blob(id, "the chat template", limit: 1 << 20)
            template = String(decoding: bytes, as: UTF8.self)
        }
        let text = template
        let (settings, dataSettings) = try inLearn("reading the recipe") {
            () throws(LearnError) in
            (try TrainingSettings(recipe), try DataSettings(recipe, template: text))
        }
        var inputs = TrainInputs(
            base: TrainInputs.Part(
                files: source.files, layer: source.layer, facts: source.offers),
            start: nil, data: try data(recipe), evaluation: evaluation(recipe),
            settings: settings, dataSettings: dataSettings)
        inputs.evaluationEvery = recipe.evaluationEvery
        inputs.patience = recipe.patience
        inputs.keepsBest = recipe.keepsBest
        return inputs
    }

    private func data(_ recipe: Recipe) throws(Failure) -> [TrainInputs.Source] {
        let given = arguments.texts("data")
        guard given.isEmpty else {
            return given.map { TrainInputs.Source(name: $0, path: ExportCommand.absolute($0)) }
        }
        let found = evidence("data", recipe.dataFiles)
        guard found.count == recipe.dataFiles.count else {
            throw Failure(
                .notFound, "the data of the training is not here",
                remedy: "fetch the layer with --evidence, or say --data FILE")
        }
        return found
    }

    /// Files that are only judged change no step: without them the steps can still be done.
    private func evaluation(_ recipe: Recipe) -> [TrainInputs.Source] {
        let found = evidence("evaluation", recipe.evaluationFiles)
        return found.count == recipe.evaluationFiles.count ? found : []
    }

    private func evidence(_ kind: String, _ wanted: [BlobReference]) -> [TrainInputs.Source] {
        let files = files
        return wanted.indices.compactMap { index in
            let start = "run/\(kind)/\(index)."
            guard let entry = files.first(where: { $0.key.hasPrefix(start) }) else { return nil }
            return TrainInputs.Source(name: entry.key, path: layout.object(entry.value))
        }
    }

    // MARK: Doing it again

    private func replay(_ record: RunRecord) throws(Failure) -> ReplayCheck {
        guard let recipe = try recipe(record) else {
            return differs("recipe", "the recipe is not the one of run \(record.run)")
        }
        guard recipe.json["arithmetic"] == .string(RecipeBuilder.arithmetic) else {
            return .notDone("the run was computed by rules that this program does not know")
        }
        guard record.checkpoints.last.map({ $0.step <= recipe.steps }) ?? false else {
            return differs("record", "it has checkpoints behind the recipe's last step")
        }
        let prepared = try TrainPreparation(try inputs(recipe))
        if let difference = difference(recipe, prepared.recipe) { return difference }
        let threads =
            try arguments.integer("threads", in: 1...Team.lanesMax) ?? Team.lanesDefault
        let trainer = try prepared.trainer(
            threads: threads, budget: Machine.availableMemory ?? UInt64.max)
        let observations = try blob(
            record.observations.blob, "the observations", limit: Observation.fileBytesMax)
        let replay = RunReplay(
            steps: trainer.steps, plan: { prepared.batches($0) }, links: record.checkpoints,
            observations: Observation.read(observations), load: load)
        let start: RunReplay.Verdict
        if let wanted = recipe.start {
            guard let tensors = try startTensors(wanted) else {
                return .notDone("the adapter it went on from, \(wanted), is not here")
            }
            start = try inLearn("reading the start") { () throws(LearnError) in
                try replay.start(from: tensors)
            }
        } else {
            start = replay.start()
        }
        if case .differs(_, let what) = start {
            return differs("replay", "differs at the start: \(what)")
        }
        return try parts(replay, record)
    }

    /// What the recipe says of a run that this program, base and data do not come to.
    private func difference(_ recipe: Recipe, _ own: Recipe) -> ReplayCheck? {
        // Neither changes a step: the first state of a run that went on is in its checkpoints.
        let beside: Set<String> = ["start", "start.adapter", "data.judged", "data.evaluationFiles"]
        let members = Recipe.differences(recipe, own).filter { !beside.contains($0) }
        guard !members.isEmpty else { return nil }
        let words = members.joined(separator: ", ")
        let isOurs = members.contains { $0 == "data.unicode" || $0.hasPrefix("base") }
        if isOurs || arguments.isGiven("data") || arguments.isGiven("base") {
            return .notDone("base, data or program are not those of the run: \(words)")
        }
        return differs("recipe", "not what was recorded: \(words)")
    }

    /// The factors that a run went on from, if their file is in this store. Refused unless they are
    /// f32, as every adapter that was trained here is.
    private func startTensors(_ id: Digest) throws(Failure) -> [TrainedTensor]? {
        let path = layout.object(id)
        guard Directory.exists(path) else { return nil }
        let bytes = try blob(id, "the start", limit: 1 << 32)
        guard let tensors = try? RunReplay.tensors(bytes) else { return nil }
        return tensors
    }

    private func parts(_ replay: RunReplay, _ record: RunRecord) throws(Failure) -> ReplayCheck {
        guard replay.stepCount > 0 else { return .notDone("the run has one state only") }
        // Drawn by steps: however the record cuts the run, each step is as likely to be done again.
        let chosen = replay.part(of: Int.random(in: 0..<replay.stepCount))
        let all = Array(0..<replay.count)
        let links = record.checkpoints
        var done: [String] = []
        for part in arguments.isGiven("all") ? all : [chosen] {
            report.note("doing steps \(links[part].step) to \(links[part + 1].step) again")
            let verdict = try inLearn("doing a part of the training again") {
                () throws(LearnError) in try replay.part(part)
            }
            switch verdict {
            case .exact(let from, let to): done.append("\(from) to \(to)")
            case .differs(let step, let what):
                return differs("replay", "differs at step \(step): \(what)")
            }
        }
        let words =
            arguments.isGiven("all")
            ? "all \(replay.stepCount) steps"
            : "steps \(done.joined(separator: ", ")) of \(replay.stepCount)"
        return ReplayCheck(
            verdict: .exact,
            checks: [
                GateCheck(
                    name: "replay", isSound: true,
                    detail: "\(ReplayCheck.Verdict.exact.rawValue): \(words), run \(record.run)")
            ])
    }

    private func differs(_ name: String, _ detail: String) -> ReplayCheck {
        ReplayCheck(
            verdict: .differs, checks: [GateCheck(name: name, isSound: false, detail: detail)])
    }

    private func load(_ link: CheckpointLink) throws(LearnError) -> RunReplay.Tensors {
        func bytes(_ id: Digest, _ name: String) throws(LearnError) -> [UInt8] {
            do throws(Failure) {
                return try blob(id, "the checkpoint of step \(link.step)", limit: 1 << 36)
            } catch {
                throw .checkpoint(
                    .system(path: RunEvidence.checkpoint(link.step, name), error.message))
            }
        }
        return try RunReplay.tensors(
            link, adapter: try bytes(link.adapter, Adapter.weightsName),
            optimiser: try bytes(link.optimiser, CheckpointStore.optimiserName))
    }
}
