import Genome
import Wire

/// Groups that are late are asked of a second peer, at any time of a fetch; what comes first
/// counts. A peer that brings nothing at all loses what was asked of it.
extension Swarm {
    /// Whether a peer owes groups and has brought none for longer than it takes it, by what it
    /// brought before.
    func isLate(_ session: SessionNumber) -> Bool {
        guard let entry = sessions[session], entry.pace.asked > 0 else { return false }
        return quiet(entry) > patience(with: entry)
    }

    private func quiet(_ session: Session) -> UInt64 {
        now.monotonic - min(now.monotonic, session.pace.owing)
    }

    private func patience(with session: Session) -> UInt64 {
        let isNear = session.facts.endpoint.reach != .global
        return session.pace.patience(
            floor: isNear ? SwarmLimits.lateNear : SwarmLimits.lateFar)
    }

    /// Groups and answers that did not come in time are asked for again.
    mutating func expireRequests() {
        for (number, session) in sessions.entries where session.pace.asked > 0 {
            let quiet = quiet(session)
            let patience = patience(with: session)
            let stuck = max(SwarmLimits.stalledAfter * patience, Self.lineSilence)
            freeStuckLines(of: number, after: stuck)
            if quiet > min(SwarmLimits.stalledAfter * patience, SwarmLimits.groupPatience) {
                takeBack(from: number)
            } else if quiet > patience {
                hedge(number)
            }
        }
        if isAllAsked { hedgeLines() }
        for (blob, download) in downloads.entries {
            for (session, opening) in download.opening.entries
            where now.monotonic >= opening.until {
                _ = downloads.change(blob) { $0.opening[session] = nil }
            }
        }
    }

    /// Nanoseconds in which one connection of several brings nothing at least, before what it owes
    /// is asked over another: TCP tries again after a lost packet within that time.
    private static let lineSilence = 4 * Span.second

    /// A peer has stalled: all that was asked of it is wanted again, and it begins with one group.
    private mutating func takeBack(from session: SessionNumber) {
        let blobs = cancelRequests { $0.session == session }
        _ = sessions.change(session) { session in
            session.pace.stalled()
            session.busyUntil = now.monotonic + SwarmLimits.stalledPause
        }
        resume(blobs)
    }

    /// Asks others for what a late peer owes, the next one first.
    private mutating func hedge(_ session: SessionNumber) {
        let owed = requests.entries.filter { $0.value.session == session }
        for (_, pending) in owed {
            guard let other = second(for: pending, within: nil) else { continue }
            askAgain(other, for: pending)
        }
    }

    /// Nothing is left to ask for: what a slow peer would bring much later than a free one, the
    /// free one is asked for too.
    mutating func hedgeTail() {
        guard sessions.count > 1 else { return }
        var owed: [SessionNumber: UInt64] = [:]
        for (_, pending) in requests.entries {
            guard let rate = sessions[pending.session]?.pace.rate else { continue }
            let bytes = owed[pending.session, default: 0] + pending.byteCount
            owed[pending.session] = bytes
            let due = Span.of(bytes, at: rate)
            guard due > SwarmLimits.tailSpanMin,
                let other = second(for: pending, within: due / 2)
            else { continue }
            askAgain(other, for: pending)
        }
    }

    /// Nothing is left to ask for: what one connection of several to a peer owes, and has not
    /// brought long after it was due, an idle one is asked for too. A lost packet at the end costs
    /// a connection half a second and more.
    private mutating func hedgeLines() {
        let striped = sessions.entries.filter {
            $0.value.lines.all.count > 1 && $0.value.pace.asked > 0
        }
        for (number, session) in striped {
            for (_, pending) in requests.entries where pending.session == number {
                guard
                    let line = session.lines.idle(
                        insteadOf: pending.stripe, for: pending.byteCount,
                        roundTrip: session.roundTrip ?? 0, at: now.monotonic),
                    mayAskAgain(for: pending) != nil
                else { continue }
                askAgain(number, for: pending, over: line)
                // The next look sees what this one owes now.
                break
            }
        }
    }

    private mutating func askAgain(
        _ session: SessionNumber, for pending: PendingGroup, over line: PeerLines.Line? = nil
    ) {
        guard downloads.change(pending.blob, { $0.hedged += pending.byteCount }) != nil else {
            return
        }
        ask(session, forGroup: pending.group, pending.leaves, of: pending.blob, over: line)
    }

    /// The download of a group that may be asked for a second time; nil where it was, or where as
    /// much was asked for twice as one fetch may cost others.
    private func mayAskAgain(for pending: PendingGroup) -> Download? {
        let same = requests.values.count { $0.overlaps(pending) }
        guard same == 1, let download = downloads[pending.blob],
            priority(of: download) != nil, hasRoom(download)
        else { return nil }
        let most =
            pending.leaves == nil
            ? SwarmLimits.hedgedBytesMax(of: download.size)
            : SwarmLimits.hedgedPartsMax(of: download.size)
        guard download.hedged + pending.byteCount <= most else { return nil }
        return download
    }

    /// A peer that may be asked for a group too, because it is not late itself; with `span` only
    /// one that brings it in so many nanoseconds.
    private func second(for pending: PendingGroup, within span: UInt64?) -> SessionNumber? {
        guard let download = mayAskAgain(for: pending) else { return nil }
        let bytes = pending.byteCount
        let others = download.holdings.entries.filter { entry in
            entry.key != pending.session && entry.value.has(group: pending.group)
                && isFree(entry.key) && !isLate(entry.key)
                && (pending.leaves == nil
                    || sessions[entry.key]?.speaks(of: Introduction.parts) == true)
        }
        let timed = others.map { entry in
            (span: sessions[entry.key]?.pace.span(for: bytes) ?? .max, session: entry.key)
        }
        return timed.filter { timed in span.map { timed.span < $0 } ?? true }.min(by: <)?.session
    }
}
