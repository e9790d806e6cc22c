import Genome
import Wire

extension Swarm {
    mutating func blobOpened(_ blob: Digest, _ state: OpenedBlob) {
        guard var download = downloads[blob] else {
            effects.append(.releaseBlob(blob: blob))
            return
        }
        // A second answer belongs to a question of a download that was given up since.
        guard !download.isOpen else { return }
        noteProgress(download.fetches)
        switch state {
        case .complete:
            credit(reused: download.size, download)
            blobCompleted(blob)
            return
        case .failed(let problem):
            lacksRoom(blob, problem)
            return
        case .partial(let bitmap, let layer, let isWorthSearch):
            download.isOpen = true
            if isWorthSearch { download.search = .init(firstGroups: 0) }
            download.shortage = nil
            download.groups = layer ?? GroupLayer(singleGroup: blob, size: download.size)
            let count = HashTree.groupCount(size: download.size)
            let missing = (0..<count).filter { group in
                !(group / 8 < bitmap.count && bitmap[group / 8] >> UInt8(group % 8) & 1 == 1)
            }
            download.wanted = missing.reversed().map(UInt64.init)
            let missingBytes = missing.reduce(UInt64(0)) { sum, group in
                sum + UInt64(HashTree.groupRange(group, size: download.size).count)
            }
            downloads[blob] = download
            credit(reused: download.size - missingBytes, download)
            for number in download.fetches { notePause(number) }
        }
        advance(download: blob)
    }

    mutating func credit(reused byteCount: UInt64, _ download: Download) {
        for number in download.fetches
        where download.blob != fetches[number]?.request.layer {
            _ = fetches.change(number) { $0.status.reused += byteCount }
        }
    }

    /// Does the next thing that a blob needs: who has it, its group layer, its groups, its end.
    mutating func advance(download blob: Digest) {
        guard let download = downloads[blob], !download.isCompleting else { return }
        guard download.isOpen else { return reopenIfDue(download) }
        if download.isComplete && download.search?.token == nil {
            guard hasRoom(download) else { return }
            _ = downloads.change(blob) { $0.isCompleting = true }
            effects.append(.completeBlob(blob: blob))
            return
        }
        askHoldings(download)
        if download.groups == nil {
            askForPage(blob)
        } else if !isSearching(download) {
            assignGroups()
        }
    }

    /// Asks the holders of each layer that lists the blob what they have of it, through the
    /// layer that they hold.
    private mutating func askHoldings(_ download: Download) {
        for number in download.fetches {
            guard let fetch = fetches[number] else { continue }
            for session in candidates(fetch) {
                accept(number, to: session)
                ask(session, for: download.blob, through: fetch.request.layer)
            }
        }
    }

    private mutating func ask(
        _ session: SessionNumber, for blob: Digest, through layer: Digest
    ) {
        guard let download = downloads[blob], download.opening[session] == nil,
            download.holdings[session] == nil
        else { return }
        let opening = Download.Opening(
            layer: layer, until: now.monotonic + SwarmLimits.replyPatience)
        _ = downloads.change(blob) { $0.opening[session] = opening }
        send(.open(layer: layer, blob: blob), to: session)
    }

    mutating func receive(_ holding: Holding, from session: SessionNumber) {
        guard let download = downloads[holding.blob],
            download.opening[session]?.layer == holding.layer
                || download.holdings[session]?.layer == holding.layer
        else { return }
        _ = downloads.change(holding.blob) { download in
            download.opening[session] = nil
            download.holdings[session] = holding
        }
        if holding.extent == .none { lacks(session, holding.blob, through: holding.layer) }
        advance(download: holding.blob)
    }

    /// A peer that was announced as a holder says it has nothing: it is asked again after a
    /// while, when its holding is forgotten here too.
    private mutating func lacks(
        _ session: SessionNumber, _ blob: Digest, through layer: Digest
    ) {
        noteAbsent(session, layer: layer)
        _ = downloads.change(blob) { $0.holdings[session] = nil }
    }

    // MARK: Group layer

    private mutating func askForPage(_ blob: Digest) {
        guard let download = downloads[blob] else { return }
        if let asked = download.pageAsked, sessions[asked.session] != nil,
            now.monotonic - asked.at < SwarmLimits.replyPatience
        {
            return
        }
        let holders = download.holdings.entries.filter { entry in
            entry.value.extent == .complete && isUsable(entry.key) && mayAskForPage(entry.key)
        }
        let others = holders.filter { $0.key != download.pageAsked?.session }
        guard let holder = others.first ?? holders.first else { return }
        _ = downloads.change(blob) { $0.pageAsked = (holder.key, now.monotonic) }
        let page = UInt64(download.pages.count)
        send(
            .groupsRequest(layer: holder.value.layer, blob: blob, page: page), to: holder.key)
    }

