import Genome
import Wire

extension Swarm {
    mutating func startFetch(_ number: FetchNumber, _ request: FetchRequest) {
        guard fetches[number] == nil else { return }
        let isFull = fetches.count >= SwarmLimits.fetchesMax
        fetches[number] = Fetch(request: request, at: now.monotonic)
        if held[request.layer] != nil && !request.withEvidence && !request.isRepair {
            endFetch(number, .done)
            return
        }
        guard !isFull else {
            let reason = "\(SwarmLimits.fetchesMax) fetches are under way; wait for one to end"
            endFetch(number, .failed(.store(StoreProblem(.quota, reason))))
            return
        }
        lookUp(number)
        report(number)
        if request.sealed != nil {
            advance(number)
            finishIfComplete(number)
        }
    }

    /// Asks the catalogue who has the layer when there is reason to, but not too often: anybody
    /// can make news.
    private mutating func lookUp(_ number: FetchNumber) {
        guard let fetch = fetches[number], fetch.isLookupWanted,
            fetch.nextLookup <= now.monotonic
        else { return }
        _ = fetches.change(number) { fetch in
            fetch.nextLookup = now.monotonic + SwarmLimits.lookupPause
            fetch.isLookupWanted = false
        }
        effects.append(.findHolders(number, layer: fetch.request.layer))
    }

    mutating func holdersFound(_ number: FetchNumber, _ found: LayerHolders) {
        guard var fetch = fetches[number] else { return }
        for description in found.descriptions
        where description.content.layer == fetch.request.layer
            && fetch.descriptions.count < SwarmLimits.descriptionsMax
            && !fetch.descriptions.contains(description)
        {
            fetch.descriptions.append(description)
        }
        for holder in found.holders where !fetch.holders.contains(holder) {
            fetch.holders.removeAll { $0.node == holder.node }
            guard fetch.holders.count < SwarmLimits.holdersMax else { continue }
            fetch.holders.append(holder)
            if holder.isUnreachable { noteWay(to: holder.node, holder.relays) }
        }
        if !fetch.descriptions.isEmpty && fetch.status.phase == .locating {
            fetch.status.phase = .describing
        }
        fetches[number] = fetch
        advance(number)
    }

    /// A record about a layer arrived: fetches that wait for it look again.
    mutating func holdersChanged(by record: Record) {
        let layer: Digest?
        switch record.content {
        case .layer(let content): layer = content.layer
        case .mirror(let content, _): layer = content.layer
        default: layer = nil
        }
        for (number, fetch) in fetches.entries {
            let isAbout = layer == fetch.request.layer || record.type == .holdings
            if fetch.request.sealed == nil, isAbout || record.type == .node {
                _ = fetches.change(number) { fetch in
                    fetch.isLookupWanted = true
                    if isAbout { fetch.absent[record.publisher] = nil }
                }
                lookUp(number)
            }
        }
    }

    /// Sessions with holders of the fetch's layer that may be asked.
    func candidates(_ fetch: Fetch) -> [SessionNumber] {
        sessions.entries.filter { entry in
            !entry.value.isClosing && mayAsk(entry.value.facts.peer, fetch)
                && fetch.holders.contains { $0.node == entry.value.facts.peer }
        }.map(\.key)
    }

    private func mayAsk(_ peer: NodeKey, _ fetch: Fetch) -> Bool {
        bans[peer] == nil && (fetch.absent[peer] ?? 0) <= now.monotonic
    }

    /// A peer says that it does not have something of a layer: it is no holder for a while.
    mutating func noteAbsent(_ session: SessionNumber, layer: Digest) {
        guard let peer = sessions[session]?.facts.peer else { return }
        for (number, fetch) in fetches.entries where fetch.request.layer == layer {
            let until = now.monotonic + SwarmLimits.absentSpan
            _ = fetches.change(number) { $0.absent[peer] = until }
        }
    }

