import Genome
import Host
import Wire

/// Shows of a trained adapter, before it counts as finished, that the files on disk are what was
/// trained: read back they give the same loss bit for bit, and inference computes what training
/// computed.
public struct ResultCheck {
    /// Largest difference between the losses of training and inference, relative: both compute the
    /// same logits and differ only in how losses are summed.
    private static let lossDifferenceMax = 1e-5
    /// Tokens of the probe at most.
    private static let probeTokensMax = 256

    private let trainer: Trainer
    private let store: CheckpointStore
    private let threads: Int

    /// A check of what `trainer` trained; its state is lost by it.
    public init(_ trainer: Trainer, _ store: CheckpointStore, threads: Int) {
        self.trainer = trainer
        self.store = store
        self.threads = threads
    }

    /// All checks of the adapter in `files`, which is the state after `step` steps, on one of the
    /// examples.
    public func run(
        _ files: LayerFiles, step: Int, examples: [TrainingExample]
    ) throws(LearnError) -> [AdmissionGates.Check] {
        let probe = Self.probe(examples)
        let trained = try store.load(step)
        try trainer.restore(step: step, adapter: trained.adapter, optimiser: trained.optimiser)
        let wanted = try trainer.loss(of: [probe])
        // Other factors first, so that a file that is not read cannot go unnoticed.
        let first = try store.load(0)
        try trainer.restore(step: 0, adapter: first.adapter, optimiser: first.optimiser)
        let adapter = try Adapter(files)
        try trainer.adapter.start(from: adapter)
        let found = try trainer.loss(of: [probe])
        let isSame =
            found.sum.bitPattern == wanted.sum.bitPattern
            && TensorBytes.hash(trainer.adapterTensors()) == trained.state.adapter
        var checks = [
            AdmissionGates.Check(
                name: "reloaded", isSound: isSame,
                detail: isSame
                    ? "the files give the same loss bit for bit"
                    : "the files give loss \(found.sum), training gave \(wanted.sum)")
        ]
        let member = AdapterStack.Member(adapter, identifier: files.title)
        let stack = try AdapterStack([member], model: trainer.model)
        let engine = try Engine(
            trainer.model, profile: trainer.settings.profile, threads: threads)
        checks.append(try inference(engine, stack, probe, wanted.sum))
        return checks + (try AdmissionGates(engine, adapter, stack).run())
    }

    /// The loss of the probe by the engine that answers.
    private func inference(
        _ engine: Engine, _ stack: AdapterStack, _ probe: TrainingExample, _ wanted: Double
    ) throws(LearnError) -> AdmissionGates.Check {
        let tokens = probe.tokens.map { Int($0) }
        let sequence = try engine.makeSequence(capacity: tokens.count, adapters: stack)
        var (loss, place) = (0.0, 0)
        try engine.prefill(sequence, tokens, wanted: .all) { rows in
            for row in 0..<rows {
                place += 1
                guard place < tokens.count else { break }
                let label = probe.labels[place]
                guard label != TrainingExample.masked else { continue }
                let told = LogitRow.logProbabilities(engine.result(row), of: [Int(label)])
                loss -= told.first ?? 0
            }
        }
        let isClose = abs(loss - wanted) <= Self.lossDifferenceMax * max(1, abs(wanted))
        return AdmissionGates.Check(
            name: "inferred", isSound: isClose,
            detail: "loss \(loss) by inference, \(wanted) by training")
    }

    /// The first example with a target among its first tokens, cut there.
    private static func probe(_ examples: [TrainingExample]) -> TrainingExample {
        func cut(_ example: TrainingExample) -> TrainingExample {
            TrainingExample(
                tokens: Array(example.tokens.prefix(probeTokensMax)),
                labels: Array(example.labels.prefix(probeTokensMax)))
        }
        let cuts = examples.lazy.map { cut($0) }
        return cuts.first { $0.targets > 0 }
            ?? TrainingExample(tokens: [0, 0], labels: [0, 0])
    }
}
