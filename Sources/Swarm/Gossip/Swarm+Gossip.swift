import Wire

extension Swarm {
    // MARK: News

    /// Takes records from a peer: form and time are checked here, then the signature, then the
    /// catalogue decides whether they are new; only new ones go on to others.
    mutating func receive(_ bytes: [[UInt8]], from number: SessionNumber) {
        // Peers that compare give all that is missing here, again and again: one look is enough.
        if gossip.unkept.reason != nil, bytes.count > NeighbourLimits.comparedWhole {
            lose(bytes.count, from: number)
            return recordsArrived(from: number)
        }
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
                guard !settings.isLight || concernsLight(record) else { continue }
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
            !session.batchesAsked.isEmpty || session.rates.news.take(at: now.monotonic)
        }
        return mayTake ?? false
    }

    private mutating func take(
        _ records: [Record], from source: SessionNumber?, isNews: Bool
    ) {
        guard !records.isEmpty else { return }
        let expected = source.flatMap { sessions[$0]?.batchesAsked.first } ?? 0
        let room = SwarmLimits.unverifiedMax + (isNews ? 0 : expected)
        // What was asked for has its room: news that comes meanwhile takes none of it.
        guard gossip.waiting + gossip.asked + records.count <= room else {
            for record in records { forget(record.bytes) }
            if let source { lose(records.count, from: source) }
            return
        }
        let batch = gossip.nextBatch
        gossip.nextBatch += 1
        gossip.waiting += records.count
        let isPaging = source.flatMap { sessions[$0]?.isPaging } ?? false
        gossip.batches[batch] = Gossip.Batch(
            source: source, isNews: isNews, isFilling: isPaging && !gossip.hasAgreed,
            records: records)
        effects.append(.verifyRecords(batch: batch, records))
    }

    mutating func recordsVerified(_ batch: UInt64, _ isValid: [Bool]) {
        if answerVerified(batch, isValid) || circleVerified(batch, isValid) { return }
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
        gossip.batches[batch] = good.isEmpty ? nil : waiting.with(good)
        if !good.isEmpty { effects.append(.storeRecords(batch: batch, good)) }
    }

    mutating func recordsStored(_ batch: UInt64, _ outcomes: [StoreOutcome]) {
        if circleStored(batch, outcomes) { return }
        guard let waiting = gossip.batches[batch], outcomes.count == waiting.records.count else {
            return
        }
        gossip.batches[batch] = nil
        gossip.waiting -= waiting.records.count
        // What goes on to others: what is new here, and what is news and found no room.
        var fresh: [Record] = []
        for (record, outcome) in zip(waiting.records, outcomes) {
            switch outcome {
            case .fresh, .equivocation:
                fresh.append(record)
                if waiting.isNews, outcome == .fresh { noteLag(of: record) }
                took(record, outcome, from: waiting.source)
            case .superseded: gossip.counters.superseded += 1
            case .failed(let problem) where waiting.isAgain:
                stillNotKept(record, problem, from: waiting.source)
            case .failed(let problem):
                let source = waiting.source
                let isPassedOn = couldNotKeep(
                    record, problem, from: source, isNews: waiting.isNews)
                if isPassedOn { fresh.append(record) }
                if let source { lose(1, from: source) }
            case .refused:
                gossip.counters.refused += 1
                gossip.forget(record.bytes)
                neighbourhood.refuse(record.bytes)
            }
        }
        noteRoom(batch, waiting.records, outcomes)
        release(waiting)
        askForMore()
        guard !waiting.isAnswer, !waiting.isAgain, !waiting.isFilling || waiting.isNews else {
            return
        }
        spread(fresh, from: waiting.source, isNews: waiting.isNews)
    }

    /// Records of a peer are passed over: what it was compared for is not all here.
    private mutating func lose(_ count: Int, from number: SessionNumber) {
        gossip.counters.dropped += UInt64(count)
        _ = sessions.change(number) { $0.hasLostRecords = true }
    }

    /// Records that a peer was asked for are here or will not be: others may be asked for them.
    private mutating func release(_ batch: Gossip.Batch) {
        let ids = batch.records.map(\.id)
        gossip.claimed.subtract(ids)
        guard let source = batch.source else { return }
        _ = sessions.change(source) { $0.claimed.subtract(ids) }
    }

    private mutating func noteLag(of record: Record) {
        gossip.counters.noteLag(milliseconds: now.wall - min(now.wall, record.issued))
    }

    /// A record took its place in the catalogue, from a peer or signed here: what follows for all
    /// else that this node does.
    mutating func took(
        _ record: Record, _ outcome: StoreOutcome, from source: SessionNumber?
    ) {
        guard outcome == .fresh else {
            gossip.counters.equivocations += 1
            effects.append(
                .log(
                    "\(record.publisher.fingerprint) signed two different records with "
                        + "one sequence; the one with the lower id stays"))
            return
        }
        learn(record, over: source)
        holdersChanged(by: record)
        copiesChanged(by: record)
        delegationsChanged(by: record)
        withdrawn(by: record)
        guard source != nil else { return }
        gossip.counters.taken += 1
        saidByOther(record)
        outdone(by: record)
    }

    /// Forgets that a record was seen: it may come again.
    private mutating func forget(_ record: [UInt8]) {
        gossip.forget(record)
        neighbourhood.forget(record)
    }

    /// Sends records for everyone, whoever the peer is.
    mutating func sendRecords(_ records: [RecordFor<Everyone>], to number: SessionNumber) {
        sendRecords(bytes: records.map(\.bytes), to: number)
    }

    /// Sends records for few to a peer that may hear of them.
    mutating func sendRecords(_ records: [RecordFor<Members>], to number: SessionNumber) {
        sendRecords(bytes: records.map(\.bytes), to: number)
    }

    private mutating func sendRecords(bytes: [[UInt8]], to number: SessionNumber) {
        var rest = bytes[...]
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
}
