import Wire

/// A catalogue that cannot be written, as when the disk is full. Sessions stay and news is passed
/// on, since a tree of news goes through this node; nobody is asked for what could not be kept, and
/// no comparison counts, until a record that waits here in memory finds a place. Then this node
/// compares with others, and has from them what it missed.
extension Swarm {
    /// A record that is good could not be kept. Whether it is passed on all the same.
    mutating func couldNotKeep(
        _ record: Record, _ problem: StoreProblem, from source: SessionNumber?, isNews: Bool
    ) -> Bool {
        gossip.counters.unkept += 1
        lackRoom(problem)
        gossip.forget(record.bytes)
        guard isNews || source == nil else {
            neighbourhood.forget(record.bytes)
            return false
        }
        gossip.unkept.add(record, from: source)
        return true
    }

    /// One that waited found no place again: others were told of it when it came.
    mutating func stillNotKept(
        _ record: Record, _ problem: StoreProblem, from source: SessionNumber?
    ) {
        lackRoom(problem)
        gossip.forget(record.bytes)
        gossip.unkept.add(record, from: source)
    }

    private mutating func lackRoom(_ problem: StoreProblem) {
        guard gossip.unkept.reason == nil else { return }
        gossip.unkept.reason = problem.reason
        // Where room comes and goes, each coming would have the whole catalogue asked for anew.
        let isSoonAgain = now.monotonic - gossip.unkept.foundRoom < SwarmLimits.roomPauseMax
        gossip.unkept.pause =
            isSoonAgain && gossip.unkept.foundRoom > 0
            ? min(2 * gossip.unkept.pause, SwarmLimits.roomPauseMax) : SwarmLimits.roomPause
        gossip.unkept.nextTry = now.monotonic + gossip.unkept.pause
        gossip.hasAgreed = false
        for number in sessions.keys { breakOff(number) }
        effects.append(
            .log(
                "records of others cannot be kept: \(problem.reason); they are passed on, and "
                    + "asked for once there is room"))
    }

    /// Tries one of the records that wait, each few seconds: a try costs no peer anything.
    mutating func tryRoomIfDue() {
        guard gossip.unkept.reason != nil, gossip.unkept.trying == nil,
            gossip.unkept.nextTry <= now.monotonic
        else { return }
        guard let first = gossip.unkept.waiting.values.first else { return foundRoom() }
        gossip.unkept.trying = keepAgain(first)
    }

    /// Gives a record to the catalogue once more; the number of its batch.
    private mutating func keepAgain(_ waiting: Unkept.Waiting) -> UInt64 {
        let batch = gossip.nextBatch
        gossip.nextBatch += 1
        gossip.waiting += 1
        gossip.batches[batch] = Gossip.Batch(
            source: waiting.source, isNews: false, isAgain: true, records: [waiting.record])
        effects.append(.storeRecords(batch: batch, [waiting.record]))
        return batch
    }

    /// A batch was stored or not: whether that tells that there is room, or is none yet.
    mutating func noteRoom(_ batch: UInt64, _ records: [Record], _ outcomes: [StoreOutcome]) {
        let isTry = gossip.unkept.trying == batch
        if isTry { gossip.unkept.trying = nil }
        guard gossip.unkept.reason != nil else { return }
        let isShort = outcomes.contains { outcome in
            if case .failed = outcome { true } else { false }
        }
        if isShort {
            gossip.unkept.nextTry = now.monotonic + gossip.unkept.pause
        } else if isTry || outcomes.contains(where: { $0 == .fresh || $0 == .equivocation }) {
            for record in records { gossip.unkept.remove(record) }
            foundRoom()
        }
    }

    /// What waits here is kept, and what was missed is compared for.
    private mutating func foundRoom() {
        gossip.unkept.reason = nil
        let isSteady = gossip.unkept.pause == SwarmLimits.roomPause
        gossip.unkept.foundRoom = now.monotonic
        for waiting in gossip.unkept.takeAll() { _ = keepAgain(waiting) }
        effects.append(.log("there is room for records again: what was missed is asked for"))
        let due = isSteady ? now.monotonic : now.monotonic + gossip.unkept.pause
        for number in sessions.keys.shuffled(using: &generator).prefix(SwarmLimits.roomAsked) {
            _ = sessions.change(number) { $0.comparisonDue = due }
        }
    }

    /// Ends a comparison: nothing that it could bring can be kept.
    mutating func breakOff(_ number: SessionNumber) {
        guard sessions[number]?.reconciliation != nil else { return }
        letGo(of: number)
        _ = sessions.change(number) { session in
            session.reconciliation = nil
            session.hasLostRecords = true
        }
    }
}
