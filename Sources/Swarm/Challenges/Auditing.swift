import Wire

/// How it stands with storage challenges, in both directions.
struct Auditing: Sendable {
    /// A challenge of another whose chain is being read.
    struct Proving: Sendable {
        let session: SessionNumber
        let terms: ChallengeTerms
        let received: UInt64
        let isPublic: Bool
    }

    /// When something is challenged next.
    struct Plan: Sendable {
        /// Milliseconds since 1970.
        var due: UInt64
        /// The round that was begun last.
        var epoch: UInt64?
        /// Mirrors that are asked again in it.
        var again: Set<NodeKey> = []
        /// Of these the ones that could not be challenged, and what they would have been asked.
        var missed: [NodeKey: ChallengeTerms] = [:]
    }

    /// What this node reads for others.
    var desk: ChallengeDesk
    var proving = OrderedTable<UInt64, Proving>()
    /// Rounds under way, and for whose chain each work of the own disk is.
    var rounds = OrderedTable<UInt64, ChallengeRound>()
    var reading: [UInt64: (round: UInt64, mirror: NodeKey)] = [:]
    /// Nonces of challenges that are over, oldest first.
    var closed: [Digest] = []
    /// What is challenged when.
    var plans = OrderedTable<Digest, Plan>()
    var verified: ChallengeAllowance
    var accounts = OrderedTable<NodeKey, MirrorAccount>()
    /// The last round of each blob, from before this start.
    var epochs: [Digest: UInt64] = [:]
    var nextNumber: UInt64 = 1
    /// Monotonic nanoseconds of the next look at what is due.
    var nextLook: UInt64 = 0
    /// Chance for blobs, holders and times.
    var generator: SeededGenerator
    private let secret: [UInt8]
    private var nonces: UInt64 = 0

    /// Nothing under way. The secret makes nonces that nobody can guess.
    init(seed: UInt64, secret: [UInt8]) {
        desk = ChallengeDesk(at: 0)
        verified = ChallengeAllowance(perHour: ChallengeLimits.verifiedLeavesPerHour, at: 0)
        generator = SeededGenerator(seed: seed ^ 0x6368_616c_6c65_6e67)
        var own = generator
        // Where no secret was given all is to follow from the seed.
        self.secret =
            secret.isEmpty
            ? (0..<32).map { _ in UInt8(truncatingIfNeeded: own.next()) } : secret
    }

    mutating func number() -> UInt64 {
        defer { nextNumber += 1 }
        return nextNumber
    }

    /// 32 bytes that follow from the secret alone: what others saw of this node's chance tells
    /// nothing of them.
    mutating func nonce() -> Digest {
        nonces += 1
        var input = Array("plasmid-challenge-nonce-v1".utf8) + secret
        for shift in stride(from: 56, through: 0, by: -8) {
            input.append(UInt8(truncatingIfNeeded: nonces >> UInt64(shift)))
        }
        let bytes = Sodium.blake2b(input, count: Digest.byteCount)
        guard let nonce = Digest(bytes: bytes) else { preconditionFailure("32 bytes") }
        return nonce
    }

    /// Remembers that a challenge is over.
    mutating func close(_ nonce: Digest) {
        if closed.count >= ChallengeLimits.closedMax { closed.removeFirst() }
        closed.append(nonce)
    }
}
