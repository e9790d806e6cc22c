import CKernels
import Genome
import Host

/// What one step of the optimiser did.
public struct StepOutcome: Equatable, Sendable {
    /// Mean of the targets' losses before the step, in nats.
    public let loss: Double
    /// Norm of the gradient before it was limited.
    public let gradientNorm: Double
    /// Learning rate of the step.
    public let learningRate: Double
    /// Tokens that were read.
    public let tokens: Int
    /// Tokens that were learned: terms of the loss.
    public let targets: Int
}

/// Trains the factors of an adapter on a frozen base (Hu et al. 2021, arXiv:2106.09685).
///
/// The bits of every result depend on base, settings and examples alone: not on threads, on the
/// processor, on how many tokens run together or on what is kept of the forward pass. One thread
/// uses a trainer at a time; its lanes belong to it.
public final class Trainer {
    /// A module that is trained.
    public struct Module: Equatable, Sendable {
        /// Its path in the model.
        public let path: String
        /// Inner dimension of its pair.
        public let rank: Int
        /// Numerator of its scale.
        public let alpha: Double
        /// Length of an input row.
        public let inputs: Int
        /// Length of an output row.
        public let outputs: Int
    }

    /// What it trains on.
    public let model: Model
    /// How.
    public let settings: TrainingSettings
    /// How it fits into memory.
    public let memory: TrainingMemory
    /// Steps that are done.
    public private(set) var step = 0
    let adapter: TrainedAdapter
    private let pass: TrainingPass
    private let team: Team
    private let rate: LearningRate

    /// A trainer at step 0.
    ///
    /// - Parameters:
    ///   - rows: tokens that run together at most, if there is memory for them.
    ///   - longest: tokens of the longest example.
    ///   - memoryMax: bytes that it may take beside the base's own pages; nil for no limit.
    ///   - start: an adapter whose factors it begins with; else A is drawn and B is zero.
    public init(
        _ model: Model, _ settings: TrainingSettings, threads: Int, rows: Int, longest: Int,
        memoryMax: UInt64? = nil, start: Adapter? = nil
    ) throws(LearnError) {
        guard longest <= model.architecture.positions else {
            throw .request(.tooLong(tokens: longest, limit: model.architecture.positions))
        }
        self.model = model
        self.settings = settings
        rate = LearningRate(settings)
        do throws(SystemError) {
            team = try Team(lanes: threads)
        } catch {
            throw .request(.setting(name: "threads", allowed: "fewer: \(error.reason)"))
        }
        let need = try Self.need(model, settings, threads: threads, longest: longest)
        guard let memory = TrainingMemory.choose(need, rows: rows, budget: memoryMax) else {
            throw .weights(
                .tooMuchMemory(
                    needed: TrainingMemory.smallest(need).bytes, allowed: memoryMax ?? 0))
        }
        self.memory = memory
        adapter = try TrainedAdapter(model, settings)
        if let start {
            try adapter.start(from: start)
        } else {
            for pair in adapter.pairs { pair.start(seed: settings.seed) }
        }
        pass = try TrainingPass(model, adapter, settings, team: team, need, memory)
    }

    /// The modules that are trained, in the order in which the model computes them.
    public var modules: [Module] {
        adapter.pairs.map { pair in
            Module(
                path: pair.linear.path, rank: pair.rank, alpha: pair.alpha,
                inputs: pair.linear.inputs, outputs: pair.linear.outputs)
        }
    }

    /// Values that are trained.
    public var parameters: Int { adapter.parameters }

    /// One step of the optimiser over all examples of its micro-batches. Nothing changes if the
    /// loss or the gradient is no number.
    public func run(_ microBatches: [[TrainingExample]]) throws(LearnError) -> StepOutcome {
        let examples = microBatches.flatMap { $0 }
        let (loss, targets) = try gradients(of: examples)
        let norm = AdamW.gradientNorm(adapter.matrices, team)
        guard loss.isFinite, norm.isFinite else { throw .training(.notFinite(step: step)) }
        let rate = rate.rate(at: step)
        AdamW(settings: settings).move(
            adapter.matrices, step: step, rate: rate, norm: norm, team)
        step += 1
        return StepOutcome(
            loss: loss, gradientNorm: norm, learningRate: rate,
            tokens: examples.reduce(0) { $0 + $1.tokens.count }, targets: targets)
    }

    /// Leaves the gradients of all factors of a step; its loss and number of targets.
    func gradients(
        of examples: [TrainingExample]
    ) throws(LearnError) -> (loss: Double, targets: Int) {
        let targets = examples.reduce(0) { $0 + $1.targets }
        guard targets > 0 else { throw .training(.noTargets(step: step)) }
        for matrix in adapter.matrices { matrix.clearGradient() }
        var sum = BlockedSum()
        try each(examples, weight: Float(1 / Double(targets)), step: step) { sum.add($0.loss) }
        return (sum.value / Double(targets), targets)
    }

    /// Loss of some examples under the factors as they are, without dropout and without a step: the
    /// sum over their targets in nats, how many there are, and how many were the likeliest token.
    public func loss(
        of examples: [TrainingExample]
    ) throws(LearnError) -> (sum: Double, targets: Int, correct: Int) {
        var sum = BlockedSum()
        var (targets, correct) = (0, 0)
        try each(examples, weight: nil, step: nil) { outcome in
            sum.add(outcome.loss)
            targets += 1
            correct += outcome.isBest ? 1 : 0
        }
        return (sum.value, targets, correct)
    }

