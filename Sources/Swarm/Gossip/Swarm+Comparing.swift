import Wire

/// Comparing catalogues: when, by which way, and fetching what is missing here.
///
/// Several batches of records are on their way at a time, so that a long way to the peer costs
/// nothing, and no more than the checks can take, so that nothing that was asked for is dropped.
/// Pages of several peers begin at different places of the circle of ids: each brings another part,
/// and each walks on until it has seen the whole circle, so that a slow one keeps nobody waiting.
extension Swarm {
    mutating func startReconciliation(with number: SessionNumber) {
        // Nothing that differs could be kept.
        guard gossip.unkept.reason == nil else { return }
        gossip.counters.compared += 1
        letGo(of: number)
        _ = sessions.change(number) { session in
            session.comparisonDue = nil
            session.hasLostRecords = false
            session.pagesSeen = 0
        }
        // A light node lacks nearly everything and wants nothing of it.
        if isLight(sessions[number]) { return beginPages(from: number) }
        askForSketch(SwarmLimits.symbolsFirst, from: number)
    }

    /// Begins to list all ids of a peer: at the lowest, or where others are being listed already
    /// at some other.
    mutating func beginPages(from number: SessionNumber) {
        gossip.counters.paged += 1
        let isAlone = !sessions.entries.contains { $0.key != number && $0.value.isPaging }
        var start: Digest?
        if !isAlone {
            start = Digest(
                words: (generator.next(), generator.next(), generator.next(), generator.next()))
        }
        _ = sessions.change(number) { session in
            session.pageStart = start
            session.isSecondLap = false
        }
        askForPage(after: start, from: number)
    }

    private mutating func askForPage(after: Digest?, from number: SessionNumber) {
        _ = sessions.change(number) { session in
            session.reconciliation = .awaitingPage(after: after)
            session.compared = now.monotonic
            session.pagesAsked += 1
        }
        send(.identifiersRequest(after: after), to: number)
    }

    /// Every few minutes with a random neighbour, so that what a lost message hid comes through.
    mutating func reconcileIfDue() {
        if gossip.nextExpiry <= now.monotonic {
            gossip.nextExpiry = now.monotonic + SwarmLimits.expirePause
            // As long as others may take them in, they stay: else they would come again.
            let skew = min(now.wall, Limits.clockSkewMilliseconds)
            effects.append(.expireRecords(wall: now.wall - skew))
        }
        tryRoomIfDue()
        giveUpSilent()
        guard gossip.unkept.reason == nil else { return }
        for (number, session) in sessions.entries where isSketchOverdue(session) {
            beginPages(from: number)
        }
        // One each second: under a salt that is new the whole catalogue is read.
        let due = sessions.entries.first { entry in
            entry.value.comparisonDue.map { $0 <= now.monotonic } ?? false
        }
        if let due, !settings.isLight { startReconciliation(with: due.key) }
        guard !settings.isLight, gossip.nextReconciliation <= now.monotonic else { return }
        let isFirst = gossip.nextReconciliation == 0
        let jitter = UInt64.random(in: 0..<SwarmLimits.reconcilePause / 2, using: &generator)
        gossip.nextReconciliation = now.monotonic + SwarmLimits.reconcilePause / 2 + jitter
        // Sessions compare when they open; the first turn has nothing to add.
        guard !isFirst else { return }
        let idle = sessions.entries.filter { entry in
            entry.value.reconciliation == nil
                || now.monotonic - entry.value.compared > SwarmLimits.replyPatience
        }
        if let number = idle.map(\.key).randomElement(using: &generator) {
            startReconciliation(with: number)
        }
    }

    /// Whoever does not send what was asked keeps no room from others; another is compared instead.
    private mutating func giveUpSilent() {
        for (number, session) in sessions.entries
        where !session.batchesAsked.isEmpty
            && now.monotonic - session.compared > SwarmLimits.replyPatience
        {
            abandon(number)
        }
    }

    /// Ends a comparison whose peer brings nothing more, and has it made good with another.
    mutating func abandon(_ number: SessionNumber) {
        guard let session = sessions[number], session.reconciliation != nil else { return }
        letGo(of: number)
        _ = sessions.change(number) { session in
            session.reconciliation = nil
            session.hasLostRecords = true
        }
        let others = sessions.entries.filter { entry in
            entry.key != number && !entry.value.isClosing && entry.value.reconciliation == nil
                && !isLight(entry.value)
        }
        guard let other = others.map(\.key).randomElement(using: &generator) else { return }
        _ = sessions.change(other) { $0.comparisonDue = now.monotonic }
    }

    /// Nothing is wanted or expected of a session's records any more.
    mutating func letGo(of number: SessionNumber) {
        guard let session = sessions[number] else { return }
        gossip.asked -= session.batchesAsked.reduce(0, +)
        for id in session.claimed { gossip.claimed.remove(id) }
        _ = sessions.change(number) { session in
            session.batchesAsked = []
            session.claimed = []
            session.wanted = []
            session.wantedItems = []
        }
    }

