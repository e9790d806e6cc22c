import Wire

/// What a node remembers of its own challenges over a restart: its receipts, oldest first.
public struct ChallengeMemory: Sendable {
    /// By mirror.
    public private(set) var accounts: [NodeKey: MirrorAccount] = [:]
    /// The last round of each blob that was challenged.
    public private(set) var epochs: [Digest: UInt64] = [:]

    /// Nothing.
    public init() {}

    /// Adds a receipt that this node signed as the verifier.
    public mutating func take(_ receipt: StorageReceipt, isPublic: Bool) {
        accounts[receipt.terms.mirror, default: MirrorAccount()].take(receipt, isPublic: isPublic)
        epochs[receipt.terms.blob] = receipt.terms.epoch
    }
}
