import Genome
import Wire

/// Which group is asked of which peer: the peer that is free soonest gets the next, in order from
/// those that have all of a blob, and the rarest first where others fetch it too.
extension Swarm {
    /// A blob that waits for groups.
    private struct Waiting {
        let blob: Digest
        let priority: FetchPriority
        var asked: Int
    }

    /// Fills the room for requests, each time for the blob with the fewest groups under way among
    /// those of the highest priority, so that a large blob does not starve the others. Once for an
    /// input, at its end, however many blobs it moved.
    mutating func assignGroupsIfDue() {
        guard isAssignmentDue else { return }
        isAssignmentDue = false
        guard requests.count < SwarmLimits.requestsMax else { return }
        var waiting = waitingDownloads()
        guard !waiting.isEmpty else { return hedgeTail() }
        waiting.sort(by: Self.isBefore)
        var free = sessions.entries.filter { isFree($0.key, mayBeAlone: true) }.map(\.key)
        while requests.count < SwarmLimits.requestsMax, let next = soonest(free) {
            guard let found = choice(for: next, among: waiting) else {
                free.removeAll { $0 == next }
                continue
            }
            ask(next, for: found.wish, of: waiting[found.place].blob)
            waiting[found.place].asked += 1
            var place = found.place
            while place + 1 < waiting.count, Self.isBefore(waiting[place + 1], waiting[place]) {
                waiting.swapAt(place, place + 1)
                place += 1
            }
        }
        if isAllAsked { hedgeTail() }
    }

    private static func isBefore(_ one: Waiting, _ other: Waiting) -> Bool {
        (other.priority, one.asked, one.blob) < (one.priority, other.asked, other.blob)
    }

    /// Whether the download at an index has groups left to ask for. By index, as all that follow:
    /// a fetch of small files has hundreds of downloads, and a copy of one costs more than this.
    private func isWanting(_ index: Int) -> Bool { downloads.entries[index].value.isWanting }

    /// Whether every group was asked for, so that fetches end with what is under way.
    var isAllAsked: Bool {
        !downloads.entries.indices.contains { isWanting($0) }
    }

    private func waitingDownloads() -> [Waiting] {
        downloads.entries.indices.compactMap { index in
            guard isWanting(index) else { return nil }
            return waiting(downloads.entries[index].value)
        }
    }

    private func waiting(_ download: Download) -> Waiting? {
        guard download.isWaitingForPeers, download.groups != nil, hasRoom(download),
            let priority = priority(of: download)
        else { return nil }
        return Waiting(blob: download.blob, priority: priority, asked: download.asked)
    }

    /// The highest priority of the fetches that want a blob and are not paused; nil where all are.
    func priority(of download: Download) -> FetchPriority? {
        download.fetches.compactMap { number in
            fetches[number].flatMap { $0.isPaused ? nil : $0.priority }
        }.max()
    }

    /// Whether groups may be asked of a peer now; with `mayBeAlone` also those that it may be asked
    /// for where nobody else has them.
    func isFree(_ session: SessionNumber, mayBeAlone: Bool = false) -> Bool {
        guard let entry = sessions[session], isUsable(session) else { return false }
        return entry.busyUntil <= now.monotonic
            && entry.pace.hasRoom(for: 1, isAlone: mayBeAlone && entry.isFar)
            && (!isLimited(entry.facts.endpoint) || downloadBudget?.isReady(at: now) != false)
    }

    /// The session that has brought what was asked of it first; a new one at once.
    private func soonest(_ free: [SessionNumber]) -> SessionNumber? {
        var best: (session: SessionNumber, span: UInt64, asked: Int)?
        for session in free where isFree(session, mayBeAlone: true) {
            guard let pace = sessions[session]?.pace else { continue }
            let span = pace.asked == 0 ? 0 : pace.span(for: 0) ?? 0
            if best.map({ (span, pace.asked) < ($0.span, $0.asked) }) ?? true {
                best = (session, span, pace.asked)
            }
        }
        return best?.session
    }

    private mutating func choice(
        for session: SessionNumber, among waiting: [Waiting]
    ) -> (place: Int, wish: GroupWish)? {
        for (place, entry) in waiting.enumerated() {
            guard let download = downloads[entry.blob], download.isWanting, hasRoom(download),
                let wish = wish(for: session, in: download),
                let pace = pace(of: session, for: wish),
                pace.hasRoom(
                    for: byteCount(of: wish, in: download),
                    isAlone: isAlone(session, download)),
                !isLeftToOthers(download, session),
                pace.asked == 0 || !isMeeting(download)
            else { continue }
            return (place, wish)
        }
        return nil
    }

