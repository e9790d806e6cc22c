import Genome
import Wire

/// Rounds of storage challenges: all holders of one blob are asked at the same moment, each with a
/// nonce of its own, so that one copy cannot answer for many one after the other.
extension Swarm {
    /// The owner wants to see now that all holders have a layer.
    mutating func challengeHolders(_ asker: RoundNumber, _ wish: ChallengeWish) {
        let isFull =
            auditing.rounds.values.count { $0.asker != nil } >= ChallengeLimits.askedRoundsMax
        let epoch = now.wall / ChallengeLimits.epochMilliseconds
        guard !isFull, !isStopping, let subject = subject(of: wish),
            begin(subject, steps: wish.steps, epoch: epoch, asker: asker)
        else {
            let none = ChallengeReport(blob: nil, epoch: epoch, rows: [])
            effects.append(.challengesEnded(asker, none))
            return
        }
    }

    private func subject(of wish: ChallengeWish) -> ChallengeSubject? {
        guard wish.contracts.isEmpty else {
            let standing = wish.contracts.compactMap { contracts[$0] }.filter(isKept)
            return subject(of: standing)
        }
        return held[wish.layer].flatMap(subject)
    }

    /// A layer that everyone may have and whose holders say so.
    func subject(of layer: HeldLayer) -> ChallengeSubject? {
        guard layer.policy.visibility == .public,
            decide(.announce, layer.policy, by: myself) == .allow
        else { return nil }
        return ChallengeSubject(
            id: layer.layer, blobs: layer.blobs, contracts: nil, isOwn: announces(layer))
    }

    /// The sealed form of one of this node's layers with the mirrors that keep it.
    func subject(of contracts: [HeldContract]) -> ChallengeSubject? {
        guard let first = contracts.first else { return nil }
        return ChallengeSubject(
            id: first.list, blobs: first.blobs,
            contracts: contracts.filter { $0.list == first.list }.map { ($0.mirror, $0.contract) },
            isOwn: true)
    }

    /// Whether a mirror has said that it has all of a contract of this node.
    func isKept(_ contract: HeldContract) -> Bool {
        contract.publisher == settings.node && holds[contract.contract] == nil
            && ends[contract.contract] == nil && seconds < contract.until
    }

    /// Begins a round with a blob by chance; false where there is none.
    @discardableResult
    mutating func begin(
        _ subject: ChallengeSubject, steps: Int, epoch: UInt64, asker: RoundNumber? = nil,
        only: Set<NodeKey>? = nil
    ) -> Bool {
        guard let blob = subject.blob(&auditing.generator) else { return false }
        let number = auditing.number()
        auditing.rounds[number] = ChallengeRound(
            subject: subject, asker: asker, blob: blob, epoch: epoch, steps: steps, only: only,
            since: now.monotonic)
        let mirrors = subject.contracts?.map(\.mirror)
        effects.append(
            .findMirrors(number, layer: mirrors == nil ? subject.id : nil, mirrors ?? []))
        return true
    }

    /// Who holds it, or where those are that keep it.
    mutating func mirrorsFound(_ number: UInt64, _ holders: [LayerHolders.Holder]) {
        guard var round = auditing.rounds[number], round.phase == .finding else { return }
        let meant = holders.filter {
            $0.node != settings.node && round.only?.contains($0.node) ?? true
        }
        if let contracts = round.subject.contracts {
            round.targets = contracts.compactMap { mirror, contract in
                meant.first { $0.node == mirror }.map {
                    ChallengeRound.Target(holder: $0, through: contract)
                }
            }
        } else {
            let isWide = round.subject.isOwn || round.asker != nil
            let limit = isWide ? ChallengeLimits.holdersMax : ChallengeLimits.othersMax
            let chosen = meant.shuffled(using: &auditing.generator).prefix(limit)
            round.targets = chosen.map {
                ChallengeRound.Target(holder: $0, through: round.subject.id)
            }
        }
        round.phase = .gathering
        round.since = now.monotonic
        auditing.rounds[number] = round
        advance(round: number)
        dialWanted()
    }

    /// Goes on with all rounds: called each turn.
    mutating func advanceRounds() {
        for number in auditing.rounds.keys { advance(round: number) }
    }

    private mutating func advance(round number: UInt64) {
        guard let round = auditing.rounds[number] else { return }
        let waited = now.monotonic - round.since
        switch round.phase {
        case .finding:
            guard waited > ChallengeLimits.readPatience else { return }
            auditing.rounds[number]?.phase = .asking
        case .gathering:
            let isGathered = round.targets.allSatisfy { isReady($0.mirror) }
            guard isGathered || waited > ChallengeLimits.gatherPatience else {
                for target in round.targets { dialHolder(target.holder) }
                return
            }
            readChains(number)
        case .reading:
            if round.targets.allSatisfy({ $0.isRead || $0.end != nil }) {
                ask(number)
            } else if waited > ChallengeLimits.readPatience {
                postpone(number)
            }
        case .asking: closeOverdue(number)
        }
        finishIfOver(number)
    }

