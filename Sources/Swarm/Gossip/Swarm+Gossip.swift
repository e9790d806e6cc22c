import Wire

extension Swarm {
    // MARK: News

    /// Takes records from a peer: form and time are checked here, then the signature, then the
    /// catalogue decides whether they are new; only new ones go on to others.
    mutating func receive(_ bytes: [[UInt8]], from number: SessionNumber) {
        accept(bytes, from: number)
        recordsArrived(from: number)
    }

    /// The same for records that nobody waits for.
    mutating func accept(
        _ bytes: [[UInt8]], from number: SessionNumber, isNews: Bool = false
    ) {
        var fresh: [Record] = []
        for bytes in bytes {
            let mayTake = mayTakeRecord(from: number)
            guard mayTake || isNews else {
                lose(1, from: number)
                continue
            }
            let name = Gossip.name(bytes)
            // Where it is being checked for another session, what comes of it is passed on.
            guard !gossip.hasSeen(name) else { continue }
            guard mayTake else {
                neighbourhood.forget(bytes)
                lose(1, from: number)
                continue
            }
            do throws(WireError) {
                let record = try Record(bytes: bytes)
                guard !record.isFromTheFuture(at: now.wall) else {
                    gossip.counters.future += 1
                    if isNews { neighbourhood.forget(bytes) }
                    continue
                }
                guard !record.isExpired(at: now.wall), !isNews || record.domain == .everyone
                else {
                    gossip.counters.expired += record.isExpired(at: now.wall) ? 1 : 0
                    if isNews { neighbourhood.refuse(bytes) }
                    continue
                }
                guard mayKeep(record, from: number) else {
                    waitForGrant(record, bytes, from: number)
                    continue
                }
                if gossip.see(name) { fresh.append(record) }
            } catch {
                if isNews { neighbourhood.refuse(bytes) }
                if case .unsupported = error { continue }
                gossip.counters.forged += 1
                blame(number, "sent a record that is not well-formed (\(error))")
            }
        }
        take(fresh, from: number, isNews: isNews)
    }

    /// Whether one more record may be looked at: those that were asked for always.
    private mutating func mayTakeRecord(from number: SessionNumber) -> Bool {
        let mayTake = sessions.change(number) { session in
            session.isFetchingRecords || session.rates.news.take(at: now.monotonic)
        }
        return mayTake ?? false
    }

    private mutating func take(
        _ records: [Record], from source: SessionNumber?, isNews: Bool
    ) {
        guard !records.isEmpty else { return }
        guard gossip.waiting + records.count <= SwarmLimits.unverifiedMax else {
            for record in records { forget(record.bytes) }
            if let source { lose(records.count, from: source) }
            return
        }
        let batch = gossip.nextBatch
        gossip.nextBatch += 1
        gossip.waiting += records.count
        gossip.batches[batch] = Gossip.Batch(source: source, isNews: isNews, records: records)
        effects.append(.verifyRecords(batch: batch, records))
    }

    mutating func recordsVerified(_ batch: UInt64, _ isValid: [Bool]) {
        guard let waiting = gossip.batches[batch], isValid.count == waiting.records.count else {
            return
        }
        var good: [Record] = []
        for (record, isValid) in zip(waiting.records, isValid) {
            if isValid {
                good.append(record)
            } else if let source = waiting.source {
                gossip.forget(record.bytes)
                gossip.counters.forged += 1
                neighbourhood.refuse(record.bytes)
                blame(source, "sent a record whose signature is not its publisher's")
            }
        }
        gossip.waiting -= waiting.records.count - good.count
        gossip.batches[batch] =
            good.isEmpty
            ? nil : .init(source: waiting.source, isNews: waiting.isNews, records: good)
        if !good.isEmpty { effects.append(.storeRecords(batch: batch, good)) }
    }

    mutating func recordsStored(_ batch: UInt64, _ outcomes: [StoreOutcome]) {
        guard let waiting = gossip.batches[batch], outcomes.count == waiting.records.count else {
            return
        }
        gossip.batches[batch] = nil
        gossip.waiting -= waiting.records.count
        var fresh: [Record] = []
        for (record, outcome) in zip(waiting.records, outcomes) {
            switch outcome {
            case .fresh:
                fresh.append(record)
                noteTaken(record, waiting)
                learn(record, over: waiting.source)
                holdersChanged(by: record)
                delegationsChanged(by: record)
                withdrawn(by: record)
                if waiting.source != nil { saidByOther(record) }
                if waiting.source != nil { outdone(by: record) }
            case .equivocation:
                gossip.counters.equivocations += 1
                effects.append(
                    .log(
                        "\(record.publisher.fingerprint) signed two different records with "
                            + "one sequence; the one with the lower id stays"))
                fresh.append(record)
            case .superseded: gossip.counters.superseded += 1
            case .failed:
                forget(record.bytes)
                if let source = waiting.source { lose(1, from: source) }
            case .refused:
                gossip.counters.refused += 1
                gossip.forget(record.bytes)
                neighbourhood.refuse(record.bytes)
            }
        }
        spread(fresh, from: waiting.source, isNews: waiting.isNews)
    }