    /// Something arrived that a fetch needed.
    mutating func noteProgress(_ numbers: [FetchNumber]) {
        for number in numbers {
            _ = fetches.change(number) { $0.progressed = now.monotonic }
        }
    }

    /// Does the next thing that a fetch needs.
    mutating func advance(_ number: FetchNumber) {
        guard let fetch = fetches[number], !fetch.status.isOver else { return }
        let isSealed = fetch.request.sealed != nil
        guard isSealed || !fetch.descriptions.isEmpty, !fetch.isAdopting else { return }
        // Also where nobody can be asked now: what is left may be the disk's part alone.
        for blob in fetch.open where downloads[blob]?.shortage != nil { advance(download: blob) }
        let candidates = candidates(fetch)
        if candidates.count < fetch.plan.wanted { dialHolders(of: fetch) }
        if fetch.envelope != nil && fetch.manifest == nil { openManifest(number) }
        if fetch.manifest != nil || isSealed { openBlobs(number) }
        guard !candidates.isEmpty else { return }
        _ = fetches.change(number) { $0.strandedSince = nil }
        if fetch.envelope == nil, !isSealed {
            askForEnvelope(number, candidates)
            // Beside it: the id proves the manifest, the signature is held against it when both
            // are here.
            openManifest(number)
        }
        for blob in fetches[number]?.open ?? [] { advance(download: blob) }
    }

    /// Holders that could be called for a fetch.
    private func others(_ fetch: Fetch) -> [LayerHolders.Holder] {
        fetch.holders.filter { holder in
            mayAsk(holder.node, fetch) && session(with: holder.node) == nil
                && !isDialling(holder.node)
        }
    }

    /// Whether a fetch goes on with as many holders as it has.
    private mutating func planSources(_ number: FetchNumber) {
        guard let fetch = fetches[number], !fetch.isPaused, fetch.status.phase == .transferring,
            fetch.plan.isDue(received: fetch.status.received, at: now.monotonic)
        else { return }
        let sources = candidates(fetch).count
        let hasOthers = sources < SourceLimits.most && !others(fetch).isEmpty
        let done = fetch.status.received + fetch.status.reused
        _ = fetches.change(number) { fetch in
            fetch.plan.look(
                received: fetch.status.received,
                missing: fetch.status.size - min(fetch.status.size, done), sources: sources,
                hasOthers: hasOthers, at: now.monotonic)
        }
    }

    private mutating func dialHolders(of fetch: Fetch) {
        let dialling = fetch.holders.filter { isDialling($0.node) }.count
        guard dialling < SwarmLimits.holdersDialledMax else { return }
        let others = others(fetch)
        let near = others.filter { !needsWay($0) }
        let hasDirect = candidates(fetch).contains { sessions[$0]?.facts.path.isRelayed == false }
        let far = hasDirect ? [] : others.filter(needsWay)
        for holder in (near + far).prefix(SwarmLimits.holdersDialledMax - dialling) {
            let isKnown = contacts.contains { $0.key == holder.node }
            let isDue = contacts.contains {
                $0.key == holder.node && $0.notBefore <= now.monotonic
            }
            if !isKnown || isDue { dialHolder(holder) }
        }
        dialContacts()
    }

    /// Whether a node is reached over a relay alone: such holders come last.
    private func needsWay(_ holder: LayerHolders.Holder) -> Bool {
        holder.isUnreachable || outOfReach.contains(holder.node)
    }

    // MARK: Blobs

    private mutating func openBlobs(_ number: FetchNumber) {
        while let fetch = fetches[number], let next = fetch.missing.first,
            mayOpen(next, beside: fetch.open)
        {
            _ = fetches.change(number) { $0.missing.removeFirst() }
            startDownload(next, for: number)
        }
    }

    /// Whether one more blob may be open: many that are small, or a few.
    private func mayOpen(_ blob: BlobReference, beside open: [Digest]) -> Bool {
        guard blob.size <= UInt64(HashTree.groupBytes) else {
            return open.count < SwarmLimits.openBlobsMax
        }
        return open.count < SwarmLimits.openSmallBlobsMax
    }

