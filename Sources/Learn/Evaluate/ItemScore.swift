/// How well a model foretells one example: each target from the true tokens before it.
public struct ItemScore: Equatable, Sendable {
    /// Of each target −log of its probability, in nats, in the order of the tokens.
    public let losses: [Double]
    /// How many targets were the likeliest token in their place.
    public let correct: Int

    /// A score.
    public init(losses: [Double], correct: Int) {
        precondition((0...losses.count).contains(correct))
        self.losses = losses
        self.correct = correct
    }

    /// How many tokens were to be foretold.
    public var targets: Int { losses.count }

    /// Mean of the losses, in nats.
    public var loss: Double {
        var sum = BlockedSum()
        for loss in losses { sum.add(loss) }
        return targets == 0 ? 0 : sum.value / Double(targets)
    }

    /// Whether the greedy answer is the one that was to be learned, token for token. If each
    /// target is the likeliest behind the true tokens, then writing the likeliest one again and
    /// again writes exactly them; if one is not, the answer differs there. So nothing needs to be
    /// generated.
    public var isExact: Bool { correct == targets }
}
