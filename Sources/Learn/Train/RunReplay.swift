import Genome
import Wire

/// Does a part of a recorded run again and compares every bit: from one checkpoint to the next.
public struct RunReplay {
    /// What came of it.
    public enum Verdict: Equatable, Sendable {
        /// The same bits, step for step.
        case exact(from: Int, to: Int)
        /// Something else; says what, and after how many steps it showed.
        case differs(step: Int, what: String)
    }

    /// The tensors of a checkpoint.
    public typealias Tensors = (adapter: [TrainedTensor], optimiser: [TrainedTensor])

    private let steps: TrainingSteps
    private let plan: (Int) -> [[TrainingExample]]
    private let links: [CheckpointLink]
    private let losses: [Int: Double]
    private let load: (CheckpointLink) throws(LearnError) -> Tensors

    /// A replay.
    ///
    /// - Parameters:
    ///   - steps: who computes; nothing was done with it yet.
    ///   - plan: the micro-batches of a step.
    ///   - links: the checkpoints of the record, in order.
    ///   - observations: those of the record.
    ///   - load: reads a checkpoint, every hash checked.
    public init(
        steps: TrainingSteps, plan: @escaping (Int) -> [[TrainingExample]],
        links: [CheckpointLink], observations: [Observation],
        load: @escaping (CheckpointLink) throws(LearnError) -> Tensors
    ) {
        self.steps = steps
        self.plan = plan
        self.links = links
        self.load = load
        var losses: [Int: Double] = [:]
        for case .step(let step) in observations { losses[step.step] = step.loss }
        self.losses = losses
    }

    /// Number of parts that can be done again.
    public var count: Int { max(0, links.count - 1) }

    /// Steps between the first checkpoint and the last.
    public var stepCount: Int { (links.last?.step ?? 0) - (links.first?.step ?? 0) }

    /// The part that step `step` of those between first and last checkpoint belongs to.
    public func part(of step: Int) -> Int {
        let wanted = (links.first?.step ?? 0) + step
        return links.indices.dropLast().last { links[$0].step <= wanted } ?? 0
    }

    /// Holds the first factors, as they are drawn or taken over, against the first checkpoint. To
    /// be called before any part is done.
    public func start() -> Verdict {
        guard let first = links.first, first.step == 0 else {
            return .differs(step: 0, what: "the record has no checkpoint of step 0")
        }
        return compare(first) ?? .exact(from: 0, to: 0)
    }

    /// Holds the factors of the adapter that the run went on from against the first checkpoint,
    /// whose means must be zero.
    public func start(from tensors: [TrainedTensor]) throws(LearnError) -> Verdict {
        guard let first = links.first, first.step == 0 else {
            return .differs(step: 0, what: "the record has no checkpoint of step 0")
        }
        let loaded = try load(first)
        guard TensorBytes.hash(loaded.adapter) == TensorBytes.hash(tensors) else {
            return .differs(step: 0, what: "other factors than those of the start")
        }
        let isFresh = loaded.optimiser.allSatisfy { tensor in
            tensor.values.allSatisfy { $0.bitPattern == 0 }
        }
        return isFresh
            ? .exact(from: 0, to: 0)
            : .differs(step: 0, what: "the means of the optimiser are not zero")
    }

    /// Does part `index` again. `tell` gets the steps that were done.
    public func part(
        _ index: Int, tell: (Int) -> Void = { _ in }
    ) throws(LearnError) -> Verdict {
        let (from, to) = (links[index], links[index + 1])
        let tensors = try load(from)
        try steps.restore(from.step, tensors.adapter, tensors.optimiser)
        for step in from.step..<to.step {
            let outcome: StepOutcome
            do throws(LearnError) {
                outcome = try steps.run(plan(step))
            } catch {
                guard case .training(.notFinite) = error else { throw error }
                return .differs(step: step, what: "the loss is no number")
            }
            if let recorded = losses[step], recorded.bitPattern != outcome.loss.bitPattern {
                return .differs(
                    step: step,
                    what: "the loss is \(outcome.loss), recorded is \(recorded)")
            }
            tell(step + 1)
        }
        return compare(to) ?? .exact(from: from.step, to: to.step)
    }

    /// The first difference from a checkpoint; nil if there is none.
    private func compare(_ link: CheckpointLink) -> Verdict? {
        let found = [
            (Adapter.weightsName, TensorBytes.hash(steps.adapter()), link.adapter),
            (CheckpointStore.optimiserName, TensorBytes.hash(steps.optimiser()), link.optimiser),
        ]
        for (name, computed, recorded) in found where computed != recorded {
            return .differs(
                step: link.step,
                what: "\(name) hashes to \(computed), recorded is \(recorded)")
        }
        return nil
    }

    /// The tensors of an adapter's file.
    public static func tensors(_ bytes: [UInt8]) throws(LearnError) -> [TrainedTensor] {
        try TensorBytes.read(bytes, name: Adapter.weightsName)
    }

    /// The tensors of a checkpoint's files, refused unless they are those that the chain names.
    public static func tensors(
        _ link: CheckpointLink, adapter: [UInt8], optimiser: [UInt8]
    ) throws(LearnError) -> Tensors {
        let name = CheckpointStore.name(of: link.step)
        func read(
            _ bytes: [UInt8], _ file: String, _ expected: Digest
        ) throws(LearnError) -> [TrainedTensor] {
            let file = "\(name)/\(file)"
            let found = Blake3.hash(bytes)
            guard found == expected else {
                throw .checkpoint(.changed(file: file, expected: expected, found: found))
            }
            return try TensorBytes.read(bytes, name: file)
        }
        return (
            try read(adapter, Adapter.weightsName, link.adapter),
            try read(optimiser, CheckpointStore.optimiserName, link.optimiser)
        )
    }
}
