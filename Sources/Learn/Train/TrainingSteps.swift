/// What a run needs of whoever computes its steps, so that its rules can be shown with arithmetic
/// that a person can follow.
public struct TrainingSteps {
    /// Does one optimiser step with micro-batches; throws `TrainingFault.notFinite` if the loss is
    /// no number.
    public let run: ([[TrainingExample]]) throws(LearnError) -> StepOutcome
    /// Sum of losses in nats, tokens judged, and those that were the likeliest.
    public let loss:
        ([TrainingExample]) throws(LearnError) -> (sum: Double, targets: Int, correct: Int)
    /// The factors under PEFT's names.
    public let adapter: () -> [TrainedTensor]
    /// The optimiser's means.
    public let optimiser: () -> [TrainedTensor]
    /// Goes back to a state after so many steps.
    public let restore:
        (_ step: Int, _ adapter: [TrainedTensor], _ optimiser: [TrainedTensor])
            throws(LearnError) -> Void

    /// Steps computed by these functions.
    public init(
        run: @escaping ([[TrainingExample]]) throws(LearnError) -> StepOutcome,
        loss:
            @escaping ([TrainingExample]) throws(LearnError) -> (
                sum: Double, targets: Int, correct: Int
            ),
        adapter: @escaping () -> [TrainedTensor], optimiser: @escaping () -> [TrainedTensor],
        restore: @escaping (Int, [TrainedTensor], [TrainedTensor]) throws(LearnError) -> Void
    ) {
        self.run = run
        self.loss = loss
        self.adapter = adapter
        self.optimiser = optimiser
        self.restore = restore
    }
}

extension Trainer {
    /// The trainer as a run uses it.
    public var steps: TrainingSteps {
        TrainingSteps(
            run: { batches throws(LearnError) in try self.run(batches) },
            loss: { examples throws(LearnError) in try self.loss(of: examples) },
            adapter: { self.adapterTensors() }, optimiser: { self.optimiserTensors() },
            restore: { step, adapter, optimiser throws(LearnError) in
                try self.restore(step: step, adapter: adapter, optimiser: optimiser)
            })
    }
}