    private func mayAskForPage(_ session: SessionNumber) -> Bool {
        let asked = downloads.values.filter { $0.pageAsked?.session == session }.count
        return asked < SwarmLimits.pagesAskedMax
    }

    func isUsable(_ session: SessionNumber) -> Bool {
        guard let entry = sessions[session], !entry.isClosing else { return false }
        return bans[entry.facts.peer] == nil
    }

    mutating func receiveGroups(
        _ bytes: [UInt8], page: UInt64, of blob: Digest, from session: SessionNumber
    ) {
        guard var download = downloads[blob], download.pageAsked?.session == session,
            download.groups == nil, page == UInt64(download.pages.count)
        else { return }
        download.pageAsked = nil
        guard !bytes.isEmpty else {
            downloads[blob] = download
            if let holding = download.holdings[session] {
                lacks(session, blob, through: holding.layer)
            }
            advance(download: blob)
            return
        }
        do throws(WireError) {
            var reader = Reader(bytes)
            let page = try GroupPage(reading: &reader, size: download.size)
            try reader.finish()
            guard page.index == download.pages.count else { throw .invalid("page number") }
            try page.verify(id: blob)
            download.pages.append(page)
            if download.pages.count == GroupPage.count(size: download.size) {
                let layer = try GroupLayer(
                    id: blob, size: download.size, pages: download.pages)
                download.groups = layer
                download.pages = []
                effects.append(.saveGroupLayer(layer))
            }
            downloads[blob] = download
        } catch {
            downloads[blob] = download
            refute(session, blob: blob, group: nil, "its group values do not match the blob id")
            return
        }
        noteProgress(download.fetches)
        advance(download: blob)
    }

    // MARK: Groups

    /// Fills the room for requests, each time for the blob with the fewest groups under way, so
    /// that a large blob does not starve the others.
    private mutating func assignGroups() {
        while requests.count < SwarmLimits.requestsMax {
            let waiting = downloads.values.filter { download in
                download.isWaitingForPeers && download.groups != nil && !download.wanted.isEmpty
                    && hasRoom(download)
            }.sorted { ($0.asked, $0.blob) < ($1.asked, $1.blob) }
            guard let (download, index, session) = firstAssignable(waiting) else { return }
            ask(session, for: index, of: download)
        }
    }

    private func firstAssignable(
        _ waiting: [Download]
    ) -> (download: Download, index: Int, session: SessionNumber)? {
        for download in waiting {
            guard let last = download.wanted.indices.last,
                mayAsk(download, for: download.wanted[last])
            else { continue }
            if let session = leastAsked(download, download.wanted[last]) {
                return (download, last, session)
            }
            // Peers that have only a part may have what is not next in line.
            let isInParts = download.holdings.values.contains { holding in
                holding.extent != .complete && holding.extent != .none
            }
            guard isInParts, download.search == nil else { continue }
            for index in download.wanted.indices.reversed().dropFirst() {
                if let session = leastAsked(download, download.wanted[index]) {
                    return (download, index, session)
                }
            }
        }
        return nil
    }

    private mutating func ask(
        _ session: SessionNumber, for index: Int, of download: Download
    ) {
        guard let layer = download.groups, let through = download.holdings[session]?.layer else {
            return
        }
        let group = download.wanted[index]
        let request = GroupRequest(
            request: nextRequest, layer: through, blob: download.blob, group: group)
        nextRequest += 1
        _ = downloads.change(download.blob) { download in
            download.wanted.remove(at: index)
            download.asked += 1
        }
        _ = sessions.change(session) { $0.asked += 1 }
        requests[request.request] = PendingGroup(
            session: session, layer: through, blob: download.blob, group: group,
            asked: now.monotonic)
        effects.append(.requestGroup(session, request, layer))
    }