    /// Whether only this peer has anything of a blob, nobody else said to have it, and it is far:
    /// then its connection begins slowly and nothing else fills the line meanwhile.
    func isAlone(_ session: SessionNumber, _ download: Download) -> Bool {
        sessions[session]?.isFar == true
            && download.holdings.values.count { $0.extent != Holding.Extent.none } == 1
            && download.fetches.allSatisfy { (fetches[$0]?.holders.count ?? 0) <= 1 }
    }

    func byteCount(of group: UInt64, in download: Download) -> UInt64 {
        UInt64(HashTree.groupRange(Int(group), size: download.size).count)
    }

    func byteCount(of groups: [UInt64], in download: Download) -> UInt64 {
        groups.reduce(0) { $0 + byteCount(of: $1, in: download) }
    }

    /// The place, among the wanted groups of a blob, of the one to ask of a peer.
    mutating func choice(
        for session: SessionNumber, in download: Download
    ) -> Int? {
        guard let holding = download.holdings[session], let last = download.wanted.indices.last,
            !isSpared(session, download)
        else { return nil }
        let isInOrder = !download.isShared || download.search != nil || isSequential(download)
        if isInOrder, holding.has(group: download.wanted[last]) {
            return mayAsk(download, for: download.wanted[last]) ? last : nil
        }
        guard download.search == nil, holding.extent != .none else { return nil }
        return isInOrder
            ? download.wanted.lastIndex { holding.has(group: $0) }
            : rarest(for: session, holding, in: download)
    }

    /// Whether a peer is reached over a relay, which somebody else pays for, while another that is
    /// reached directly has the blob too.
    func isSpared(_ session: SessionNumber, _ download: Download) -> Bool {
        guard sessions[session]?.facts.path.isRelayed == true else { return false }
        return download.holdings.entries.contains { other, holding in
            holding.extent != .none && isUsable(other)
                && sessions[other]?.facts.path.isRelayed == false
        }
    }

    /// Whether somebody reads the blob from its beginning while it comes.
    func isSequential(_ download: Download) -> Bool {
        download.fetches.contains { fetches[$0]?.request.isSequential == true }
    }

    /// Groups looked at for the rarest one: the best of 32 is among the rarest tenth with 97 %.
    private static let sampledMax = 32

    /// Of a random sample of the wanted groups that a peer has the one that fewest of those have
    /// who fetch the blob too; among equals one that falls to this node when all of them share
    /// what only the sources have, so that each group leaves a source once.
    private mutating func rarest(
        for session: SessionNumber, _ holding: Holding, in download: Download
    ) -> Int? {
        let wanted = download.wanted
        let others = download.holdings.entries.filter { entry in
            entry.key != session && entry.value.isPart
        }
        let sharers = download.holdings.entries.compactMap { entry in
            entry.value.isPart ? sessions[entry.key]?.facts.peer : nil
        }
        let isRelieved = holding.extent == .complete && isBusyElsewhere(download)
        var best: (index: Int, rank: Int)?
        func consider(_ index: Int) {
            let group = wanted[index]
            guard holding.has(group: group) else { return }
            let copies = others.count { $0.value.has(group: group) }
            let isOwn = falls(group, to: settings.node, among: sharers)
            // Others who fetch the blob give the rest on, now or soon.
            if isRelieved, copies > 0 || !isOwn { return }
            let rank = copies * 2 + (isOwn ? 0 : 1)
            if best.map({ rank < $0.rank }) ?? true { best = (index, rank) }
        }
        if wanted.count <= 4 * Self.sampledMax {
            let start = Int.random(in: 0..<wanted.count, using: &transferGenerator)
            for step in wanted.indices { consider((start + step) % wanted.count) }
            return best?.index
        }
        for _ in 0..<Self.sampledMax {
            consider(Int.random(in: wanted.indices, using: &transferGenerator))
        }
        return best?.index ?? (isRelieved ? nil : wanted.lastIndex { holding.has(group: $0) })
    }

    /// Whether groups of a blob are on their way from others who fetch it.
    private func isBusyElsewhere(_ download: Download) -> Bool {
        requests.values.contains { pending in
            pending.blob == download.blob
                && download.holdings[pending.session]?.isPart == true
        }
    }

