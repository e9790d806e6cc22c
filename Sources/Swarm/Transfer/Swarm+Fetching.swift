import Genome
import Wire

extension Swarm {
    mutating func startFetch(_ number: FetchNumber, _ request: FetchRequest) {
        guard fetches[number] == nil else { return }
        var fetch = Fetch(request: request)
        fetch.progressed = now.monotonic
        fetches[number] = fetch
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
        if fetch.descriptions.isEmpty {
            fetch.descriptions = Array(found.descriptions.prefix(SwarmLimits.descriptionsMax))
        }
        for holder in found.holders where !fetch.holders.contains(holder) {
            fetch.holders.removeAll { $0.node == holder.node }
            guard fetch.holders.count < SwarmLimits.holdersMax else { break }
            fetch.holders.append(holder)
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
        guard !fetch.descriptions.isEmpty else { return }
        let candidates = candidates(fetch)
        if candidates.count < SwarmLimits.holdersDialledMax { dialHolders(of: fetch) }
        guard !candidates.isEmpty else { return }
        _ = fetches.change(number) { $0.strandedSince = nil }
        if fetch.manifest == nil {
            if fetch.envelopes.isEmpty { askForEnvelope(number, candidates) }
            if fetch.manifestBytes == nil { openManifest(number) }
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
            guard let peer = sessions[session]?.facts.peer else { continue }
            if let asked = fetch.envelopeAsked[peer],
                now.monotonic - asked < SwarmLimits.replyPatience
            {
                continue
            }
            _ = fetches.change(number) { $0.envelopeAsked[peer] = now.monotonic }
            send(.envelopeRequest(layer: fetch.request.layer), to: session)
        }
    }

    mutating func receiveEnvelope(
        _ bytes: [UInt8], of layer: Digest, from session: SessionNumber
    ) {
        guard let peer = sessions[session]?.facts.peer else { return }
        for (number, fetch) in fetches.entries
        where fetch.request.layer == layer && fetch.manifest == nil {
            guard fetch.envelopeAsked[peer] != nil,
                fetch.envelopes.count < SwarmLimits.envelopesMax
            else { continue }
            if bytes.isEmpty {
                _ = fetches.change(number) { fetch in
                    fetch.holders.removeAll { $0.node == peer }
                }
            } else {
                _ = fetches.change(number) { $0.envelopes.append(bytes) }
                describe(number)
            }
            advance(number)
        }
    }

    private mutating func openManifest(_ number: FetchNumber) {
        guard let fetch = fetches[number], let content = fetch.descriptions.first?.content,
            fetch.open.isEmpty
        else { return }
        startDownload(
            BlobReference(blob: content.layer, size: content.manifestSize), for: number)
    }

    mutating func manifestRead(_ number: FetchNumber, _ bytes: [UInt8]) {
        guard fetches[number]?.manifestBytes == nil else { return }
        _ = fetches.change(number) { $0.manifestBytes = bytes }
        describe(number)
        advance(number)
    }

    /// Looks among the envelopes for the one with the publisher's signature under the manifest,
    /// whose bytes are proven by the layer id.
    private mutating func describe(_ number: FetchNumber) {
        guard let fetch = fetches[number], let bytes = fetch.manifestBytes,
            fetch.manifest == nil
        else { return }
        do throws(GenomeError) {
            _ = try Manifest.decode(bytes)
        } catch {
            endFetch(number, .failed(.invalid("its manifest is refused: \(error)")))
            return
        }
        for envelope in fetch.envelopes {
            guard let manifest = try? Manifest.verified(bytes, envelope: envelope) else {
                continue
            }
            _ = fetches.change(number) { fetch in
                fetch.envelope = envelope
                fetch.progressed = now.monotonic
            }
            begin(number, manifest)
            return
        }
        // None of them is good: the next holder is asked.
        _ = fetches.change(number) { $0.envelopes = [] }
    }

    private mutating func begin(_ number: FetchNumber, _ manifest: Manifest) {
        guard let fetch = fetches[number] else { return }
        if let fault = unfit(manifest) {
            endFetch(number, .failed(.invalid(fault)))
            return
        }
        flagContradictions(manifest, fetch)
        let blobs = fetch.request.withEvidence ? manifest.blobs : manifest.blobsToFetch
        _ = fetches.change(number) { fetch in
            fetch.manifest = manifest
            fetch.missing = blobs.filter { $0.blob != manifest.layer }.sorted {
                $0.size < $1.size
            }
            fetch.status.phase = .transferring
            fetch.status.size = blobs.reduce(0) { $0 + $1.size }
        }
        finishIfComplete(number)
    }

    /// Why a layer with this manifest is not taken in; nil when it may be.
    private func unfit(_ manifest: Manifest) -> String? {
        guard manifest.blobs.allSatisfy({ $0.size <= Limits.blobBytesMax }) else {
            return "a file is larger than a blob may be (1 TiB)"
        }
        guard manifest.visibility == .public else {
            return "it was announced, but its manifest is not public"
        }
        return nil
    }

    /// The manifest is proven; whoever signed a record that says otherwise is named.
    private mutating func flagContradictions(_ manifest: Manifest, _ fetch: Fetch) {
        for description in fetch.descriptions {
            let content = description.content
            let agrees =
                description.publisher == manifest.publisher && content.name == manifest.name
                && content.version == manifest.version.text && content.size == manifest.size
                && content.manifestSize == UInt64(manifest.bytes.count)
            guard !agrees else { continue }
            effects.append(
                .log(
                    "\(description.source.fingerprint) signed a record that contradicts the "
                        + "manifest of layer \(manifest.layer.hexadecimal)"))
        }
    }

    /// The manifest did not fit what a record says of its size: believes the next record, if one
    /// says otherwise. Nobody who sent bytes is to blame before that.
    mutating func believeNextDescription(of blob: Digest) -> Bool {
        guard let download = downloads[blob], download.layer == blob else { return false }
        let others = download.fetches.filter { number in
            fetches[number]?.descriptions.contains {
                $0.content.manifestSize != download.size
            } ?? false
        }
        guard !others.isEmpty else { return false }
        cancelRequests(for: blob)
        downloads[blob] = nil
        effects.append(.releaseBlob(blob: blob))
        for number in download.fetches {
            _ = fetches.change(number) { fetch in
                fetch.open.removeAll { $0 == blob }
                fetch.descriptions.removeAll { $0.content.manifestSize == download.size }
            }
        }
        for number in others { advance(number) }
        return true
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
        _ = fetches.change(number) { fetch in
            fetch.open.removeAll { $0 == blob }
            fetch.progressed = now.monotonic
        }
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
                let isStalled = now.monotonic - fetch.progressed > SwarmLimits.stallPatience
                if isStalled {
                    endFetch(number, .failed(.unreachable("its holders do not answer")))
                } else {
                    advance(number)
                }
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
        if fetch.descriptions.isEmpty { return "no record of this layer has reached this node" }
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
            _ = fetches.change(number) { $0.envelopeAsked[peer] = nil }
            advance(number)
        }
    }
}
