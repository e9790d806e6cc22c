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
            let here = GroupSet(
                count: HashTree.groupCount(size: download.size), firstOf: bitmap)
            download.here = here
            download.wanted = here.missing.reversed().map(UInt64.init)
            let missingBytes = byteCount(of: download.wanted, in: download)
            beginAnywhere(&download)
            downloads[blob] = download
            credit(reused: download.size - missingBytes, download)
            for number in download.fetches { notePause(number) }
        }
        advance(download: blob)
    }

    /// Several nodes that begin to fetch a layer at the same time begin at different places, in
    /// order from there: else all of them would ask the only source for the same groups before
    /// they know of each other.
    private mutating func beginAnywhere(_ download: inout Download) {
        let isOffered = download.fetches.contains { number in
            fetches[number].map { offered[$0.request.layer] != nil } ?? false
        }
        guard isOffered, download.search == nil, !isSequential(download),
            download.size >= SwarmLimits.sharedBytesMin, download.wanted.count > 1
        else { return }
        let start = Int.random(in: download.wanted.indices, using: &transferGenerator)
        download.wanted = Array(download.wanted[start...] + download.wanted[..<start])
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
            isAssignmentDue = true
        }
    }

    /// Asks the holders of each layer that lists the blob what they have of it, through the
    /// layer that they hold.
    private mutating func askHoldings(_ download: Download) {
        for number in download.fetches {
            guard let fetch = fetches[number] else { continue }
            for session in candidates(fetch) {
                accept(number, to: session)
                seek(fetch.request.layer, from: session)
                ask(session, for: download.blob, through: fetch)
            }
        }
    }

    private mutating func ask(
        _ session: SessionNumber, for blob: Digest, through fetch: Fetch
    ) {
        let layer = fetch.request.layer
        guard let download = downloads[blob], download.opening[session] == nil,
            download.holdings[session] == nil, let peer = sessions[session]?.facts.peer
        else { return }
        // Who announced the layer has every blob of it: of a small one the bytes are asked for at
        // once, and a refusal tells the rest.
        if download.size <= UInt64(HashTree.groupBytes), !fetch.sharers.contains(peer) {
            _ = downloads.change(blob) { download in
                download.holdings[session] = Holding(
                    layer: layer, blob: blob, extent: .complete)
            }
            return
        }
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
    mutating func lacks(
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
        let holders = pageHolders(download).filter {
            isUsable($0.session) && mayAskForPage($0.session)
        }
        let others = holders.filter { $0.session != download.pageAsked?.session }
        guard let holder = others.first ?? holders.first else { return }
        _ = downloads.change(blob) { $0.pageAsked = (holder.session, now.monotonic) }
        let page = UInt64(download.pages.count)
        send(
            .groupsRequest(layer: holder.layer, blob: blob, page: page), to: holder.session)
    }

    /// Who has all of a blob, and the layer to ask through: those who said so, or, while no one
    /// has answered, those who announced the layer, so that no round trip is lost.
    private func pageHolders(
        _ download: Download
    ) -> [(session: SessionNumber, layer: Digest)] {
        let complete = download.holdings.entries.filter { $0.value.extent == .complete }
        guard download.holdings.entries.isEmpty else {
            return complete.map { ($0.key, $0.value.layer) }
        }
        return download.opening.entries.compactMap { session, opening in
            guard let peer = sessions[session]?.facts.peer,
                !download.fetches.contains(where: {
                    fetches[$0]?.sharers.contains(peer) == true
                })
            else { return nil }
            return (session, opening.layer)
        }
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
            let layer = download.holdings[session]?.layer ?? download.opening[session]?.layer
            download.opening[session] = nil
            downloads[blob] = download
            if let layer { lacks(session, blob, through: layer) }
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
}
