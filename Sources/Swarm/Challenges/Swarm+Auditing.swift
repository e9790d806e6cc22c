import Genome
import Wire

/// When what is challenged. A round begins at a time that nobody can tell beforehand, once a day
/// for everything that this node holds and others say they hold too.
extension Swarm {
    /// Looks what is due: once a minute.
    mutating func auditIfDue() {
        advanceRounds()
        guard auditing.nextLook <= now.monotonic else { return }
        auditing.nextLook = now.monotonic + ChallengeLimits.lookPause
        let subjects = auditedSubjects()
        let known = Set(subjects.map(\.id))
        auditing.plans.removeAll { id, _ in !known.contains(id) }
        let epoch = now.wall / ChallengeLimits.epochMilliseconds
        for subject in subjects {
            let plan = auditing.plans[subject.id] ?? firstPlan(of: subject, epoch)
            auditing.plans[subject.id] = plan
            if let begun = plan.epoch, begun != epoch, !plan.missed.isEmpty { give(up: subject.id) }
        }
        beginDue(subjects, epoch)
        endorseIfDue()
    }

    /// Everything that is challenged: sealed forms under contracts, then public layers. Of more
    /// than are challenged in a day others have their turn on another.
    private func auditedSubjects() -> [ChallengeSubject] {
        let kept = contracts.values.filter(isKept).sorted { $0.list < $1.list }
        var subjects: [ChallengeSubject] = []
        var start = 0
        while start < kept.count {
            let end = kept[start...].firstIndex { $0.list != kept[start].list } ?? kept.count
            if let subject = subject(of: Array(kept[start..<end])) { subjects.append(subject) }
            start = end
        }
        let layers = held.values
        let epoch = now.wall / ChallengeLimits.epochMilliseconds
        let first =
            layers.isEmpty
            ? 0 : Int(epoch % UInt64(layers.count)) * ChallengeLimits.subjectsMax % layers.count
        for offset in layers.indices where subjects.count < ChallengeLimits.subjectsMax {
            let layer = layers[(first + offset) % layers.count]
            if let subject = subject(of: layer) { subjects.append(subject) }
        }
        return subjects
    }

    /// What was challenged today before a restart waits for tomorrow; all else comes within an
    /// hour.
    private mutating func firstPlan(
        of subject: ChallengeSubject, _ epoch: UInt64
    ) -> Auditing.Plan {
        let epochs = auditing.epochs
        let last = subject.blobs.lazy.compactMap { epochs[$0.blob] }.max()
        guard last == epoch else {
            let wait = UInt64.random(
                in: ChallengeLimits.firstMilliseconds, using: &auditing.generator)
            return Auditing.Plan(due: now.wall + wait)
        }
        return Auditing.Plan(due: timeTomorrow())
    }

    /// Some time of the next day.
    private mutating func timeTomorrow() -> UInt64 {
        let day = ChallengeLimits.epochMilliseconds
        return (now.wall / day + 1) * day + UInt64.random(in: 0..<day, using: &auditing.generator)
    }

    private mutating func beginDue(_ subjects: [ChallengeSubject], _ epoch: UInt64) {
        guard !isStopping else { return }
        for subject in subjects {
            let own = auditing.rounds.values.filter { $0.asker == nil }
            guard own.count < ChallengeLimits.roundsMax else { return }
            guard let plan = auditing.plans[subject.id],
                !own.contains(where: { $0.subject.id == subject.id })
            else { continue }
            // A time further away than two days was set by a clock that has gone back since.
            let isFar = plan.due > now.wall + 2 * ChallengeLimits.epochMilliseconds
            guard plan.due <= now.wall || isFar else { continue }
            let isAgain = plan.epoch == epoch && !plan.again.isEmpty
            let isBegun = begin(
                subject, steps: ChallengeLimits.steps(of: subject.id, in: epoch), epoch: epoch,
                only: isAgain ? plan.again : nil)
            let next = isBegun ? now.wall + ChallengeLimits.retryMilliseconds : timeTomorrow()
            _ = auditing.plans.change(subject.id) { plan in
                plan.epoch = epoch
                plan.due = next
            }
        }
    }

    /// A round of this node's own ended: those that could not be challenged are called again within
    /// the day.
    mutating func plan(after round: ChallengeRound) {
        guard var plan = auditing.plans[round.subject.id] else { return }
        for (index, target) in round.targets.enumerated() {
            plan.missed[target.mirror] = nil
            plan.again.remove(target.mirror)
            guard let end = target.end, end.isOpen else { continue }
            plan.again.insert(target.mirror)
            // Its own disk is this node's fault, and strangers owe no answer.
            guard end == .unreachable || end != .notAsked && round.subject.isOwn else { continue }
            plan.missed[target.mirror] = target.terms ?? missedTerms(round, index)
        }
        plan.due =
            plan.again.isEmpty ? timeTomorrow() : now.wall + ChallengeLimits.retryMilliseconds
        auditing.plans[round.subject.id] = plan
    }

    private mutating func missedTerms(_ round: ChallengeRound, _ index: Int) -> ChallengeTerms {
        ChallengeTerms(
            verifier: settings.node, mirror: round.targets[index].mirror, blob: round.blob.blob,
            size: round.blob.size, epoch: round.epoch, nonce: auditing.nonce(),
            steps: round.steps, mode: .holder)
    }

    /// A day is over in which a mirror could not be challenged. It counts, unless this node met
    /// nobody else either.
    private mutating func give(up subject: Digest) {
        guard let plan = auditing.plans[subject] else { return }
        for mirror in plan.missed.keys.sorted() {
            guard let terms = plan.missed[mirror],
                sessions.values.contains(where: { $0.facts.peer != mirror && !$0.isClosing })
            else { continue }
            let draft = StorageReceipt.Draft(
                terms: terms, sent: now.wall, allowed: 0, answer: nil, elapsed: 0,
                verdict: .unreached)
            effects.append(.signReceipt(draft, isPublic: held[subject] != nil))
        }
        auditing.plans[subject]?.missed = [:]
        auditing.plans[subject]?.again = []
    }

    /// Says once a day what its challenges found of each mirror of public layers.
    private mutating func endorseIfDue() {
        guard !isStopping else { return }
        for (mirror, account) in auditing.accounts.entries where account.isChanged {
            let next = account.endorsed + ChallengeLimits.endorsementMilliseconds
            guard now.wall >= next || account.endorsed > now.wall else { continue }
            _ = auditing.accounts.change(mirror) { account in
                account.isChanged = false
                account.endorsed = now.wall
            }
            sign(
                .endorsement(account.content(of: mirror)),
                life: RecordType.endorsement.lifeMaxMilliseconds)
        }
    }
}
