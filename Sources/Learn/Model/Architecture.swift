/// What a decoder computes: every switch of the one block that all families share.
public struct Architecture: Sendable {
    /// How activations are normalised before each half of a block.
    public enum Norm: Hashable, Sendable {
        /// Root mean square; weights are read as `weight + offset`.
        case rootMeanSquare(offset: Float)
        /// Mean and variance, with bias.
        case layer
    }

    /// The second half of a block.
    public enum FeedForward: Hashable, Sendable {
        /// `down(silu(gate(x)) * up(x))`.
        case siluGated
        /// `down(gelu(up(x)))`, GELU by tanh (GPT-2's `gelu_new`).
        case geluTanh
        /// `down(gelu(up(x)))`, GELU by the error function.
        case gelu
    }

    /// Names and layout of its tensors.
    public let family: Family
    /// Rows of the embedding.
    public let vocabulary: Int
    /// Width of the residual stream.
    public let width: Int
    /// Number of blocks.
    public let blocks: Int
    /// Query heads.
    public let heads: Int
    /// Key and value heads; divides `heads`.
    public let keyValueHeads: Int
    /// Width of one head.
    public let headWidth: Int
    /// Width between the two products of the second half.
    public let innerWidth: Int
    /// Longest sequence the model was made for.
    public let positions: Int
    /// Kind of norm.
    public let norm: Norm
    /// Added to the mean square or variance.
    public let epsilon: Double
    /// Rotary positions; nil for a table of learned ones.
    public let rotary: Rotary?
    /// For each block how many keys a query sees, itself among them; nil for all before it.
    public let windows: [Int?]
    /// Whether queries and keys are normalised head by head before rotation.
    public let hasHeadNorm: Bool
    /// Whether query, key and value have a bias.
    public let hasInputBias: Bool
    /// Whether the attention's output has a bias.
    public let hasOutputBias: Bool
    /// Whether the products of the second half have a bias.
    public let hasInnerBias: Bool
    /// The second half.
    public let feedForward: FeedForward
    /// Factor of the scores for each block.
    public let scoreScales: [Float]
    /// Whether the embedding is the output head.
    public let isTied: Bool

    /// Query heads that share one key and value head.
    public var group: Int { heads / keyValueHeads }
    /// Width of all queries of one position.
    public var queryWidth: Int { heads * headWidth }
    /// Width of all keys of one position.
    public var keyWidth: Int { keyValueHeads * headWidth }

    /// Bytes of keys and values of one position in all blocks.
    public func cacheBytes(_ profile: Profile) -> Int {
        2 * blocks * keyWidth * profile.cacheElement.bytes
    }
}
