/// One record as a model learns it: tokens, and for each the label it must be predicted as.
public struct TrainingExample: Equatable, Sendable {
    /// The label of a token that is read and not learned, as PyTorch and Hugging Face write it.
    public static let masked: Int32 = -100

    /// Token ids.
    public let tokens: [Int32]
    /// For each token the label under which it is learned from the tokens before it, or `masked`.
    /// The first one is never learned: nothing stands before it.
    public let labels: [Int32]

    /// An example; as many labels as tokens.
    public init(tokens: [Int32], labels: [Int32]) {
        precondition(tokens.count == labels.count)
        self.tokens = tokens
        self.labels = labels
    }

    /// Tokens that are learned: the terms of the loss.
    public var targets: Int {
        labels.dropFirst().reduce(0) { $0 + ($1 == Self.masked ? 0 : 1) }
    }
}
