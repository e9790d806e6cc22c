/// What scores of examples amount to.
public struct EvaluationTotals: Sendable {
    /// Examples.
    public private(set) var items = 0
    /// Tokens that were to be foretold.
    public private(set) var targets = 0
    /// How many of them were the likeliest.
    public private(set) var correct = 0
    /// Examples that the greedy answer has token for token.
    public private(set) var exact = 0
    private var sum = BlockedSum()

    /// Nothing so far.
    public init() {}

    /// Adds an example. The order counts in the last bits of the sum: one chain goes through the
    /// targets of all examples, as in training.
    public mutating func add(_ score: ItemScore) {
        items += 1
        targets += score.targets
        correct += score.correct
        exact += score.isExact ? 1 : 0
        for loss in score.losses { sum.add(loss) }
    }

    /// Mean loss of a target, in nats.
    public var loss: Double { targets == 0 ? 0 : sum.value / Double(targets) }

    /// e to the loss: among how many equally likely tokens the model seems to choose.
    public var perplexity: Double { LogitRow.exponential(loss) }

    /// Part of the targets that were the likeliest.
    public var accuracy: Double { targets == 0 ? 0 : Double(correct) / Double(targets) }

    /// Part of the examples that the greedy answer has token for token.
    public var exactMatch: Double { items == 0 ? 0 : Double(exact) / Double(items) }
}
