import Wire

/// From a member's word to the catalogue: the same steps as with news for everyone, in queues and
/// counts of their own.
extension Swarm {
    /// Records that a member sent as news of a circle: form, time and domain are looked at, then
    /// the signatures.
    mutating func check(
        _ news: [[UInt8]], in circle: CircleDomain, from number: SessionNumber
    ) {
        var fresh: [Record] = []
        var room = CircleLimits.waitingMax - circleNews.waiting
        for bytes in news {
            // Where it is being checked for another session, what comes of it is passed on.
            guard !gossip.hasSeen(Gossip.name(bytes)) else { continue }
            guard room > 0 else {
                gossip.counters.dropped += 1
                _ = circleNews.trees.change(circle) { $0.spread.forget(bytes) }
                continue
            }
            do throws(WireError) {
                let record = try Record(bytes: bytes)
                if record.isFromTheFuture(at: now.wall) {
                    gossip.counters.future += 1
                    _ = circleNews.trees.change(circle) { $0.spread.forget(bytes) }
                } else if record.isExpired(at: now.wall)
                    || RecordFor<Members>(record)?.circle != circle
                {
                    gossip.counters.expired += record.isExpired(at: now.wall) ? 1 : 0
                    _ = circleNews.trees.change(circle) { $0.spread.refuse(bytes) }
                } else {
                    fresh.append(record)
                    room -= 1
                }
            } catch {
                _ = circleNews.trees.change(circle) { $0.spread.refuse(bytes) }
                if case .unsupported = error { continue }
                gossip.counters.forged += 1
                blame(number, "sent a record that is not well-formed (\(error))")
            }
        }
        guard !fresh.isEmpty else { return }
        let batch = circleNews.add(.init(source: number, circle: circle, records: fresh))
        effects.append(.verifyRecords(batch: batch, fresh))
    }

    /// Whether a batch is of a circle; then what is well signed goes into the catalogue.
    mutating func circleVerified(_ batch: UInt64, _ isValid: [Bool]) -> Bool {
        guard var waiting = circleNews.batches[batch] else { return false }
        guard isValid.count == waiting.records.count else { return true }
        var good: [Record] = []
        for (record, isValid) in zip(waiting.records, isValid) {
            if isValid {
                good.append(record)
                continue
            }
            gossip.counters.forged += 1
            _ = circleNews.trees.change(waiting.circle) { $0.spread.refuse(record.bytes) }
            blame(waiting.source, "sent a record whose signature is not its publisher's")
        }
        waiting.records = good
        circleNews.batches[batch] = good.isEmpty ? nil : waiting
        if !good.isEmpty { effects.append(.storeRecords(batch: batch, good)) }
        return true
    }

    /// Whether a batch is of a circle; then what was new goes on to its other members.
    mutating func circleStored(_ batch: UInt64, _ outcomes: [StoreOutcome]) -> Bool {
        guard let waiting = circleNews.batches[batch] else { return false }
        guard outcomes.count == waiting.records.count else { return true }
        circleNews.batches[batch] = nil
        var fresh: [Record] = []
        for (record, outcome) in zip(waiting.records, outcomes) {
            switch outcome {
            case .fresh, .equivocation:
                fresh.append(record)
                took(record, outcome, from: waiting.source)
            case .superseded: gossip.counters.superseded += 1
            case .failed(let problem):
                // No comparison brings it: it waits here, and others are told.
                _ = couldNotKeep(record, problem, from: waiting.source, isNews: true)
                fresh.append(record)
            case .refused:
                gossip.counters.refused += 1
                _ = circleNews.trees.change(waiting.circle) { $0.spread.refuse(record.bytes) }
            }
        }
        noteRoom(batch, waiting.records, outcomes)
        for record in fresh {
            guard let own = RecordFor<Members>(record) else { continue }
            noteMember(record, in: waiting.circle)
            perform(waiting.circle) { spread, now, effects in
                spread.accept(own, at: now, into: &effects)
            }
        }
        tellMembers(fresh, from: waiting.source)
        return true
    }
}
