import Genome

/// Everything about an optimisation that determines its bits, apart from base, data and order.
public struct TrainingSettings: Sendable {
    /// How the learning rate goes over the steps, after the warm-up.
    public enum Schedule: String, CaseIterable, Sendable {
        /// Stays as it is.
        case constant
        /// Falls to nothing in a straight line.
        case linear
        /// Falls to nothing along half a cosine.
        case cosine
        /// Stays, and falls in a straight line over the last tenth (warm-up, stable, decay).
        case wsd
        /// Falls with the inverse square root of the step.
        case inverseSquareRoot = "inverse-sqrt"
    }

    /// Inner dimension of each pair, unless `rankPattern` says otherwise.
    public var rank = 8
    /// Numerator of the scale, unless `alphaPattern` says otherwise.
    public var alpha = 16.0
    /// Which modules get a pair.
    public var targets = AdapterConfig.Targets.standard
    /// Ranks of modules whose path ends in a match of the key, first hit first.
    public var rankPattern: [(key: String, rank: Int)] = []
    /// The same for alpha.
    public var alphaPattern: [(key: String, alpha: Double)] = []
    /// Whether the scale is alpha over the root of the rank (Kalajdzievski 2023, arXiv:2312.03732).
    public var isRankStabilised = false
    /// Probability that an element of a pair's input is left out in a step.
    public var dropout = 0.0
    /// Optimiser steps.
    public var steps = 100
    /// Examples, or packed rows of them, that one micro-batch holds.
    public var batch = 4
    /// Micro-batches of one step.
    public var accumulate = 1
    /// Largest learning rate.
    public var learningRate = 2e-4
    /// How it goes over the steps.
    public var schedule = Schedule.linear
    /// Steps over which it rises.
    public var warmup = 0
    /// Decoupled weight decay (Loshchilov, Hutter 2019, arXiv:1711.05101).
    public var weightDecay = 0.0
    /// Largest norm of the gradient; 0 leaves it as it is.
    public var clip = 1.0
    /// Decays of the optimiser's two means, and what keeps its quotient finite.
    public var beta1 = 0.9
    /// See `beta1`.
    public var beta2 = 0.999
    /// See `beta1`.
    public var epsilon = 1e-8
    /// Of all that is drawn: first values, dropout, order.
    public var seed: UInt64 = 0
    /// How products are computed.
    public var profile = Profile.portable

    /// The defaults.
    public init() {}
}