    // MARK: Pages

    mutating func receive(_ page: IdentifierPage, from number: SessionNumber) {
        guard let session = sessions[number], session.pagesAsked > 0 else {
            blame(number, "sent a page that nobody asked for")
            return
        }
        _ = sessions.change(number) { $0.pagesAsked -= 1 }
        guard case .awaitingPage(let after) = session.reconciliation else { return }
        if let after, let first = page.ids.first, first <= after {
            // The answer to an older question, or a peer that would lead us in circles.
            if session.pagesAsked == 1 { blame(number, "sent a page that goes back") }
            return
        }
        guard session.pagesSeen < SwarmLimits.pagesMax else {
            abandon(number)
            blame(number, "has a catalogue without end")
            return
        }
        let next = nextPage(after: page, session)
        _ = sessions.change(number) { session in
            session.pagesSeen += 1
            session.compared = now.monotonic
            if page.isLast { session.isSecondLap = true }
            session.reconciliation = .comparingPage(next: next)
        }
        effects.append(.filterMissing(number, page.ids))
    }

    /// Where the page after this one begins: a list that began in the middle goes on from the
    /// lowest id to where it began.
    private func nextPage(after page: IdentifierPage, _ session: Session) -> Session.NextPage? {
        guard let start = session.pageStart else {
            return page.isLast ? nil : page.ids.last.map { .above($0) }
        }
        if page.isLast { return session.isSecondLap ? nil : .lowest }
        guard let last = page.ids.last, !session.isSecondLap || last < start else { return nil }
        return .above(last)
    }

    mutating func want(_ ids: [Digest], from number: SessionNumber) {
        guard gossip.unkept.reason == nil else { return }
        var fresh: [Digest] = []
        for id in ids where !gossip.claimed.contains(id) { fresh.append(id) }
        let room = sessions[number].map { SwarmLimits.wantedMax - $0.wanted.count } ?? 0
        fresh = Array(fresh.prefix(max(0, room)))
        gossip.claimed.formUnion(fresh)
        _ = sessions.change(number) { session in
            session.wanted += fresh
            session.claimed.formUnion(fresh)
            if case .comparingPage(let next) = session.reconciliation {
                session.reconciliation = .fetching(next: next)
            }
        }
        askForRecords(number)
    }

    // MARK: Records

    /// Records came over a session: if they were asked for, the next are.
    mutating func recordsArrived(from number: SessionNumber) {
        let count = sessions.change(number) { session -> Int in
            guard !session.batchesAsked.isEmpty else { return 0 }
            session.compared = now.monotonic
            return session.batchesAsked.removeFirst()
        }
        guard let count, count > 0 else { return }
        gossip.asked -= count
        askForRecords(number)
    }

    /// Records were checked and kept, or not: there is room for more of what is wanted.
    mutating func askForMore() {
        for (number, session) in sessions.entries
        where !session.wanted.isEmpty || !session.wantedItems.isEmpty {
            askForRecords(number)
        }
    }

    /// Asks for the next wanted records, as many as may be on their way, or for the next page when
    /// there are none.
    mutating func askForRecords(_ number: SessionNumber) {
        while let session = sessions[number], !session.isClosing,
            session.batchesAsked.count < SwarmLimits.batchesAskedMax
        {
            let isItems = !session.wantedItems.isEmpty
            let count = min(
                isItems ? session.wantedItems.count : session.wanted.count,
                Limits.recordsPerMessageMax)
            guard count > 0, gossip.waiting + gossip.asked + count <= SwarmLimits.unverifiedMax
            else { break }
            gossip.asked += count
            _ = sessions.change(number) { session in
                session.batchesAsked.append(count)
                session.compared = now.monotonic
                if isItems {
                    session.wantedItems.removeFirst(count)
                } else {
                    session.wanted.removeFirst(count)
                }
            }
            send(
                isItems
                    ? .itemsRequest(Array(session.wantedItems.prefix(count)))
                    : .recordsRequest(Array(session.wanted.prefix(count))), to: number)
        }
        goOn(number)
    }

    /// What follows once nothing more is wanted of a peer: its next page, or the end.
    private mutating func goOn(_ number: SessionNumber) {
        guard let session = sessions[number], session.wanted.isEmpty, session.wantedItems.isEmpty,
            case .fetching(let next) = session.reconciliation
        else { return }
        switch next {
        case .lowest: askForPage(after: nil, from: number)
        case .above(let id): askForPage(after: id, from: number)
        case nil:
            guard session.batchesAsked.isEmpty else { return }
            letGo(of: number)
            _ = sessions.change(number) { $0.reconciliation = nil }
            noteAgreement(number)
        }
    }
}
