import Genome
import Wire

/// How requests for groups end: with bytes that were proven, with wrong ones, or with none.
extension Swarm {
    /// Ends a request; the group goes back to the wanted ones unless it arrived.
    mutating func settle(_ number: UInt64, arrived: Bool) -> PendingGroup? {
        guard let pending = requests[number] else { return nil }
        requests[number] = nil
        if !arrived { giveUp(pending, number) }
        let isInParts = downloads.look(pending.blob) { $0.parts[pending.group] != nil } == true
        let isWanted = !arrived && !isInParts && requestsForGroup(of: pending).isEmpty
        _ = sessions.change(pending.session) { session in
            session.pace.drop(pending.byteCount)
            session.lines.settle(pending.byteCount, over: pending.stripe)
        }
        _ = downloads.change(pending.blob) { download in
            download.asked -= 1
            if isWanted { download.wanted.append(pending.group) }
        }
        if isInParts {
            settleParts(of: pending.group, in: pending.blob, mayGiveUp: !arrived)
        }
        return pending
    }

    /// Remembers a request that was given up, whose answer may be on its way.
    private mutating func giveUp(_ pending: PendingGroup, _ number: UInt64) {
        if givenUp.count >= SwarmLimits.givenUpMax, let oldest = givenUp.entries.first?.key {
            givenUp[oldest] = nil
        }
        givenUp[number] = pending
    }

    /// The requests for a group that are under way.
    func requestsForGroup(of pending: PendingGroup) -> [UInt64] {
        requests.entries.filter { entry in
            entry.value.group == pending.group && entry.value.blob == pending.blob
        }.map(\.key)
    }

    /// Ends requests for a group of which something came: all, or those that are meant. The first
    /// copy ends the others.
    mutating func endRequests(
        of pending: PendingGroup, where isMeant: (PendingGroup) -> Bool = { _ in true }
    ) {
        for number in requestsForGroup(of: pending) {
            guard let known = requests[number], isMeant(known),
                let late = settle(number, arrived: true)
            else { continue }
            send(.cancel(request: number), to: late.session)
            // One that sends nothing at all does not send this either.
            guard let pace = sessions[late.session]?.pace, pace.delivered < late.asked else {
                continue
            }
            _ = downloads.change(pending.blob) { $0.hedged -= min($0.hedged, late.byteCount) }
        }
    }

    /// Counts bytes that a peer brought for the fetches that want the blob; the manifest is none
    /// of a layer's own bytes.
    mutating func credit(
        _ peer: NodeKey, _ byteCount: UInt64, wire: UInt64, of blob: Digest
    ) {
        for number in downloads[blob]?.fetches ?? []
        where fetches[number]?.request.layer != blob {
            _ = fetches.change(number) { $0.credit(peer, byteCount, wire: wire) }
        }
    }

    /// A group came that was asked for, in `wire` bytes over the line.
    mutating func groupStored(_ number: UInt64, _ byteCount: UInt64, wire: UInt64) {
        guard let pending = settle(number, arrived: true) else {
            lateGroupStored(number, wire: wire)
            return
        }
        noteArrival(pending, byteCount, wire: wire)
        endRequests(of: pending)
        let repeated = endParts(of: pending)
        noteHere(pending.group, of: pending.blob)
        foundRoom(pending.blob)
        noteProgress(downloads[pending.blob]?.fetches ?? [])
        if let peer = sessions[pending.session]?.facts.peer {
            credit(peer, byteCount - min(byteCount, repeated), wire: wire, of: pending.blob)
        }
        advance(download: pending.blob)
        isAssignmentDue = true
    }