    mutating func startDownload(_ blob: BlobReference, for number: FetchNumber) {
        if let download = downloads[blob.blob] {
            guard download.size == blob.size else {
                let reason =
                    "blob \(blob.blob.hexadecimal) is being fetched with another size for "
                    + "another layer, and one of the two is wrong about it"
                endFetch(number, .failed(.invalid(reason)))
                return
            }
            _ = fetches.change(number) { $0.open.append(blob.blob) }
            creditShared(download, to: number)
            _ = downloads.change(blob.blob) { $0.fetches.append(number) }
            return
        }
        _ = fetches.change(number) { $0.open.append(blob.blob) }
        downloads[blob.blob] = Download(
            blob: blob.blob, size: blob.size, fetches: [number])
        effects.append(.openBlob(blob: blob.blob, size: blob.size))
    }

    /// What has arrived for another fetch counts as reused for one that joins.
    private mutating func creditShared(_ download: Download, to number: FetchNumber) {
        guard download.isOpen, download.blob != fetches[number]?.request.layer else { return }
        let here = download.here?.present.map(UInt64.init) ?? []
        let byteCount = byteCount(of: here, in: download)
        _ = fetches.change(number) { $0.status.reused += byteCount }
    }

    mutating func blobCompleted(_ blob: Digest) {
        guard let download = downloads[blob] else { return }
        downloads[blob] = nil
        tellComplete(blob)
        for number in download.fetches { blobArrived(blob, for: number) }
    }

    private mutating func blobArrived(_ blob: Digest, for number: FetchNumber) {
        _ = fetches.change(number) { $0.open.removeAll { $0 == blob } }
        noteProgress([number])
        guard let fetch = fetches[number] else { return }
        if blob == fetch.request.layer && fetch.manifest == nil {
            _ = fetches.change(number) { fetch in
                fetch.isManifestHere = true
                fetch.isReadingManifest = fetch.envelope != nil
            }
            if fetch.envelope != nil {
                effects.append(
                    .readManifest(number, layer: blob, withEvidence: fetch.request.withEvidence))
            }
        } else {
            if blob == fetch.manifest?.weights?.table.blob {
                // Searches on this machine waited for it.
                advance(number)
            } else if fetch.manifest != nil || fetch.request.sealed != nil {
                // The other blobs go on as they did; only there is room for the next ones.
                openBlobs(number)
            }
            finishIfComplete(number)
        }
        report(number)
    }

    mutating func finishIfComplete(_ number: FetchNumber) {
        if let fetch = fetches[number], fetch.request.sealed != nil {
            if fetch.missing.isEmpty && fetch.open.isEmpty { endFetch(number, .done) }
            return
        }
        guard let fetch = fetches[number], let manifest = fetch.manifest, !fetch.isAdopting,
            let envelope = fetch.envelope, fetch.missing.isEmpty, fetch.open.isEmpty,
            fetch.shortage.map({ $0.until <= now.monotonic }) ?? true
        else { return }
        _ = fetches.change(number) { $0.isAdopting = true }
        effects.append(
            .adoptLayer(
                number, layer: manifest.layer, manifest: manifest.bytes, envelope: envelope))
    }

    mutating func layerAdopted(_ number: FetchNumber, _ layer: HeldLayer) {
        hold(layer)
        endFetch(number, .done)
    }

    mutating func downloadFailed(_ blob: Digest, _ problem: StoreProblem) {
        guard let download = downloads[blob] else { return }
        for number in download.fetches { endFetch(number, .failed(.store(problem))) }
    }