    /// Records of a peer are passed over: what it was compared for is not all here.
    private mutating func lose(_ count: Int, from number: SessionNumber) {
        gossip.counters.dropped += UInt64(count)
        _ = sessions.change(number) { $0.hasLostRecords = true }
    }

    private mutating func noteTaken(_ record: Record, _ batch: Gossip.Batch) {
        guard batch.source != nil else { return }
        gossip.counters.taken += 1
        guard batch.isNews else { return }
        gossip.counters.noteLag(milliseconds: now.wall - min(now.wall, record.issued))
    }

    /// Forgets that a record was seen: it may come again.
    private mutating func forget(_ record: [UInt8]) {
        gossip.forget(record)
        neighbourhood.forget(record)
    }

    mutating func sendRecords(_ records: [[UInt8]], to number: SessionNumber) {
        var rest = records[...]
        repeat {
            send(.records(Array(rest.prefix(Limits.recordsPerMessageMax))), to: number)
            rest = rest.dropFirst(Limits.recordsPerMessageMax)
        } while !rest.isEmpty
    }

    /// An own record was signed: it takes the same way as others' from the catalogue on.
    mutating func announce(_ record: Record) {
        _ = gossip.see(Gossip.name(record.bytes))
        let batch = gossip.nextBatch
        gossip.nextBatch += 1
        gossip.waiting += 1
        gossip.batches[batch] = Gossip.Batch(source: nil, isNews: false, records: [record])
        effects.append(.storeRecords(batch: batch, [record]))
    }

    // MARK: Comparing catalogues

    mutating func startReconciliation(with number: SessionNumber) {
        gossip.counters.compared += 1
        _ = sessions.change(number) { session in
            session.comparisonDue = nil
            session.hasLostRecords = false
            session.isFetchingRecords = false
            session.wanted = []
            session.wantedItems = []
            session.pagesSeen = 0
        }
        askForSketch(SwarmLimits.symbolsFirst, from: number)
    }

    mutating func askForPage(after: Digest?, from number: SessionNumber) {
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
        for (number, session) in sessions.entries where isSketchOverdue(session) {
            gossip.counters.paged += 1
            askForPage(after: nil, from: number)
        }
        // One each second: under a salt that is new the whole catalogue is read.
        let due = sessions.entries.first { entry in
            entry.value.comparisonDue.map { $0 <= now.monotonic } ?? false
        }
        if let due { startReconciliation(with: due.key) }
        guard gossip.nextReconciliation <= now.monotonic else { return }
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
            _ = sessions.change(number) { $0.reconciliation = nil }
            blame(number, "has a catalogue without end")
            return
        }
        _ = sessions.change(number) { session in
            session.pagesSeen += 1
            session.reconciliation = .fetching(next: page.isLast ? nil : page.ids.last)
        }
        effects.append(.filterMissing(number, page.ids))
    }

    mutating func want(_ ids: [Digest], from number: SessionNumber) {
        _ = sessions.change(number) { session in
            let room = max(0, SwarmLimits.wantedMax - session.wanted.count)
            session.wanted += ids.prefix(room)
        }
        askForRecords(number)
    }

    private mutating func recordsArrived(from number: SessionNumber) {
        guard sessions[number]?.isFetchingRecords == true else { return }
        _ = sessions.change(number) { session in
            session.isFetchingRecords = false
            session.compared = now.monotonic
        }
        askForRecords(number)
    }

    /// Asks for the next wanted records, or for the next page when there are none.
    mutating func askForRecords(_ number: SessionNumber) {
        guard let session = sessions[number], !session.isFetchingRecords else { return }
        if !session.wantedItems.isEmpty {
            let items = Array(session.wantedItems.prefix(Limits.recordsPerMessageMax))
            _ = sessions.change(number) { session in
                session.wantedItems.removeFirst(items.count)
                session.isFetchingRecords = true
            }
            return send(.itemsRequest(items), to: number)
        }
        if session.wanted.isEmpty {
            guard case .fetching(let next) = session.reconciliation else { return }
            if let next {
                askForPage(after: next, from: number)
            } else {
                _ = sessions.change(number) { $0.reconciliation = nil }
            }
            return
        }
        let batch = Array(session.wanted.prefix(Limits.recordsPerMessageMax))
        _ = sessions.change(number) { session in
            session.wanted.removeFirst(batch.count)
            session.isFetchingRecords = true
        }
        send(.recordsRequest(batch), to: number)
    }
}
