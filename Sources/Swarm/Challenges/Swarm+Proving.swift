import Genome
import Wire

/// Answering storage challenges: by the rules by which a blob is served, and within what its owner
/// gives for it.
extension Swarm {
    /// A peer wants to see that a blob is here. Whoever may not know of it gets exactly the answer
    /// for one that is not.
    mutating func receive(_ challenge: StorageChallenge, from number: SessionNumber) {
        guard let peer = sessions[number]?.facts.peer else { return }
        func answer(_ outcome: ChallengeAnswer.Outcome) {
            send(
                .challengeAnswer(ChallengeAnswer(nonce: challenge.nonce, outcome: outcome)),
                to: number)
        }
        // Of a layer on its way here nobody was told that all of it is here.
        guard held[challenge.layer] != nil || contracts[challenge.layer] != nil,
            let size = size(of: challenge.blob, through: challenge.layer, for: number)
        else { return answer(.absent) }
        let nonce = challenge.nonce
        let isKnown =
            auditing.desk.hasAnswered(nonce)
            || auditing.proving.values.contains { $0.terms.nonce == nonce }
        // The network repeats words; the answer is on its way.
        guard !isKnown else { return }
        guard auditing.proving.count < ChallengeLimits.provingMax else {
            return answer(.later(seconds: 1))
        }
        let wait = auditing.desk.admit(
            peer, blob: challenge.blob, steps: challenge.steps,
            isPublisher: isOwed(challenge.layer, to: number), at: now.monotonic)
        guard wait == 0 else {
            return answer(.later(seconds: min(wait, ChallengeAnswer.laterSecondsMax)))
        }
        let terms = challenge.terms(verifier: peer, mirror: settings.node, size: size)
        let work = auditing.number()
        auditing.proving[work] = Auditing.Proving(
            session: number, terms: terms, received: now.wall,
            isPublic: held[challenge.layer]?.policy.visibility == .public)
        effects.append(.proveStorage(work, ChallengeWork(terms, received: now.wall)))
    }

    /// Whether a peer publishes what it asks about: strangers cannot use up what it may ask.
    private func isOwed(_ layer: Digest, to number: SessionNumber) -> Bool {
        if let contract = contracts[layer] {
            return contract.publisher == sessions[number]?.facts.peer
        }
        guard let layer = held[layer], let caller = caller(number) else { return false }
        return caller.publishes(for: layer.publisher)
    }

    /// The own disk was read, for another or to know what another must answer.
    mutating func storageProved(_ work: UInt64, _ proof: ChallengeProof) {
        guard let proving = auditing.proving[work] else { return chainRead(work, proof) }
        auditing.proving[work] = nil
        let nonce = proving.terms.nonce
        guard case .code(let code, let leaves, let signature?) = proof else {
            send(.challengeAnswer(.init(nonce: nonce, outcome: .damaged)), to: proving.session)
            return
        }
        for leaf in leaves { send(.challengeLeaf(leaf), to: proving.session) }
        let answer = StorageReceipt.Answer(
            code: code, received: proving.received, signature: signature)
        auditing.desk.note(proving.terms, answer, isPublic: proving.isPublic)
        send(
            .challengeAnswer(
                .init(
                    nonce: nonce,
                    outcome: .code(code, received: proving.received, signature))),
            to: proving.session)
    }

    /// A verifier says how a challenge ended that this node answered. What was not answered, or
    /// whose receipt came before, is passed over: nobody fills this node's journal unasked.
    mutating func receive(_ receipt: StorageReceipt, from number: SessionNumber) {
        guard let peer = sessions[number]?.facts.peer else { return }
        guard receipt.terms.verifier == peer, receipt.terms.mirror == settings.node else {
            return blame(number, "sent a storage receipt that is not its own or not for this node")
        }
        guard auditing.desk.hasAnswered(receipt.terms.nonce) else { return }
        guard receipt.isAuthentic, let given = auditing.desk.take(for: receipt) else {
            return blame(number, "sent a storage receipt about another answer, or not signed")
        }
        effects.append(.keepReceipt(receipt, isPublic: given.isPublic))
        guard receipt.verdict != .passed else { return }
        effects.append(
            .log(
                "\(peer.fingerprint) says that this node failed to show blob "
                    + "\(receipt.terms.blob.hexadecimal.prefix(16)) in time: \(receipt.verdict)"))
    }
}