    /// Whether a peer is met and it is known how long its way is, or that there is no use.
    private func isReady(_ peer: NodeKey) -> Bool {
        guard let number = session(with: peer), let session = sessions[number],
            session.introduction != nil
        else { return false }
        return session.roundTrip != nil || !answersChallenges(session)
    }

    private func answersChallenges(_ session: Session) -> Bool {
        session.speaks(of: Introduction.challenges)
    }

    /// Has the own disk read for each holder what it must answer.
    private mutating func readChains(_ number: UInt64) {
        guard var round = auditing.rounds[number] else { return }
        for index in round.targets.indices {
            let mirror = round.targets[index].mirror
            guard let session = session(with: mirror), let facts = sessions[session],
                facts.introduction != nil
            else {
                round.targets[index].end = .unreachable
                continue
            }
            if !answersChallenges(facts) { round.targets[index].end = .unsupported }
            round.targets[index].session = session
        }
        let open = round.targets.indices.filter { round.targets[$0].end == nil }
        let leaves = UInt64(round.steps * open.count)
        let wait = auditing.verified.wait(for: leaves, at: now.monotonic)
        // What the owner asks for is read at once.
        if round.asker == nil, wait > 0 {
            for index in open { round.targets[index].end = .notAsked }
        } else {
            auditing.verified.take(leaves)
            for index in open { round.targets[index].terms = terms(round, index, .holder) }
        }
        round.phase = .reading
        round.since = now.monotonic
        auditing.rounds[number] = round
        for target in round.targets where target.end == nil {
            guard let terms = target.terms else { continue }
            let work = auditing.number()
            auditing.reading[work] = (number, target.mirror)
            effects.append(.proveStorage(work, ChallengeWork(terms, received: nil)))
        }
        if open.isEmpty || wait > 0 { advance(round: number) }
    }

    private mutating func terms(
        _ round: ChallengeRound, _ index: Int, _ mode: ChallengeTerms.Mode
    ) -> ChallengeTerms {
        ChallengeTerms(
            verifier: settings.node, mirror: round.targets[index].mirror, blob: round.blob.blob,
            size: round.blob.size, epoch: round.epoch, nonce: auditing.nonce(),
            steps: mode == .holder ? round.steps : min(round.steps, ChallengeLimits.shownSteps),
            mode: mode)
    }

    /// What one holder must answer is known; or this node's own copy does not say, and the leaves
    /// are to be shown.
    mutating func chainRead(_ work: UInt64, _ proof: ChallengeProof) {
        guard let (number, mirror) = auditing.reading.removeValue(forKey: work),
            var round = auditing.rounds[number], round.phase == .reading,
            let index = round.targets.firstIndex(where: { $0.mirror == mirror })
        else { return }
        round.targets[index].isRead = true
        if case .code(let code, _, _) = proof {
            round.targets[index].expected = code
        } else {
            round.targets[index].terms = terms(round, index, .rootOnly)
        }
        auditing.rounds[number] = round
        advance(round: number)
    }

    /// All at once.
    private mutating func ask(_ number: UInt64) {
        guard var round = auditing.rounds[number] else { return }
        round.phase = .asking
        round.since = now.monotonic
        for index in round.targets.indices where round.targets[index].end == nil {
            guard let session = round.targets[index].session,
                let terms = round.targets[index].terms,
                let roundTrip = sessions[session]?.roundTrip
            else {
                round.targets[index].end = .unreachable
                continue
            }
            let allowed = ChallengeLimits.allowed(
                steps: terms.steps, mode: terms.mode, roundTrip: roundTrip)
            round.targets[index].allowed = allowed
            round.targets[index].sent = (now.monotonic, now.wall)
            let challenge = StorageChallenge(
                terms, through: round.targets[index].through, allowed: allowed)
            send(.challenge(challenge), to: session)
        }
        auditing.rounds[number] = round
    }

    /// The own disk does not answer: everyone is asked later.
    private mutating func postpone(_ number: UInt64) {
        _ = auditing.rounds.change(number) { round in
            round.phase = .asking
            for index in round.targets.indices where round.targets[index].end == nil {
                round.targets[index].end = .notAsked
            }
        }
    }

    /// Ends a round that is over: who waits for it is told, and the next one is planned.
    mutating func finishIfOver(_ number: UInt64) {
        guard let round = auditing.rounds[number], round.isOver else { return }
        auditing.rounds[number] = nil
        for (work, reading) in auditing.reading where reading.round == number {
            auditing.reading[work] = nil
        }
        if let asker = round.asker {
            effects.append(.challengesEnded(asker, round.report()))
        } else {
            plan(after: round)
        }
    }
}

extension Introduction {
    /// The bit of `features` that says: this node answers storage challenges.
    static let challenges: UInt64 = 64
}