    /// Runs examples in order, as many together as there is room for.
    private func each(
        _ examples: [TrainingExample], weight: Float?, step: Int?,
        _ body: (HeadLoss.Outcome) -> Void
    ) throws(LearnError) {
        let vocabulary = Int32(clamping: model.architecture.vocabulary)
        var part: [TrainingExample] = []
        var (rows, token) = (0, 0)
        for example in examples {
            try check(example, vocabulary)
            if rows + example.tokens.count > memory.rows {
                try pass.run(part, weight: weight, step: step, token: token).forEach(body)
                token += rows
                (part, rows) = ([], 0)
            }
            part.append(example)
            rows += example.tokens.count
        }
        guard rows > 0 else { return }
        try pass.run(part, weight: weight, step: step, token: token).forEach(body)
    }

    private func check(_ example: TrainingExample, _ vocabulary: Int32) throws(LearnError) {
        guard !example.tokens.isEmpty else { throw .request(.empty) }
        guard example.tokens.count <= memory.rows else {
            throw .request(.tooLong(tokens: example.tokens.count, limit: memory.rows))
        }
        for token in example.tokens + example.labels.filter({ $0 != TrainingExample.masked })
        where !(0..<vocabulary).contains(token) {
            throw .request(.noToken(Int(token), vocabulary: Int(vocabulary)))
        }
    }
}

extension Trainer {
    /// What a run of these settings takes at least and as fast as it goes, before it is started.
    public static func memoryChoice(
        _ model: Model, _ settings: TrainingSettings, threads: Int, rows: Int, longest: Int,
        memoryMax: UInt64?
    ) throws(LearnError) -> (choice: TrainingMemory?, smallest: TrainingMemory) {
        let need = try need(model, settings, threads: threads, longest: longest)
        return (
            TrainingMemory.choose(need, rows: rows, budget: memoryMax),
            TrainingMemory.smallest(need)
        )
    }

    private static func need(
        _ model: Model, _ settings: TrainingSettings, threads: Int, longest: Int
    ) throws(LearnError) -> TrainingMemory.Need {
        let planned = try TrainedAdapter.plan(model, settings).1
        let modules = model.blocks.first.map { $0.inputs.count + $0.inner.count + 2 } ?? 1
        var ranks = [Int](repeating: 0, count: modules)
        for one in planned {
            ranks[one.index % modules] = max(ranks[one.index % modules], one.rank)
        }
        return TrainingMemory.Need(
            architecture: model.architecture, profile: settings.profile, threads: threads,
            parameters: planned.reduce(0) { $0 + $1.parameters }, ranks: ranks,
            hasDropout: settings.dropout > 0, longest: longest)
    }

    /// The factors as PEFT keeps them, sorted by name.
    public func adapterTensors() -> [TrainedTensor] {
        tensors { pair in
            [
                (pair.name("lora_A.weight"), [pair.rank, pair.linear.inputs], pair.downValues()),
                (pair.name("lora_B.weight"), [pair.linear.outputs, pair.rank], pair.upValues()),
            ]
        }
    }

    /// The optimiser's means, sorted by name. Those of B are kept transposed, [rank, outputs].
    public func optimiserTensors() -> [TrainedTensor] {
        tensors { pair in
            zip(["lora_A", "lora_B"], pair.matrices).flatMap { name, matrix in
                let shape = [matrix.rows, matrix.columns]
                return [
                    (pair.name(name + ".means"), shape, matrix.array(matrix.means)),
                    (pair.name(name + ".squares"), shape, matrix.array(matrix.squares)),
                ]
            }
        }
    }

    private func tensors(
        _ body: (TrainedPair) -> [(String, [Int], [Float])]
    ) -> [TrainedTensor] {
        adapter.pairs.flatMap(body).map { TrainedTensor(name: $0.0, shape: $0.1, values: $0.2) }
            .sorted { $0.name < $1.name }
    }

    /// Goes on as after step `step`: factors and means as they were then.
    public func restore(
        step: Int, adapter tensors: [TrainedTensor], optimiser: [TrainedTensor]
    ) throws(LearnError) {
        let wanted = adapterTensors() + optimiserTensors()
        var found: [String: TrainedTensor] = [:]
        for tensor in tensors + optimiser { found[tensor.name] = tensor }
        guard found.count == wanted.count else {
            throw .training(.state(what: "it has \(found.count) tensors, not \(wanted.count)"))
        }
        for tensor in wanted {
            guard let other = found[tensor.name], other.shape == tensor.shape,
                other.values.count == tensor.values.count
            else { throw .training(.state(what: "\(tensor.name) is missing or of another shape")) }
        }
        let values = { (name: String) in found[name]?.values ?? [] }
        for pair in adapter.pairs {
            pair.setDown(values(pair.name("lora_A.weight")))
            pair.setUp(values(pair.name("lora_B.weight")))
            for (name, matrix) in zip(["lora_A", "lora_B"], pair.matrices) {
                matrix.means.update(
                    from: values(pair.name(name + ".means")), count: matrix.count)
                matrix.squares.update(
                    from: values(pair.name(name + ".squares")), count: matrix.count)
            }
        }
        self.step = step
    }
}