    /// Ends a fetch and lets go of the blobs that only it wanted.
    mutating func endFetch(_ number: FetchNumber, _ phase: FetchStatus.Phase) {
        guard let fetch = fetches[number] else { return }
        _ = fetches.change(number) { $0.status.phase = phase }
        report(number)
        fetches[number] = nil
        endOffer(number, fetch.request.layer)
        for blob in fetch.open {
            _ = downloads.change(blob) { $0.fetches.removeAll { $0 == number } }
            guard downloads[blob]?.fetches.isEmpty == true else { continue }
            cancelRequests(for: blob)
            downloads[blob] = nil
            effects.append(.releaseBlob(blob: blob))
        }
    }

    mutating func report(_ number: FetchNumber) {
        guard var fetch = fetches[number] else { return }
        fetch.status.slow = slowness(of: fetch)
        _ = fetches.change(number) { entry in
            entry.reported = now.monotonic
            entry.status.slow = fetch.status.slow
        }
        effects.append(.fetchChanged(number, fetch.status))
    }

    /// Looks after fetches that wait: asks again, reports, and gives up when nobody is left.
    mutating func watchFetches() {
        expireRequests()
        tellWatchers()
        for (number, fetch) in fetches.entries {
            if now.monotonic - min(now.monotonic, fetch.reported) >= SwarmLimits.reportPause {
                report(number)
            }
            lookUp(number)
            planSources(number)
            advance(number)
            if fetch.status.pause != nil || fetch.isPaused {
                noteProgress([number])
                if fetch.shortage != nil { finishIfComplete(number) }
                continue
            }
            guard isWaitingForPeers(number) else { continue }
            if candidates(fetch).isEmpty {
                strand(number)
            } else if now.monotonic - fetch.progressed > SwarmLimits.stallPatience {
                let seconds = SwarmLimits.stallPatience / Span.second
                giveUp(number, "its holders answer, but sent nothing of use for \(seconds) s")
            }
        }
    }

    /// Whether a fetch can go on only by what peers send, not by what the shell is doing.
    private func isWaitingForPeers(_ number: FetchNumber) -> Bool {
        guard let fetch = fetches[number], !fetch.isAdopting else { return false }
        if fetch.envelope == nil, fetch.request.sealed == nil { return true }
        return fetch.open.contains { downloads[$0]?.isWaitingForPeers == true }
    }

    private mutating func strand(_ number: FetchNumber) {
        guard let fetch = fetches[number],
            !fetch.open.contains(where: { downloads[$0]?.examination == .running })
        else { return }
        let since = fetch.strandedSince ?? now.monotonic
        _ = fetches.change(number) { fetch in
            fetch.strandedSince = since
            if now.monotonic >= fetch.nextLookup + Span.second, fetch.request.sealed == nil {
                fetch.isLookupWanted = true
            }
        }
        let hasOthers = fetch.holders.contains { mayAsk($0.node, fetch) }
        let isOver = now.monotonic - since > fetch.request.patience
        if isOver || (!fetch.faults.isEmpty && !hasOthers) {
            giveUp(number, strandedReason(fetch))
        }
    }

    /// Ends a fetch for want of a peer; proven faults are the better reason.
    private mutating func giveUp(_ number: FetchNumber, _ reason: String) {
        guard let fetch = fetches[number] else { return }
        endFetch(
            number,
            .failed(fetch.faults.isEmpty ? .unreachable(reason) : .corrupt(fetch.faults)))
    }

    private func strandedReason(_ fetch: Fetch) -> String {
        if fetch.descriptions.isEmpty, fetch.request.sealed == nil {
            return "no record of this layer has reached this node"
        }
        let missed = fetch.holders.filter { mayAsk($0.node, fetch) }
        let names = missed.prefix(4).map(\.node.fingerprint).joined(separator: ", ")
        return names.isEmpty
            ? "none of the peers that announced it has it"
            : "none of its holders can be reached (\(names))"
    }

    mutating func sessionReady(_ number: SessionNumber) {
        for fetch in fetches.keys { advance(fetch) }
    }

    mutating func sessionGone(_ peer: NodeKey) {
        for (number, _) in fetches.entries {
            _ = fetches.change(number) { $0.envelopeAsked[peer] = nil }
            advance(number)
        }
    }
}
