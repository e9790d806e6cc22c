import Wire

/// How much a node reads for those who challenge it, and which answers wait for a receipt.
struct ChallengeDesk: Sendable {
    /// An answer that was given.
    struct Given: Equatable, Sendable {
        let terms: ChallengeTerms
        let answer: StorageReceipt.Answer
        /// Whether it was about what everyone may know of.
        let isPublic: Bool
        fileprivate let order: UInt64
    }

    private var shown = OrderedTable<Digest, UInt64>()
    private var all: ChallengeAllowance
    private var strangers: ChallengeAllowance
    private var verifiers = OrderedTable<NodeKey, ChallengeAllowance>()
    private var given = OrderedTable<Digest, Given>()
    private var nextOrder: UInt64 = 0

    /// A desk at a time in monotonic nanoseconds.
    init(at now: UInt64) {
        all = ChallengeAllowance(perHour: ChallengeLimits.leavesPerHour, at: now)
        strangers = ChallengeAllowance(perHour: ChallengeLimits.strangersLeavesPerHour, at: now)
    }

    /// Seconds for which a verifier is put off; 0 where its challenge is taken on, and counted.
    mutating func admit(
        _ verifier: NodeKey, blob: Digest, steps: Int, isPublisher: Bool, at now: UInt64
    ) -> UInt64 {
        let leaves = max(UInt64(steps), ChallengeLimits.countedLeavesMin)
        let name = Self.name(verifier, blob)
        if let last = shown[name], now - last < ChallengeLimits.blobPause {
            return (ChallengeLimits.blobPause - (now - last)) / Span.second + 1
        }
        var own =
            verifiers[verifier]
            ?? ChallengeAllowance(perHour: ChallengeLimits.verifierLeavesPerHour, at: now)
        var wait = max(all.wait(for: leaves, at: now), own.wait(for: leaves, at: now))
        if !isPublisher { wait = max(wait, strangers.wait(for: leaves, at: now)) }
        guard wait == 0 else { return wait }
        makeRoom(now)
        guard shown.count < ChallengeLimits.rememberedMax,
            verifiers[verifier] != nil || verifiers.count < ChallengeLimits.rememberedMax
        else { return ChallengeLimits.blobPause / Span.second }
        own.take(leaves)
        all.take(leaves)
        if !isPublisher { strangers.take(leaves) }
        verifiers[verifier] = own
        shown[name] = now
        return 0
    }

    /// Forgets what no rule needs any more.
    private mutating func makeRoom(_ now: UInt64) {
        guard max(shown.count, verifiers.count) >= ChallengeLimits.rememberedMax else { return }
        shown.removeAll { _, last in now - last >= ChallengeLimits.blobPause }
        verifiers.removeAll { _, allowance in
            var allowance = allowance
            return allowance.isFull(at: now)
        }
    }

    /// Keys and blobs are others' choice; their hash is as long as one of them.
    private static func name(_ verifier: NodeKey, _ blob: Digest) -> Digest {
        let bytes = Sodium.blake2b(verifier.bytes + blob.bytes, count: Digest.byteCount)
        return Digest(bytes: bytes) ?? blob
    }

    // MARK: Answers

    /// Whether a challenge of this nonce was answered a while ago.
    func hasAnswered(_ nonce: Digest) -> Bool { given[nonce] != nil }

    /// An answer left.
    mutating func note(_ terms: ChallengeTerms, _ answer: StorageReceipt.Answer, isPublic: Bool) {
        if given.count >= ChallengeLimits.answersMax,
            let oldest = given.entries.min(by: { $0.value.order < $1.value.order })
        {
            given[oldest.key] = nil
        }
        nextOrder += 1
        given[terms.nonce] = Given(
            terms: terms, answer: answer, isPublic: isPublic, order: nextOrder)
    }

    /// The answer that a receipt is about; nil where there is none, or another.
    mutating func take(for receipt: StorageReceipt) -> Given? {
        guard let known = given[receipt.terms.nonce], known.terms == receipt.terms,
            known.answer == receipt.draft.answer
        else { return nil }
        given[receipt.terms.nonce] = nil
        return known
    }
}
