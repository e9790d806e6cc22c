import Genome
import Wire

/// What is challenged together: a public layer that is here, or the sealed form of a layer of this
/// node's, with those that keep it under a contract.
struct ChallengeSubject: Sendable {
    /// The layer, or the list of ciphertexts.
    let id: Digest
    /// Its blobs.
    let blobs: [BlobReference]
    /// The mirrors with the contract of each; nil for a layer, whose holders the catalogue knows.
    let contracts: [(mirror: NodeKey, contract: Digest)]?
    /// Whether this node publishes it: its mirrors owe it an answer.
    let isOwn: Bool

    /// Whether everyone may know of it.
    var isPublic: Bool { contracts == nil }

    /// A blob by chance, each as likely as it is large.
    func blob(_ generator: inout SeededGenerator) -> BlobReference? {
        let total = blobs.reduce(UInt64(0)) { $0 + min($1.size, Limits.blobBytesMax) }
        guard total > 0 else { return nil }
        var place = UInt64.random(in: 0..<total, using: &generator)
        for blob in blobs {
            if place < blob.size { return blob }
            place -= blob.size
        }
        return nil
    }
}

/// One blob, asked of all its holders at the same moment.
struct ChallengeRound: Sendable {
    /// What a round waits for.
    enum Phase: Equatable, Sendable {
        /// The catalogue's word who holds it.
        case finding
        /// Sessions with them, and how long their ways are.
        case gathering
        /// The own disk: what each must answer.
        case reading
        /// Answers.
        case asking
    }

    /// One holder.
    struct Target: Sendable {
        let holder: LayerHolders.Holder
        /// Layer or contract through which it is asked.
        let through: Digest
        var session: SessionNumber?
        var terms: ChallengeTerms?
        /// Whether the own disk has been read for it.
        var isRead = false
        /// The code that it must give; nil where the leaves are shown.
        var expected: Digest?
        /// Monotonic nanoseconds and wall milliseconds when it was asked.
        var sent: (monotonic: UInt64, wall: UInt64)?
        var allowed: UInt32 = 0
        var elapsed: UInt32 = 0
        var answer: StorageReceipt.Answer?
        var leaves: [Int: ChallengeLeaf] = [:]
        var end: ChallengeReport.End?

        var mirror: NodeKey { holder.node }
    }

    let subject: ChallengeSubject
    /// Who waits for the report; nil for a round of this node's own.
    let asker: RoundNumber?
    let blob: BlobReference
    let epoch: UInt64
    let steps: Int
    /// The only ones to be asked, in a round that is tried again; nil for all.
    let only: Set<NodeKey>?
    var targets: [Target] = []
    var phase = Phase.finding
    /// Monotonic nanoseconds when the phase began.
    var since: UInt64

    var isOver: Bool { phase == .asking && targets.allSatisfy { $0.end != nil } }

    func report() -> ChallengeReport {
        ChallengeReport(
            blob: blob, epoch: epoch,
            rows: targets.map { target in
                ChallengeReport.Row(
                    mirror: target.mirror, end: target.end ?? .unreachable,
                    steps: target.terms?.steps ?? steps, mode: target.terms?.mode ?? .holder,
                    elapsed: target.elapsed, allowed: target.allowed)
            })
    }
}
