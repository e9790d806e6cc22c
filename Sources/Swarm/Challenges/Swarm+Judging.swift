import Genome
import Wire

/// What comes of a challenge: answers become verdicts, verdicts become receipts.
extension Swarm {
    /// Where an open challenge of a nonce stands.
    private func place(of nonce: Digest, _ session: SessionNumber) -> (UInt64, Int)? {
        for (number, round) in auditing.rounds.entries where round.phase == .asking {
            let index = round.targets.firstIndex {
                $0.terms?.nonce == nonce && $0.session == session && $0.sent != nil
                    && $0.end == nil
            }
            if let index { return (number, index) }
        }
        return nil
    }

    /// An answer to what was not asked is a fault; one that comes again, or too late to count, is
    /// passed over.
    private mutating func challenge(
        answering nonce: Digest, _ number: SessionNumber
    ) -> (UInt64, Int)? {
        if let place = place(of: nonce, number) { return place }
        if !auditing.closed.contains(nonce) {
            blame(number, "answered a storage challenge that was not put to it")
        }
        return nil
    }

    /// A holder answers.
    mutating func receive(_ answer: ChallengeAnswer, from number: SessionNumber) {
        guard let (round, index) = challenge(answering: answer.nonce, number),
            let target = auditing.rounds[round]?.targets[index], let terms = target.terms,
            target.answer == nil
        else { return }
        switch answer.outcome {
        case .absent: end(round, index, .absent)
        case .damaged: end(round, index, .damaged)
        case .later(let seconds):
            auditing.close(terms.nonce)
            _ = auditing.rounds.change(round) { $0.targets[index].end = .later(seconds: seconds) }
        case .code(let code, let received, let signature):
            let input = terms.answerInput(code: code, received: received)
            guard signature.isValid(over: input, by: terms.mirror) else {
                return blame(number, "signed an answer to a storage challenge with another key")
            }
            _ = auditing.rounds.change(round) { round in
                round.targets[index].answer = StorageReceipt.Answer(
                    code: code, received: received, signature: signature)
            }
            judge(round, index)
        }
        finishIfOver(round)
    }

    /// A holder shows a leaf.
    mutating func receive(_ leaf: ChallengeLeaf, from number: SessionNumber) {
        guard let (round, index) = challenge(answering: leaf.nonce, number),
            let terms = auditing.rounds[round]?.targets[index].terms
        else { return }
        guard terms.mode == .rootOnly, leaf.step < terms.steps else {
            return blame(number, "showed a leaf that was not asked for")
        }
        _ = auditing.rounds.change(round) { $0.targets[index].leaves[leaf.step] = leaf }
        judge(round, index)
        finishIfOver(round)
    }

    /// Decides as soon as all is here that was asked for.
    private mutating func judge(_ number: UInt64, _ index: Int) {
        guard let target = auditing.rounds[number]?.targets[index], let terms = target.terms,
            let answer = target.answer, let sent = target.sent
        else { return }
        let isWhole = terms.mode == .holder || target.leaves.count == terms.steps
        guard isWhole else { return }
        let elapsed = UInt32(clamping: (now.monotonic - sent.monotonic) / 1_000)
        _ = auditing.rounds.change(number) { $0.targets[index].elapsed = elapsed }
        guard elapsed <= target.allowed else { return end(number, index, .late) }
        let expected = terms.mode == .holder ? target.expected : Self.code(terms, target.leaves)
        end(number, index, answer.code == expected ? .passed : .wrong)
    }

    /// The code at the end of a chain of shown leaves; nil where one is not the blob's or not the
    /// one that the chain leads to.
    private static func code(_ terms: ChallengeTerms, _ leaves: [Int: ChallengeLeaf]) -> Digest? {
        var chain = ChallengeChain(terms)
        for step in 0..<terms.steps {
            guard let leaf = leaves[step],
                leaf.isLeaf(chain.next, of: terms.blob, size: terms.size)
            else { return nil }
            chain.take(leaf.bytes)
        }
        return chain.code
    }

    /// Ends those whose time is over, and those whose session is gone.
    mutating func closeOverdue(_ number: UInt64) {
        guard let round = auditing.rounds[number] else { return }
        for (index, target) in round.targets.enumerated() where target.end == nil {
            guard let sent = target.sent, let session = target.session, let terms = target.terms
            else { continue }
            let waited = now.monotonic - sent.monotonic
            if waited > UInt64(target.allowed) * 1_000 + ChallengeLimits.latePatience {
                let elapsed = UInt32(clamping: waited / 1_000)
                guard target.answer == nil else {
                    _ = auditing.rounds.change(number) { $0.targets[index].elapsed = elapsed }
                    end(number, index, .late)
                    continue
                }
                end(number, index, .silent)
            } else if sessions[session]?.isClosing ?? true {
                auditing.close(terms.nonce)
                _ = auditing.rounds.change(number) { $0.targets[index].end = .unreachable }
            }
        }
    }

    private mutating func end(
        _ number: UInt64, _ index: Int, _ verdict: StorageReceipt.Verdict
    ) {
        guard let round = auditing.rounds[number], let terms = round.targets[index].terms,
            let sent = round.targets[index].sent
        else { return }
        let target = round.targets[index]
        auditing.close(terms.nonce)
        _ = auditing.rounds.change(number) { round in
            round.targets[index].end = .verdict(verdict)
            round.targets[index].leaves = [:]
        }
        let draft = StorageReceipt.Draft(
            terms: terms, sent: sent.wall, allowed: target.allowed, answer: target.answer,
            elapsed: target.answer == nil ? 0 : target.elapsed, verdict: verdict)
        effects.append(.signReceipt(draft, isPublic: round.subject.isPublic))
    }

    // MARK: Receipts

    /// This node has signed its verdict: it counts, and the mirror gets what both signed.
    mutating func receiptSigned(_ receipt: StorageReceipt, isPublic: Bool) {
        let mirror = receipt.terms.mirror
        var account = auditing.accounts[mirror] ?? MirrorAccount()
        let wasTrusted = account.standing.isTrusted
        account.take(receipt, isPublic: isPublic)
        auditing.accounts[mirror] = account
        if receipt.isSignedByBoth, let session = session(with: mirror) {
            send(.receipt(receipt), to: session)
        }
        guard receipt.verdict != .passed else { return }
        let isOver = wasTrusted && !account.standing.isTrusted
        effects.append(
            .log(
                "\(mirror.fingerprint) failed a storage challenge: \(receipt.verdict)"
                    + (isOver
                        ? "; after \(MirrorStanding.failuresMax) in a row it counts as a holder "
                            + "no longer" : "")))
    }

    /// What was signed before this start.
    mutating func remember(_ memory: ChallengeMemory) {
        auditing.epochs = memory.epochs
        for (mirror, account) in memory.accounts { auditing.accounts[mirror] = account }
    }

    /// What this node's own challenges say of a mirror.
    public func standing(of mirror: NodeKey) -> MirrorStanding {
        auditing.accounts[mirror]?.standing ?? MirrorStanding()
    }

    /// All mirrors that this node has challenged, in order of their keys.
    public var mirrorAccounts: [(mirror: NodeKey, account: MirrorAccount)] {
        auditing.accounts.entries.map { ($0.key, $0.value) }
    }
}
