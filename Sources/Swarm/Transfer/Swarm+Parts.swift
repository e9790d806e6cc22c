import Genome
import Wire

/// Groups that come in parts, over lines on which a whole one takes too long: what is asked of
/// whom, and what becomes of it.
extension Swarm {
    /// Leaves that a peer is asked for at a time; nil where it is asked for whole groups.
    func partLeaves(of number: SessionNumber) -> Int? {
        guard let session = sessions[number], session.speaks(of: Introduction.parts) else {
            return nil
        }
        let isBroken = isBroken(session)
        guard let rate = session.pace.rate else {
            if isBroken { return PartLimits.leavesSmall }
            return isTried(session) ? PartLimits.leaves : nil
        }
        if rate < (isBroken ? PartLimits.rateMax : PartLimits.rateSmall) {
            return PartLimits.leavesSmall
        }
        return rate < PartLimits.rateMax ? PartLimits.leaves : nil
    }

    /// Whether the first group is asked for of a peer that is not known and may be slow: it comes
    /// in parts, so that the pace shows with the first eighth, and what was asked for behind that
    /// can be taken back.
    private func isTried(_ session: Session) -> Bool {
        session.pace.askedBytes < UInt64(HashTree.groupBytes)
            && (session.isFar || session.facts.endpoint.reach == .global)
    }

    /// A peer's first bytes came, and it is slow: what was asked of it beyond what it brings soon
    /// is asked of others, the last first.
    mutating func takeBackIfSlow(_ number: SessionNumber) {
        guard let leaves = partLeaves(of: number) else { return }
        let unit = UInt64(leaves * HashTree.leafBytes)
        _ = sessions.change(number) { session in
            session.pace.take(unit: unit, roundTrip: session.roundTrip)
            session.pace.narrow(roundTrip: session.roundTrip)
        }
        let owed = requests.entries.filter { $0.value.session == number }
        var blobs: Set<Digest> = []
        for (request, pending) in owed.reversed() {
            guard let pace = sessions[number]?.pace, pace.asked > 1, pace.askedBytes > pace.window
            else { break }
            send(.cancel(request: request), to: number)
            _ = settle(request, arrived: false)
            blobs.insert(pending.blob)
        }
        resume(blobs)
    }

    /// A peer's pace, counted in what it is to be asked for.
    mutating func pace(of number: SessionNumber, for wish: GroupWish) -> PeerPace? {
        let whole = HashTree.leavesPerGroup
        let leaves = wish.leaves == nil ? whole : partLeaves(of: number) ?? whole
        let isCareful = sessions[number].map(isBroken) ?? false
        return sessions.change(number) { session in
            session.pace.take(
                unit: UInt64(leaves * HashTree.leafBytes), roundTrip: session.roundTrip,
                isCareful: isCareful)
            return session.pace
        }
    }

    // MARK: Connections that break

    /// Whether a connection to the peer broke a while ago with groups on their way.
    private func isBroken(_ session: Session) -> Bool {
        broken[session.facts.peer].map { now.monotonic < $0 } ?? false
    }

    /// A connection is gone: if groups were on their way the next one is taken to be like it.
    mutating func noteBroken(_ session: Session) {
        guard session.pace.asked > 0, !session.isClosing, !isStopping else { return }
        let peer = session.facts.peer
        if broken[peer] == nil, broken.count >= PartLimits.brokenMax,
            let oldest = broken.entries.min(by: { $0.value < $1.value })?.key
        {
            broken[oldest] = nil
        }
        broken[peer] = now.monotonic + PartLimits.brokenSpan
    }

    // MARK: Asking

    /// What to ask a peer for of a blob; nil for nothing.
    mutating func wish(for session: SessionNumber, in download: Download) -> GroupWish? {
        guard let holding = download.holdings[session], !isSpared(session, download) else {
            return nil
        }
        let leaves = comesCoded(download, from: session) ? nil : partLeaves(of: session)
        if let leaves, let part = freePart(of: leaves, holding, in: download) { return part }
        if let index = choice(for: session, in: download) {
            let group = download.wanted[index]
            let count = leafCount(of: group, in: download)
            guard let leaves, count > leaves, groupsInParts < PartLimits.groupsMax else {
                return GroupWish(group: group, index: index)
            }
            let all = GroupParts(leafCount: count)
            return GroupWish(
                group: group, leaves: all.free.firstRun(of: leaves, in: all.all), index: index)
        }
        return rest(for: session, holding, in: download)
    }

    /// Where nothing else is left to ask of a peer: leaves of groups that others bring in parts, as
    /// many as it can be asked for at a time; or the whole group, of a peer that knows no parts.
    private func rest(
        for session: SessionNumber, _ holding: Holding, in download: Download
    ) -> GroupWish? {
        guard !download.parts.isEmpty else { return nil }
        guard sessions[session]?.speaks(of: Introduction.parts) == true else {
            return download.parts.entries.first { entry in
                holding.has(group: entry.key) && entry.value.asked.isEmpty
            }.map { GroupWish(group: $0.key) }
        }
        let most = partLeaves(of: session) ?? HashTree.leavesPerGroup
        return freePart(of: most, holding, in: download)
    }

