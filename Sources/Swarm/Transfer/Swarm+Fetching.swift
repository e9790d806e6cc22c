import Genome
import Wire

extension Swarm {
    mutating func startFetch(_ number: FetchNumber, _ request: FetchRequest) {
        guard fetches[number] == nil else { return }
        fetches[number] = Fetch(request: request)
        if held[request.layer] != nil && !request.withEvidence {
            endFetch(number, .done)
            return
        }
        lookUp(number)
        report(number)
    }

    /// Asks the catalogue who has the layer, at most once a second.
    private mutating func lookUp(_ number: FetchNumber) {
        guard let fetch = fetches[number], fetch.nextLookup <= now.monotonic else { return }
        _ = fetches.change(number) { $0.nextLookup = now.monotonic + Span.second }
        effects.append(.findHolders(number, layer: fetch.request.layer))
    }

    mutating func holdersFound(_ number: FetchNumber, _ found: LayerHolders) {
        guard var fetch = fetches[number] else { return }
        if fetch.content == nil {
            fetch.content = found.content
            fetch.publisher = found.publisher
        }
        for holder in found.holders where !fetch.holders.contains(holder) {
            fetch.holders.removeAll { $0.node == holder.node }
            fetch.holders.append(holder)
        }
        if fetch.content != nil && fetch.status.phase == .locating {
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
            if isAbout || record.type == .node {
                _ = fetches.change(number) { $0.nextLookup = now.monotonic }
                lookUp(number)
            }
        }
    }

    /// Sessions with holders of the fetch's layer that are not banned.
    func candidates(_ fetch: Fetch) -> [SessionNumber] {
        sessions.entries.filter { entry in
            !entry.value.isClosing && bans[entry.value.facts.peer] == nil
                && fetch.holders.contains { $0.node == entry.value.facts.peer }
        }.map(\.key)
    }

    /// Does the next thing that a fetch needs.
    mutating func advance(_ number: FetchNumber) {
        guard let fetch = fetches[number], !fetch.status.isOver else { return }
        guard fetch.content != nil else { return }
        let candidates = candidates(fetch)
        if candidates.count < SwarmLimits.holdersDialledMax { dialHolders(of: fetch) }
        guard !candidates.isEmpty else { return }
        _ = fetches.change(number) { $0.strandedSince = nil }
        if fetch.envelope == nil {
            askForEnvelope(number, candidates)
        } else if fetch.manifest == nil {
            openManifest(number)
        } else {
            openBlobs(number)
        }
        for blob in fetches[number]?.open ?? [] { advance(download: blob) }
    }

    private mutating func dialHolders(of fetch: Fetch) {
        let dialling = fetch.holders.filter { isDialling($0.node) }.count
        guard dialling < SwarmLimits.holdersDialledMax else { return }
        let others = fetch.holders.filter { holder in
            bans[holder.node] == nil && session(with: holder.node) == nil
                && !isDialling(holder.node)
        }
        for holder in others.prefix(SwarmLimits.holdersDialledMax - dialling) {
            let isKnown = contacts.contains { $0.key == holder.node }
            let isDue = contacts.contains {
                $0.key == holder.node && $0.notBefore <= now.monotonic
            }
            if !isKnown || isDue { dialHolder(holder) }
        }
        dialContacts()
    }

    // MARK: Envelope and manifest

    private mutating func askForEnvelope(
        _ number: FetchNumber, _ candidates: [SessionNumber]
    ) {
        guard let fetch = fetches[number] else { return }
        for session in candidates {
            guard let peer = sessions[session]?.facts.peer,
                !fetch.envelopeAsked.contains(peer)
            else { continue }
            _ = fetches.change(number) { $0.envelopeAsked.append(peer) }
            send(.envelopeRequest(layer: fetch.request.layer), to: session)
        }
    }

    mutating func receiveEnvelope(
        _ bytes: [UInt8], of layer: Digest, from session: SessionNumber
    ) {
        guard let peer = sessions[session]?.facts.peer else { return }
        for (number, fetch) in fetches.entries
        where fetch.request.layer == layer && fetch.envelope == nil {
            guard fetch.envelopeAsked.contains(peer) else { continue }
            if bytes.isEmpty {
                _ = fetches.change(number) { fetch in
                    fetch.holders.removeAll { $0.node == peer }
                }
            } else {
                _ = fetches.change(number) { $0.envelope = bytes }
            }
            advance(number)
        }
    }

    private mutating func openManifest(_ number: FetchNumber) {
        guard let fetch = fetches[number], let content = fetch.content, fetch.open.isEmpty else {
            return
        }
        startDownload(
            BlobReference(blob: content.layer, size: content.manifestSize), for: number)
    }

    mutating func manifestRead(_ number: FetchNumber, _ bytes: [UInt8]) {
        guard let fetch = fetches[number], let envelope = fetch.envelope,
            fetch.manifest == nil
        else { return }
        let manifest: Manifest
        do throws(GenomeError) {
            manifest = try Manifest.verified(bytes, envelope: envelope)
        } catch {
            endFetch(number, .failed(.invalid("its manifest is refused: \(error)")))
            return
        }
        if let fault = contradiction(manifest, fetch) {
            endFetch(number, .failed(.invalid(fault)))
            return
        }
        let blobs = fetch.request.withEvidence ? manifest.blobs : manifest.blobsToFetch
        _ = fetches.change(number) { fetch in
            fetch.manifest = manifest
            fetch.missing = blobs.filter { $0.blob != manifest.layer }.sorted {
                $0.size < $1.size
            }
            fetch.status.phase = .transferring
            fetch.status.size = blobs.reduce(0) { $0 + $1.size }
        }
        advance(number)
        finishIfComplete(number)
    }