    /// Whether a group falls to a node among those who fetch a blob: by the highest mix of key and
    /// number (rendezvous hashing, Thaler and Ravishankar 1998), so that all agree without a word.
    private func falls(_ group: UInt64, to node: NodeKey, among others: [NodeKey]) -> Bool {
        func mix(_ key: NodeKey) -> UInt64 {
            var generator = SeededGenerator(
                seed: key.digest.words.0 ^ group &* 0x9e37_79b9_7f4a_7c15)
            return generator.next()
        }
        let own = mix(node)
        return others.allSatisfy { mix($0) <= own }
    }

    /// Whether another peer would bring all that is left before this one brings one group: then
    /// the end does not wait for this one.
    private func isLeftToOthers(_ download: Download, _ session: SessionNumber) -> Bool {
        guard download.wanted.count <= SwarmLimits.tailMax,
            let pace = sessions[session]?.pace, let span = pace.span(for: pace.unit)
        else { return false }
        let rest =
            UInt64(download.wanted.count * HashTree.groupBytes)
            + download.parts.values.reduce(0) {
                $0 + UInt64($1.free.count * HashTree.leafBytes)
            }
        return download.holdings.entries.contains { entry in
            guard entry.key != session, entry.value.extent == .complete, isUsable(entry.key),
                let other = sessions[entry.key], other.busyUntil <= now.monotonic,
                !isLate(entry.key), let otherSpan = other.pace.span(for: rest)
            else { return false }
            return otherSpan < span
        }
    }

    private mutating func ask(
        _ session: SessionNumber, for wish: GroupWish, of blob: Digest
    ) {
        _ = downloads.change(blob) { download in
            guard let index = wish.index else { return }
            if index == download.wanted.count - 1 || !download.isShared {
                download.wanted.remove(at: index)
            } else {
                download.wanted.swapAt(index, download.wanted.count - 1)
                download.wanted.removeLast()
            }
            guard wish.leaves != nil else { return }
            let leaves = HashTree.leaves(ofGroup: Int(wish.group), size: download.size)
            download.parts[wish.group] = GroupParts(leafCount: leaves.count)
        }
        ask(session, forGroup: wish.group, wish.leaves, of: blob)
    }

    /// Asks a peer for a group that is not among the wanted ones any more, or for leaves of one
    /// that comes in parts, over `line` where that was chosen.
    mutating func ask(
        _ session: SessionNumber, forGroup group: UInt64, _ leaves: Range<Int>? = nil,
        of blob: Digest, over line: PeerLines.Line? = nil
    ) {
        guard let download = downloads[blob], let layer = download.groups,
            let through = download.holdings[session]?.layer
        else { return }
        let number = nextRequest
        nextRequest += 1
        let request =
            leaves.map { leaves in
                GroupRequest(
                    request: number, layer: through, blob: blob, group: group, leaves: leaves)
            }
            ?? GroupRequest(
                request: number, layer: through, blob: blob, group: group,
                accepts: codings(of: group, in: download, from: session))
        let bytes = byteCount(of: GroupWish(group: group, leaves: leaves), in: download)
        _ = downloads.change(blob) { download in
            download.asked += 1
            download.parts[group]?.asked.formUnion(LeafSet(leaves ?? 0..<HashTree.leavesPerGroup))
        }
        let rest = UInt64(download.wanted.count * HashTree.groupBytes)
        let chosen = sessions.change(session) { session -> SessionNumber? in
            session.pace.ask(bytes, at: now.monotonic)
            if let line {
                session.lines.ask(bytes, over: line.stripe, at: now.monotonic)
                return line.stripe
            }
            let isTail = rest < session.pace.askedBytes
            return session.lines.ask(bytes, isTail: isTail, at: now.monotonic)
        }
        let stripe = chosen ?? nil
        if let stripe { _ = stripes.change(stripe) { $0.used = now.monotonic } }
        requests[request.request] = PendingGroup(
            session: session, stripe: stripe, peer: sessions[session]?.facts.peer, layer: through,
            blob: blob, group: group, leaves: leaves, byteCount: bytes, asked: now.monotonic,
            isCoded: request.accepts != nil)
        if let facts = sessions[session]?.facts, isLimited(facts.endpoint) {
            downloadBudget?.spend(bytes, at: now)
        }
        effects.append(.requestGroup(stripe ?? session, request, layer))
    }
}
