import Wire

/// What this node's own receipts say of one mirror.
public struct MirrorAccount: Sendable {
    /// All of them.
    public private(set) var standing = MirrorStanding()
    /// Those about layers that everyone may know of: what an Endorsement tells.
    public private(set) var told = MirrorStanding()
    /// Of these the ones that both signed.
    public private(set) var receipts = MerkleFrontier()
    /// The newest.
    public private(set) var last: StorageReceipt.Verdict?
    /// Milliseconds since 1970 when it was asked.
    public private(set) var lastSent: UInt64 = 0
    /// Whether something came since the last Endorsement.
    var isChanged = false
    /// Milliseconds since 1970 of that.
    var endorsed: UInt64 = 0

    /// A mirror that was never challenged.
    public init() {}

    /// Adds the next receipt about it.
    public mutating func take(_ receipt: StorageReceipt, isPublic: Bool) {
        let isPassed = receipt.verdict == .passed
        standing.challenge()
        standing.end(isPassed: isPassed)
        last = receipt.verdict
        lastSent = receipt.draft.sent
        guard isPublic else { return }
        told.challenge()
        told.end(isPassed: isPassed)
        if receipt.isSignedByBoth { receipts.append(receipt.bytes) }
        isChanged = true
    }

    /// What is said of it to everyone.
    func content(of mirror: NodeKey) -> EndorsementContent {
        EndorsementContent(
            mirror: mirror, challenged: told.challenged, passed: told.passed, failed: told.failed,
            receipts: receipts.root)
    }
}