    /// What of the record that led here the manifest contradicts; nil when they agree.
    private func contradiction(_ manifest: Manifest, _ fetch: Fetch) -> String? {
        guard manifest.publisher == fetch.publisher else {
            return "the record names another publisher than the manifest"
        }
        guard manifest.visibility == .public else {
            return "it was announced, but its manifest is not public"
        }
        guard manifest.blobs.allSatisfy({ $0.size <= Limits.blobBytesMax }) else {
            return "a file is larger than a blob may be (1 TiB)"
        }
        guard let content = fetch.content, content.name == manifest.name,
            content.version == manifest.version.text, content.size == manifest.size
        else { return "the record contradicts the manifest in name, version or size" }
        return nil
    }

    // MARK: Blobs

    private mutating func openBlobs(_ number: FetchNumber) {
        while let fetch = fetches[number], let next = fetch.missing.first,
            fetch.open.count < SwarmLimits.openBlobsMax
        {
            _ = fetches.change(number) { $0.missing.removeFirst() }
            startDownload(next, for: number)
        }
    }

    private mutating func startDownload(_ blob: BlobReference, for number: FetchNumber) {
        guard let layer = fetches[number]?.request.layer else { return }
        _ = fetches.change(number) { $0.open.append(blob.blob) }
        if downloads[blob.blob] != nil {
            _ = downloads.change(blob.blob) { $0.fetches.append(number) }
            return
        }
        downloads[blob.blob] = Download(
            layer: layer, blob: blob.blob, size: blob.size, fetches: [number])
        effects.append(.openBlob(blob: blob.blob, size: blob.size))
    }

    mutating func blobCompleted(_ blob: Digest) {
        guard let download = downloads[blob] else { return }
        downloads[blob] = nil
        for number in download.fetches { blobArrived(blob, for: number) }
    }

    private mutating func blobArrived(_ blob: Digest, for number: FetchNumber) {
        _ = fetches.change(number) { $0.open.removeAll { $0 == blob } }
        guard let fetch = fetches[number] else { return }
        if blob == fetch.request.layer && fetch.manifest == nil {
            effects.append(.readManifest(number, layer: blob))
        } else {
            advance(number)
            finishIfComplete(number)
        }
        report(number)
    }

    private mutating func finishIfComplete(_ number: FetchNumber) {
        guard let fetch = fetches[number], let manifest = fetch.manifest,
            let envelope = fetch.envelope, fetch.missing.isEmpty, fetch.open.isEmpty
        else { return }
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
        for blob in fetch.open {
            _ = downloads.change(blob) { $0.fetches.removeAll { $0 == number } }
            guard downloads[blob]?.fetches.isEmpty == true else { continue }
            cancelRequests(for: blob)
            downloads[blob] = nil
            effects.append(.releaseBlob(blob: blob))
        }
    }

    mutating func report(_ number: FetchNumber) {
        guard let fetch = fetches[number] else { return }
        _ = fetches.change(number) { $0.reported = now.monotonic }
        effects.append(.fetchChanged(number, fetch.status))
    }

    /// Looks after fetches that wait: asks again, reports, and gives up when nobody is left.
    mutating func watchFetches() {
        expireRequests()
        for (number, fetch) in fetches.entries {
            if now.monotonic - min(now.monotonic, fetch.reported) >= SwarmLimits.reportPause {
                report(number)
            }
            guard candidates(fetch).isEmpty else {
                advance(number)
                continue
            }
            strand(number, fetch)
        }
    }

    private mutating func strand(_ number: FetchNumber, _ fetch: Fetch) {
        lookUp(number)
        advance(number)
        let since = fetch.strandedSince ?? now.monotonic
        _ = fetches.change(number) { $0.strandedSince = since }
        let isWaiting = fetch.holders.contains { isDialling($0.node) }
        if !fetch.faults.isEmpty && !isWaiting {
            endFetch(number, .failed(.corrupt(fetch.faults)))
        } else if now.monotonic - since > SwarmLimits.holderPatience {
            endFetch(number, .failed(.unreachable(strandedReason(fetch))))
        }
    }

    private func strandedReason(_ fetch: Fetch) -> String {
        if fetch.content == nil { return "no record of this layer has reached this node" }
        let names = fetch.holders.prefix(4).map(\.node.fingerprint).joined(separator: ", ")
        return names.isEmpty
            ? "none of the peers that announced it has it"
            : "none of its holders can be reached (\(names))"
    }

    mutating func sessionReady(_ number: SessionNumber) {
        for fetch in fetches.keys { advance(fetch) }
    }

    mutating func sessionGone(_ peer: NodeKey) {
        for (number, _) in fetches.entries {
            _ = fetches.change(number) { $0.envelopeAsked.removeAll { $0 == peer } }
            advance(number)
        }
    }
}
