/// How adapters become one, with the meanings PEFT gives these words.
public enum MergeMethod: String, CaseIterable, Sendable {
    /// The exact sum, brought to a rank by its best approximation.
    case svd
    /// The exact sum: factors side by side, rank the sum of ranks.
    case cat
    /// Weighted sum of the factors, which is not the sum of the adapters: cross terms remain.
    case linear
    /// Trim, elect a sign, mean of those that agree (Yadav et al. 2023, arXiv:2306.01708).
    case ties
    /// Drop at random and rescale, then sum (Yu et al. 2023, arXiv:2311.03099).
    case dareLinear = "dare_linear"
    /// Drop at random and rescale, then elect a sign.
    case dareTies = "dare_ties"
    /// Keep the largest of each, then sum.
    case magnitudePrune = "magnitude_prune"

    /// Whether it combines the factors one by one, which asks for equal ranks.
    var isFactorwise: Bool { self != .svd && self != .cat }
    /// Whether it leaves some elements out.
    public var prunes: Bool { isFactorwise && self != .linear }
    var drawsAtRandom: Bool { self == .dareLinear || self == .dareTies }
    var electsSign: Bool { self == .ties || self == .dareTies }
}

/// What a merge is asked for.
public struct MergeSettings: Sendable {
    /// How.
    public var method = MergeMethod.svd
    /// Rank of the result for `svd`; nil is the largest of the parts.
    public var rank: Int?
    /// Fraction of elements that is kept where some are left out.
    public var density = 0.5
    /// Whether signs are counted instead of summed in the election.
    public var countsSigns = false
    /// Seed of random choices.
    public var seed: UInt64 = 0

    /// The best approximation of the sum.
    public init() {}

    /// Refuses a setting outside its range.
    public func check() throws(LearnError) {
        guard density > 0, density <= 1 else {
            throw .request(.setting(name: "density", allowed: "above 0 and at most 1"))
        }
        guard rank ?? 1 >= 1, rank ?? 1 <= 65_536 else {
            throw .request(.setting(name: "rank", allowed: "from 1 to 65536"))
        }
    }
}