    /// What a peer brought, for all that follows from its pace.
    mutating func noteArrival(_ pending: PendingGroup, _ byteCount: UInt64, wire: UInt64) {
        let isAlone = downloads[pending.blob].map { self.isAlone(pending.session, $0) } ?? false
        let isFirst = sessions[pending.session]?.pace.rate == nil
        _ = sessions.change(pending.session) { session in
            session.received += wire
            session.heard = now.monotonic
            session.pace.arrived(
                byteCount, at: now.monotonic, roundTrip: session.roundTrip, isAlone: isAlone,
                connections: session.connections)
            session.coding.arrived(
                plain: byteCount, wire: wire, wasAsked: pending.isCoded, rate: session.pace.rate,
                at: now.monotonic)
            session.lines.arrived(byteCount, over: pending.stripe, at: now.monotonic)
        }
        if let facts = sessions[pending.session]?.facts, isLimited(facts.endpoint) {
            downloadBudget?.giveBack(byteCount - min(byteCount, wire), at: now)
        }
        if isFirst { takeBackIfSlow(pending.session) }
    }

    /// A group came that was given up, from a peer that was late or went away: it is here all the
    /// same, and nobody else is asked for it.
    private mutating func lateGroupStored(_ number: UInt64, wire: UInt64) {
        guard let pending = givenUp[number] else { return }
        givenUp[number] = nil
        guard let download = downloads[pending.blob] else { return }
        let isNews = !download.has(pending.group)
        noteHere(pending.group, of: pending.blob)
        endRequests(of: pending)
        let repeated = endParts(of: pending)
        if let index = download.wanted.firstIndex(of: pending.group) {
            _ = downloads.change(pending.blob) { $0.wanted.remove(at: index) }
        }
        if isNews, let peer = pending.peer {
            let fresh = pending.byteCount - min(pending.byteCount, repeated)
            credit(peer, fresh, wire: wire, of: pending.blob)
        }
        advance(download: pending.blob)
    }

    mutating func groupRefuted(_ number: UInt64) {
        guard let pending = settle(number, arrived: false) else { return }
        refute(
            pending.session, blob: pending.blob, group: pending.group,
            "its bytes do not match the blob id")
    }

    mutating func groupUnwritable(_ number: UInt64, _ problem: StoreProblem) {
        guard let pending = settle(number, arrived: false) else { return }
        lacksRoom(pending.blob, problem)
    }

    mutating func rejected(
        _ number: UInt64, _ reason: Message.RejectReason, retryMilliseconds: UInt64,
        from session: SessionNumber
    ) {
        guard requests[number]?.session == session, let pending = settle(number, arrived: false)
        else { return }
        if reason == .busy {
            let most = SwarmLimits.busyPauseMax / Span.millisecond
            let pause = max(
                min(retryMilliseconds, most) * Span.millisecond, SwarmLimits.busyPauseMin)
            _ = sessions.change(session) { $0.busyUntil = now.monotonic + pause }
        } else {
            lacks(session, pending.blob, through: pending.layer)
        }
        advance(download: pending.blob)
        isAssignmentDue = true
    }

    /// A session is gone: what was asked of it is asked of others.
    mutating func forgetRequests(of session: SessionNumber) {
        _ = cancelRequests(isTold: false) { $0.session == session }
        for (blob, download) in downloads.entries {
            guard
                download.holdings[session] != nil || download.opening[session] != nil
                    || download.pageAsked?.session == session
            else { continue }
            _ = downloads.change(blob) { download in
                download.holdings[session] = nil
                download.opening[session] = nil
                if download.pageAsked?.session == session { download.pageAsked = nil }
            }
        }
    }

    mutating func cancelRequests(for blob: Digest) { _ = cancelRequests { $0.blob == blob } }

    /// Takes back what was asked of peers; the blobs that it was part of. They are not told where
    /// the connection is gone.
    mutating func cancelRequests(
        isTold: Bool = true, where isMeant: (PendingGroup) -> Bool
    ) -> Set<Digest> {
        var blobs: Set<Digest> = []
        for (number, pending) in requests.entries where isMeant(pending) {
            if isTold { send(.cancel(request: number), to: pending.session) }
            _ = settle(number, arrived: false)
            blobs.insert(pending.blob)
        }
        return blobs
    }

    /// Goes on with blobs of which something was taken back.
    mutating func resume(_ blobs: Set<Digest>) {
        for blob in blobs.sorted() { advance(download: blob) }
        isAssignmentDue = true
    }
}
