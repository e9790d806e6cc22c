import Genome
import Host
import Learn
import Wire

/// The adapter of a run as a folder that PEFT opens, checked before anyone relies on it.
struct TrainResult {
    private let folder: JobFolder
    private let prepared: TrainPreparation
    private let store: CheckpointStore

    /// The result of a job.
    init(_ folder: JobFolder, _ prepared: TrainPreparation, _ store: CheckpointStore) {
        self.folder = folder
        self.prepared = prepared
        self.store = store
    }

    /// Writes the state after `step` steps to the job's `result` and checks it; a failed check
    /// takes the folder away again.
    func write(
        _ step: Int, _ trainer: Trainer, _ request: TrainRequest
    ) throws(Failure) -> [GateCheck] {
        if Directory.exists(folder.result) {
            try JobFolder.onDisk(folder.result) { () throws(SystemError) in
                try Directory.removeTree(folder.result)
            }
        }
        let new = try NewFolder(folder.result)
        do throws(Failure) {
            try fill(new, step, request)
            try new.finish()
        } catch {
            new.discard()
            throw error
        }
        let examples = prepared.training.prefix(64).map(\.example)
        let checks = try inLearn("checking the adapter") { () throws(LearnError) in
            try ResultCheck(trainer, store, threads: request.threads).run(
                try LayerFiles(folder: folder.result), step: step, examples: Array(examples))
        }
        if let failed = checks.first(where: { !$0.isSound }) {
            throw Failure(
                .corrupt, "the trained adapter did not pass its checks",
                why: "\(failed.name): \(failed.detail)",
                remedy: "the states of the run are in \(folder.checkpoints)")
        }
        return checks.map { GateCheck($0) }
    }

    private func fill(
        _ new: NewFolder, _ step: Int, _ request: TrainRequest
    ) throws(Failure) {
        let base = prepared.inputs.base.publicName
        let observations = try TrainingLog(folder).observations()
        let licence = request.sharing["licence"]?.string.flatMap { text in
            try? LicenceExpression(parsing: text)
        }
        let card = RunCard(
            name: request.name, base: base, licence: licence,
            data: prepared.inputs.data.map { Self.lastName($0.name) }, recipe: prepared.recipe,
            settings: prepared.inputs.settings, result: step, observations: observations)
        try inLearn("writing the adapter") { () throws(LearnError) in
            try new.append(
                Adapter.configName,
                prepared.inputs.settings.adapterConfig(model: prepared.model, baseName: base))
            try new.append("README.md", Array(card.markdown.utf8))
            try new.append(RunCard.curveName, Array(card.curve.utf8))
        }
        try new.copy(
            Adapter.weightsName, from: store.folder(of: step) + "/" + Adapter.weightsName)
    }

    /// The last part of a path: what a file is called without saying where it lay.
    static func lastName(_ path: String) -> String {
        path.split(separator: "/").last.map { String($0) } ?? path
    }
}