    /// The first leaves of groups in parts that nobody was asked for.
    private func freePart(
        of leaves: Int, _ holding: Holding, in download: Download
    ) -> GroupWish? {
        for (group, parts) in download.parts.entries where holding.has(group: group) {
            if let run = parts.free.firstRun(of: leaves, in: parts.all) {
                return GroupWish(group: group, leaves: run)
            }
        }
        return nil
    }

    /// Whether a peer sends the blob's groups coded: that saves a third and more, but only whole
    /// ones can be. A line that breaks brings no whole ones.
    private func comesCoded(_ download: Download, from number: SessionNumber) -> Bool {
        guard let session = sessions[number], !isBroken(session), let group = download.wanted.last
        else { return false }
        return codings(of: group, in: download, from: number) != nil
    }

    /// Groups of which parts are here or asked for, over all fetches.
    private var groupsInParts: Int {
        downloads.entries.indices.reduce(0) { $0 + downloads.entries[$1].value.parts.count }
    }

    func leafCount(of group: UInt64, in download: Download) -> Int {
        HashTree.leaves(ofGroup: Int(group), size: download.size).count
    }

    /// Bytes of a wish.
    func byteCount(of wish: GroupWish, in download: Download) -> UInt64 {
        let whole = byteCount(of: wish.group, in: download)
        guard let leaves = wish.leaves else { return whole }
        let part = GroupPart(leaves: leaves, ofGroup: Int(wish.group), size: download.size)
        return part.map { UInt64($0.byteRange.count) } ?? whole
    }

    /// Bytes of leaves of a group.
    func byteCount(of leaves: LeafSet, of group: UInt64, in download: Download) -> UInt64 {
        min(byteCount(of: group, in: download), UInt64(leaves.count * HashTree.leafBytes))
    }

    // MARK: Coming

    /// Recomputes which leaves of a group in parts are asked for, after a request for it ended.
    /// With `mayGiveUp` one of which nothing is here nor asked for is wanted whole again.
    mutating func settleParts(of group: UInt64, in blob: Digest, mayGiveUp: Bool) {
        guard downloads.look(blob, { $0.parts[group] != nil }) == true else { return }
        var asked = LeafSet()
        for pending in requests.values where pending.blob == blob && pending.group == group {
            asked.formUnion(pending.leafSet)
        }
        _ = downloads.change(blob) { download in
            guard var parts = download.parts[group] else { return }
            parts.asked = asked
            let isUntouched = mayGiveUp && parts.here.isEmpty && asked.isEmpty
            download.parts[group] = isUntouched ? nil : parts
            if isUntouched { download.wanted.append(group) }
        }
    }

    /// A part came that was asked for, in `wire` bytes over the line with its path: it is proven
    /// and kept in memory, and its group lacks others.
    mutating func partKept(_ number: UInt64, _ byteCount: UInt64, wire: UInt64) {
        guard let pending = requests[number] else {
            return latePartKept(number, wire: wire)
        }
        noteKept(pending)
        _ = settle(number, arrived: true)
        noteArrival(pending, byteCount, wire: wire)
        endRequestsKept(pending)
        noteProgress(downloads[pending.blob]?.fetches ?? [])
        if let peer = sessions[pending.session]?.facts.peer {
            credit(peer, byteCount, wire: wire, of: pending.blob)
        }
        isAssignmentDue = true
    }

    /// A part came that was given up.
    private mutating func latePartKept(_ number: UInt64, wire: UInt64) {
        guard let pending = givenUp[number] else { return }
        givenUp[number] = nil
        guard let parts = downloads[pending.blob]?.parts[pending.group] else {
            // Its group came whole meanwhile, or is to: the shell need not keep it.
            effects.append(.dropParts(blob: pending.blob, group: pending.group))
            return
        }
        guard !pending.leafSet.isSubset(of: parts.here) else { return }
        noteKept(pending)
        endRequestsKept(pending)
        settleParts(of: pending.group, in: pending.blob, mayGiveUp: false)
        if let peer = pending.peer {
            credit(peer, pending.byteCount, wire: wire, of: pending.blob)
        }
    }

    private mutating func noteKept(_ pending: PendingGroup) {
        _ = downloads.change(pending.blob) { download in
            download.parts[pending.group]?.here.formUnion(pending.leafSet)
        }
    }

    /// Ends requests for leaves that are all here now.
    private mutating func endRequestsKept(_ pending: PendingGroup) {
        guard let here = downloads[pending.blob]?.parts[pending.group]?.here else { return }
        endRequests(of: pending) { $0.leafSet.isSubset(of: here) }
    }

    /// The shell had no room for a part, or has lost it: it is asked for again, at the next input.
    mutating func partLost(_ number: UInt64) { _ = settle(number, arrived: false) }

    /// A group is in the store: what is known of its parts goes. Gives the bytes that had been
    /// counted of one that came whole.
    mutating func endParts(of pending: PendingGroup) -> UInt64 {
        guard let download = downloads[pending.blob], let parts = download.parts[pending.group]
        else { return 0 }
        _ = downloads.change(pending.blob) { $0.parts[pending.group] = nil }
        guard pending.leaves == nil else { return 0 }
        return byteCount(of: parts.here, of: pending.group, in: download)
    }
}

extension Introduction {
    /// The bit of `features` that says: this node gives parts of groups with their paths.
    package static let parts: UInt64 = 16_384
}
