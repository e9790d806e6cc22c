import Genome
import Wire

extension Swarm {
    mutating func blobOpened(_ blob: Digest, _ state: OpenedBlob) {
        guard var download = downloads[blob] else {
            effects.append(.releaseBlob(blob: blob))
            return
        }
        switch state {
        case .complete:
            credit(reused: download.size, download)
            blobCompleted(blob)
            return
        case .failed(let problem):
            downloadFailed(blob, problem)
            return
        case .partial(let bitmap, let layer):
            download.isOpen = true
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
        }
        advance(download: blob)
    }

    private mutating func credit(reused byteCount: UInt64, _ download: Download) {
        for number in download.fetches where download.blob != download.layer {
            _ = fetches.change(number) { $0.status.reused += byteCount }
        }
    }

    /// Does the next thing that a blob needs: who has it, its group layer, its groups, its end.
    mutating func advance(download blob: Digest) {
        guard let download = downloads[blob], download.isOpen, !download.isCompleting else {
            return
        }
        if download.isComplete {
            _ = downloads.change(blob) { $0.isCompleting = true }
            effects.append(.completeBlob(blob: blob))
            return
        }
        askHoldings(download)
        if download.groups == nil {
            askForPage(blob)
        } else {
            assignGroups(blob)
        }
    }

    private func candidates(_ download: Download) -> [SessionNumber] {
        var result: [SessionNumber] = []
        for number in download.fetches {
            guard let fetch = fetches[number] else { continue }
            for session in candidates(fetch) where !result.contains(session) {
                result.append(session)
            }
        }
        return result
    }

    private mutating func askHoldings(_ download: Download) {
        for session in candidates(download)
        where download.holdings[session] == nil && download.opening[session] == nil {
            _ = downloads.change(download.blob) { $0.opening[session] = now.monotonic }
            send(.open(layer: download.layer, blob: download.blob), to: session)
        }
    }

    mutating func receive(_ holding: Holding, from session: SessionNumber) {
        guard let download = downloads[holding.blob], download.layer == holding.layer,
            download.opening[session] != nil || download.holdings[session] != nil
        else { return }
        _ = downloads.change(holding.blob) { download in
            download.opening[session] = nil
            download.holdings[session] = holding
        }
        if holding.extent == .none, let peer = sessions[session]?.facts.peer {
            noteAbsent(peer, download)
        }
        advance(download: holding.blob)
    }

    /// A peer that was announced as a holder says it has nothing: it is no holder for us.
    private mutating func noteAbsent(_ peer: NodeKey, _ download: Download) {
        for number in download.fetches {
            _ = fetches.change(number) { fetch in
                fetch.holders.removeAll { $0.node == peer }
            }
        }
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
            entry.value.extent == .complete && entry.key != download.pageAsked?.session
                && isUsable(entry.key)
        }
        guard let session = holders.first?.key ?? download.pageAsked?.session,
            isUsable(session)
        else { return }
        _ = downloads.change(blob) { $0.pageAsked = (session, now.monotonic) }
        let page = UInt64(download.pages.count)
        send(.groupsRequest(layer: download.layer, blob: blob, page: page), to: session)
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
        do throws(WireError) {
            guard !bytes.isEmpty else { throw .invalid("the peer has no such page") }
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
        advance(download: blob)
    }

    // MARK: Groups

    private mutating func assignGroups(_ blob: Digest) {
        while let download = downloads[blob], let group = download.wanted.last,
            requests.count < SwarmLimits.requestsMax, let layer = download.groups,
            let session = leastAsked(download, group)
        {
            let request = GroupRequest(
                request: nextRequest, layer: download.layer, blob: blob, group: group)
            nextRequest += 1
            _ = downloads.change(blob) { download in
                download.wanted.removeLast()
                download.asked += 1
            }
            _ = sessions.change(session) { $0.asked += 1 }
            requests[request.request] = PendingGroup(
                session: session, blob: blob, group: group, asked: now.monotonic)
            effects.append(.requestGroup(session, request, layer))
        }
    }

    /// Of the peers that have the group the one with the fewest groups asked of it.
    private func leastAsked(_ download: Download, _ group: UInt64) -> SessionNumber? {
        var best: (session: SessionNumber, asked: Int)?
        for (session, holding) in download.holdings.entries where holding.has(group: group) {
            guard let entry = sessions[session], isUsable(session),
                entry.asked < SwarmLimits.requestsPerSessionMax
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
        }
        if let download = downloads[pending.blob], download.blob != download.layer,
            let peer = sessions[session]?.facts.peer
        {
            for number in download.fetches {
                _ = fetches.change(number) { fetch in
                    fetch.credit(peer, byteCount)
                    fetch.progressed = now.monotonic
                }
            }
        }
        advance(download: pending.blob)
        advanceOthers(than: pending.blob)
    }

    /// Room for requests came free: blobs that waited for it may go on.
    private mutating func advanceOthers(than blob: Digest) {
        guard requests.count < SwarmLimits.requestsMax else { return }
        for (other, download) in downloads.entries
        where other != blob && !download.wanted.isEmpty {
            advance(download: other)
        }
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
        if believeNextDescription(of: blob) { return }
        guard let peer = sessions[session]?.facts.peer else { return }
        let fault = PeerFault(node: peer, blob: blob, group: group, reason: reason)
        for number in downloads[blob]?.fetches ?? [] {
            _ = fetches.change(number) { fetch in
                guard fetch.faults.count < SwarmLimits.faultsRememberedMax else { return }
                fetch.faults.append(fault)
            }
        }
        let part = group.map { "group \($0) of " } ?? ""
        let text = "\(part)blob \(blob.hexadecimal) from \(peer.fingerprint): \(reason)"
        bans[peer] = Ban(until: now.monotonic + SwarmLimits.banSpan, reason: text)
        effects.append(.log("not asking \(peer.fingerprint) for a while: \(text)"))
        forgetRequests(of: session)
        for number in fetches.keys { advance(number) }
    }

    mutating func groupUnwritable(
        _ session: SessionNumber, _ number: UInt64, _ problem: StoreProblem
    ) {
        guard let pending = settle(number, arrived: false) else { return }
        downloadFailed(pending.blob, problem)
    }

    mutating func rejected(
        _ number: UInt64, _ reason: Message.RejectReason, retryMilliseconds: UInt64,
        from session: SessionNumber
    ) {
        guard requests[number]?.session == session, let pending = settle(number, arrived: false)
        else { return }
        _ = downloads.change(pending.blob) { download in
            download.holdings[session] = nil
            let pause = min(retryMilliseconds, SwarmLimits.retryMillisecondsMax)
            download.opening[session] = now.monotonic + pause * Span.millisecond
        }
        if reason != .busy, let peer = sessions[session]?.facts.peer,
            let download = downloads[pending.blob]
        {
            noteAbsent(peer, download)
        }
        advance(download: pending.blob)
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

    /// Groups and answers that did not come in time are asked for again.
    mutating func expireRequests() {
        for (number, pending) in requests.entries
        where now.monotonic - pending.asked > SwarmLimits.groupPatience {
            send(.cancel(request: number), to: pending.session)
            _ = settle(number, arrived: false)
            _ = downloads.change(pending.blob) { $0.holdings[pending.session] = nil }
            advance(download: pending.blob)
        }
        for (blob, download) in downloads.entries {
            for (session, asked) in download.opening.entries
            where now.monotonic > asked + SwarmLimits.replyPatience {
                _ = downloads.change(blob) { $0.opening[session] = nil }
            }
        }
    }
}
