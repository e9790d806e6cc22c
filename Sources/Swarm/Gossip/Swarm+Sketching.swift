import Wire

/// Comparing catalogues by sketches: bytes in proportion to what differs, not to what there is.
///
/// A question for symbols, and the answer; then the records that are missing here are asked for,
/// and those that are missing there are sent. Where the catalogues differ by more than a sketch
/// can tell, or the peer knows no sketches, pages of ids follow.
extension Swarm {
    mutating func askForSketch(_ count: Int, from number: SessionNumber) {
        guard let session = sessions[number] else { return }
        _ = sessions.change(number) { session in
            session.reconciliation = .awaitingSketch(count: count)
            session.compared = now.monotonic
        }
        if let salt = session.salt {
            effects.append(.prepareSketch(number, salt: salt, count: count))
        } else {
            send(.sketchRequest(SketchRequest(count: count)), to: number)
        }
    }

    mutating func sketchPrepared(_ number: SessionNumber, _ request: SketchRequest) {
        guard case .awaitingSketch(request.count) = sessions[number]?.reconciliation else { return }
        send(.sketchRequest(request), to: number)
    }

    /// Whether a peer did not answer the question for its sketch: an older version passes over it.
    func isSketchOverdue(_ session: Session) -> Bool {
        switch session.reconciliation {
        case .awaitingSketch, .comparingSketch:
            now.monotonic - session.compared > SwarmLimits.replyPatience
        case .awaitingPage, .comparingPage, .fetching, nil: false
        }
    }

    mutating func receive(_ frame: SketchFrame, from number: SessionNumber) {
        guard case .awaitingSketch(let count) = sessions[number]?.reconciliation else {
            // The answer to a question that was given up.
            return
        }
        guard frame.symbols.isEmpty || frame.symbols.count == count else {
            blame(number, "sent another sketch than was asked for")
            return
        }
        let known = sessions[number]?.salt
        _ = sessions.change(number) { session in
            session.salt = frame.salt
            session.compared = now.monotonic
            session.reconciliation = .comparingSketch(count: count)
        }
        if frame.symbols.isEmpty {
            guard known == frame.salt else {
                blame(number, "says that catalogues are equal which it was not told of")
                return
            }
            gossip.counters.equal += 1
            finishSketch(number)
            noteAgreement(number)
        } else {
            effects.append(.compareSketch(number, frame))
        }
    }

    mutating func sketchCompared(_ number: SessionNumber, _ found: SketchComparison) {
        guard case .comparingSketch(let count) = sessions[number]?.reconciliation else { return }
        gossip.counters.symbols += UInt64(count)
        guard let difference = found.difference else {
            return sketchTooSmall(number, count, found)
        }
        finishSketch(number)
        gossip.counters.sketched += 1
        gossip.counters.differences += UInt64(difference.ours.count + difference.theirs.count)
        if !difference.ours.isEmpty {
            _ = sessions.change(number) { $0.answering += 1 }
            effects.append(.findItems(number, difference.ours))
        }
        guard !difference.theirs.isEmpty else { return noteAgreement(number) }
        _ = sessions.change(number) { session in
            session.wantedItems = difference.theirs
            session.reconciliation = .fetching(next: nil)
        }
        askForRecords(number)
    }

    private mutating func finishSketch(_ number: SessionNumber) {
        _ = sessions.change(number) { session in
            session.reconciliation = nil
            session.undecoded = 0
        }
    }

    /// Asks for four times as many symbols, or for pages where that would not help.
    private mutating func sketchTooSmall(
        _ number: SessionNumber, _ count: Int, _ found: SketchComparison
    ) {
        if count < SetSketch.symbolsMax, found.gap <= SwarmLimits.sketchGapMax {
            let likely = Int(found.gap) * 2 + SwarmLimits.symbolsFirst
            return askForSketch(
                min(SetSketch.symbolsMax, max(count * 4, likely)), from: number)
        }
        let undecoded = sessions.change(number) { session in
            session.undecoded += 1
            return session.undecoded
        }
        if let undecoded, undecoded > SwarmLimits.undecodedMax {
            blame(number, "shows sketches that never come apart")
        }
        beginPages(from: number)
    }
}
