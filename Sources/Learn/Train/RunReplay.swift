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
    private let observed: [Int: Observation.Step]
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
        var observed: [Int: Observation.Step] = [:]
        for case .step(let step) in observations { observed[step.step] = step }
        self.observed = observed
    }

    /// Sizes of the files of a checkpoint, which follow from the factors' shapes: so none is read
    /// that cannot be one.
    public static func sizes(of steps: TrainingSteps) -> (adapter: Int, optimiser: Int) {
        (TensorBytes.size(steps.adapter()), TensorBytes.size(steps.optimiser()))
    }

    /// Holds the first factors, as they are drawn or taken over, against the first checkpoint. To
    /// be called before any part is done. If the run started from the file of hash `start`, that
    /// may be the checkpoint's file itself, which is then no other than what it started from.
    public func start(from start: Digest? = nil) -> Verdict {
        guard let first = links.first, first.step == 0 else {
            return .differs(step: 0, what: "the record has no checkpoint of step 0")
        }
        return compare(first, isStart: first.adapter == start) ?? .exact(from: 0, to: 0)
    }

    /// Does a stretch again: restores its first state, and compares every state on the way.
    /// `tell` gets each step that was done.
    public func run(
        _ stretch: ReplayStretch, tell: (Int, StepOutcome) -> Void = { _, _ in }
    ) throws(LearnError) -> Verdict {
        let from = links[stretch.links.lowerBound]
        let tensors = try load(from)
        try steps.restore(from.step, tensors.adapter, tensors.optimiser)
        for index in stretch.links.dropLast() {
            let verdict = try part(links[index], links[index + 1], tell)
            guard case .exact = verdict else { return verdict }
        }
        return .exact(from: from.step, to: stretch.steps.upperBound)
    }

    private func part(
        _ from: CheckpointLink, _ to: CheckpointLink, _ tell: (Int, StepOutcome) -> Void
    ) throws(LearnError) -> Verdict {
        for step in from.step..<to.step {
            let outcome: StepOutcome
            do throws(LearnError) {
                outcome = try steps.run(plan(step))
            } catch {
                guard case .training(.notFinite) = error else { throw error }
                return .differs(step: step, what: "the loss is no number")
            }
            if let recorded = observed[step], let what = Self.difference(outcome, recorded) {
                return .differs(step: step, what: what)
            }
            tell(step, outcome)
        }
        return compare(to) ?? .exact(from: from.step, to: to.step)
    }

    /// In what a step differs from what was observed of it, apart from its time; nil if in nothing.
    private static func difference(
        _ outcome: StepOutcome, _ recorded: Observation.Step
    ) -> String? {
        let figures = [
            ("loss", outcome.loss, recorded.loss),
            ("norm of the gradient", outcome.gradientNorm, recorded.gradientNorm),
            ("learning rate", outcome.learningRate, recorded.learningRate),
            ("number of tokens", Double(outcome.tokens), Double(recorded.tokens)),
            ("number of targets", Double(outcome.targets), Double(recorded.targets)),
        ]
        for (name, found, recorded) in figures where found.bitPattern != recorded.bitPattern {
            return "the \(name) is \(found), recorded is \(recorded)"
        }
        return nil
    }

    /// The first difference from a checkpoint; nil if there is none. An adapter that is itself what
    /// the run started from is not computed here.
    private func compare(_ link: CheckpointLink, isStart: Bool = false) -> Verdict? {
        var found = [
            (CheckpointStore.optimiserName, TensorBytes.hash(steps.optimiser()), link.optimiser)
        ]
        if !isStart {
            found.insert(
                (Adapter.weightsName, TensorBytes.hash(steps.adapter()), link.adapter), at: 0)
        }
        for (name, computed, recorded) in found where computed != recorded {
            return .differs(
                step: link.step,
                what: "\(name) hashes to \(computed), recorded is \(recorded)")
        }
        return nil
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