    /// Of the peers that have the group the one with the fewest groups asked of it. Over a relay,
    /// which somebody else pays for, only where no other peer has it.
    private func leastAsked(_ download: Download, _ group: UInt64) -> SessionNumber? {
        var best: (session: SessionNumber, asked: Int)?
        let isDirect = download.holdings.entries.contains { session, holding in
            holding.has(group: group) && isUsable(session)
                && sessions[session]?.facts.path.isRelayed == false
        }
        for (session, holding) in download.holdings.entries where holding.has(group: group) {
            guard let entry = sessions[session], isUsable(session),
                entry.asked < SwarmLimits.requestsPerSessionMax,
                entry.busyUntil <= now.monotonic, !isDirect || !entry.facts.path.isRelayed
            else { continue }
            if best.map({ entry.asked < $0.asked }) ?? true { best = (session, entry.asked) }
        }
        return best?.session
    }

    /// Ends a request; the group goes back to the wanted ones unless it arrived.
    private mutating func settle(_ number: UInt64, arrived: Bool) -> PendingGroup? {
        guard let pending = requests[number] else { return nil }
        requests[number] = nil
        _ = sessions.change(pending.session) { $0.asked -= 1 }
        _ = downloads.change(pending.blob) { download in
            download.asked -= 1
            if !arrived { download.wanted.append(pending.group) }
        }
        return pending
    }

    mutating func groupStored(
        _ session: SessionNumber, _ number: UInt64, _ byteCount: UInt64
    ) {
        guard let pending = settle(number, arrived: true) else { return }
        _ = sessions.change(session) { session in
            session.received += byteCount
            session.heard = now.monotonic
            session.delivered = now.monotonic
        }
        foundRoom(pending.blob)
        let wanting = downloads[pending.blob]?.fetches ?? []
        noteProgress(wanting)
        if let peer = sessions[session]?.facts.peer {
            for number in wanting where fetches[number]?.request.layer != pending.blob {
                _ = fetches.change(number) { $0.credit(peer, byteCount) }
            }
        }
        advance(download: pending.blob)
        assignGroups()
    }

    mutating func groupRefuted(_ session: SessionNumber, _ number: UInt64) {
        guard let pending = settle(number, arrived: false) else { return }
        refute(
            session, blob: pending.blob, group: pending.group,
            "its bytes do not match the blob id")
    }

    /// A peer sent what is provably wrong: it is not asked again for a while, and every fetch
    /// that wanted the blob remembers who, what and why.
    private mutating func refute(
        _ session: SessionNumber, blob: Digest, group: UInt64?, _ reason: String
    ) {
        guard let peer = sessions[session]?.facts.peer else { return }
        if triedNextDescription(blob, peer: peer, session: session) { return }
        let fault = PeerFault(node: peer, blob: blob, group: group, reason: reason)
        for number in downloads[blob]?.fetches ?? [] {
            _ = fetches.change(number) { $0.note(fault) }
        }
        let part = group.map { "group \($0) of " } ?? ""
        let text = "\(part)blob \(blob.hexadecimal) from \(peer.fingerprint): \(reason)"
        ban(peer, text, isShutOut: false)
        effects.append(.log("not asking \(peer.fingerprint) for a while: \(text)"))
        for (number, pending) in requests.entries where pending.session == session {
            send(.cancel(request: number), to: session)
        }
        forgetRequests(of: session)
        for number in fetches.keys { advance(number) }
    }

    mutating func groupUnwritable(
        _ session: SessionNumber, _ number: UInt64, _ problem: StoreProblem
    ) {
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
        assignGroups()
    }

    /// A session is gone: what was asked of it is asked of others.
    mutating func forgetRequests(of session: SessionNumber) {
        for (number, pending) in requests.entries where pending.session == session {
            _ = settle(number, arrived: false)
        }
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

    mutating func cancelRequests(for blob: Digest) {
        for (number, pending) in requests.entries where pending.blob == blob {
            send(.cancel(request: number), to: pending.session)
            _ = settle(number, arrived: false)
        }
    }

    /// Groups and answers that did not come in time are asked for again: groups of a peer from
    /// which nothing came for so long, however many wait behind a slow line.
    mutating func expireRequests() {
        for (number, pending) in requests.entries {
            let delivered = sessions[pending.session]?.delivered ?? 0
            let last = max(pending.asked, delivered)
            guard now.monotonic - last > SwarmLimits.groupPatience else { continue }
            send(.cancel(request: number), to: pending.session)
            _ = settle(number, arrived: false)
            _ = downloads.change(pending.blob) { $0.holdings[pending.session] = nil }
            advance(download: pending.blob)
        }
        for (blob, download) in downloads.entries {
            for (session, opening) in download.opening.entries
            where now.monotonic >= opening.until {
                _ = downloads.change(blob) { $0.opening[session] = nil }
            }
        }
    }
}
