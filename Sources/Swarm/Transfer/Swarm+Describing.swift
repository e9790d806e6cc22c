import Genome
import Wire

/// How a fetch comes to its manifest: the signature, the bytes, and whether they agree with the
/// record that led here.
extension Swarm {
    mutating func askForEnvelope(_ number: FetchNumber, _ candidates: [SessionNumber]) {
        guard let fetch = fetches[number] else { return }
        for session in candidates {
            guard let peer = sessions[session]?.facts.peer else { continue }
            if let asked = fetch.envelopeAsked[peer],
                now.monotonic - asked <= SwarmLimits.replyPatience
            {
                continue
            }
            _ = fetches.change(number) { $0.envelopeAsked[peer] = now.monotonic }
            accept(number, to: session)
            send(.envelopeRequest(layer: fetch.request.layer), to: session)
        }
    }

    mutating func receiveEnvelope(
        _ bytes: [UInt8], of layer: Digest, from session: SessionNumber
    ) {
        guard let peer = sessions[session]?.facts.peer else { return }
        for (number, fetch) in fetches.entries
        where fetch.request.layer == layer && fetch.envelope == nil {
            guard fetch.envelopeAsked[peer] != nil else { continue }
            if bytes.isEmpty {
                noteAbsent(session, layer: layer)
            } else {
                _ = fetches.change(number) { fetch in
                    fetch.envelope = bytes
                    fetch.envelopeSource = peer
                }
                noteProgress([number])
            }
            advance(number)
        }
    }

    mutating func openManifest(_ number: FetchNumber) {
        guard let fetch = fetches[number], fetch.open.isEmpty, !fetch.isReadingManifest,
            fetch.envelope != nil || !fetch.isManifestHere, let size = fetch.manifestSize
        else { return }
        startDownload(BlobReference(blob: fetch.request.layer, size: size), for: number)
    }

    mutating func manifestRead(_ number: FetchNumber, _ found: ReadManifest) {
        _ = fetches.change(number) { $0.isReadingManifest = false }
        guard let fetch = fetches[number], let envelope = fetch.envelope,
            fetch.manifest == nil
        else { return }
        let manifest: Manifest
        do throws(GenomeError) {
            manifest = try found.manifest.get()
        } catch {
            endFetch(number, .failed(.invalid("its manifest is refused: \(error)")))
            return
        }
        do throws(GenomeError) {
            try manifest.requireSignature(in: envelope)
        } catch {
            refuseEnvelope(number, "the signature that came with it is refused: \(error)")
            return
        }
        if let fault = unfit(manifest) {
            endFetch(number, .failed(.invalid(fault)))
            return
        }
        var policy = LayerPolicy(manifest)
        policy.contradiction = found.contradiction
        for statement in found.statements where statement.publisher == manifest.publisher {
            policy.take(statement, widest: manifest.visibility)
        }
        // Without it a record that named milder terms than the manifest would be enough.
        if fetch.request.acceptance != nil { policy.acceptances.insert(settings.node) }
        let actions: [Action] = fetch.request.isMirroring ? [.fetch, .mirror] : [.fetch]
        for action in actions {
            guard let refusal = decide(action, policy, by: myself).refusal else { continue }
            endFetch(number, .failed(.refused(refusal)))
            return
        }
        if fetch.request.isMirroring, !isFollowed(manifest) {
            let reason = "nothing that is followed covers it, whatever its records say"
            endFetch(number, .failed(.invalid(reason)))
            return
        }
        flagContradictions(manifest, fetch)
        if let shortage = found.shortage {
            endFetch(number, .failed(.store(shortage)))
            return
        }
        let blobs = fetch.request.withEvidence ? manifest.blobs : manifest.blobsToFetch
        _ = fetches.change(number) { fetch in
            fetch.manifest = manifest
            fetch.tensorFiles = Dictionary(
                manifest.tensorFiles.map { ($0.blob, $0.path.text) }
            ) { one, _ in one }
            // The tensor table first: searches for what is here already wait for it.
            let table = manifest.weights?.table.blob
            fetch.missing = blobs.filter { $0.blob != manifest.layer }.sorted {
                ($0.blob == table ? 0 : 1, $0.size) < ($1.blob == table ? 0 : 1, $1.size)
            }
            fetch.status.phase = .transferring
            fetch.status.size = blobs.reduce(0) { $0 + $1.size }
        }
        offerIfAllowed(number, policy)
        noteProgress([number])
        advance(number)
        finishIfComplete(number)
    }

    /// The manifest is what its id says, so a signature that does not fit is the fault of the
    /// peer that sent it; others may have the right one.
    private mutating func refuseEnvelope(_ number: FetchNumber, _ reason: String) {
        guard let fetch = fetches[number] else { return }
        _ = fetches.change(number) { fetch in
            fetch.envelope = nil
            fetch.envelopeSource = nil
            fetch.envelopeAsked = OrderedTable()
        }
        guard let source = fetch.envelopeSource else { return }
        let fault = PeerFault(
            node: source, blob: fetch.request.layer, group: nil, reason: reason)
        _ = fetches.change(number) { $0.note(fault) }
        ban(source, reason, isShutOut: false)
        effects.append(.log("not asking \(source.fingerprint) for a while: \(reason)"))
        advance(number)
    }

    /// Why a layer with this manifest is not taken in; nil when it may be.
    private func unfit(_ manifest: Manifest) -> String? {
        guard manifest.blobs.allSatisfy({ $0.size <= Limits.blobBytesMax }) else {
            return "a file is larger than a blob may be (1 TiB)"
        }
        guard manifest.visibility != .private else {
            return "it was announced, but its manifest is private"
        }
        return nil
    }

    /// The manifest is proven; whoever signed a record that says otherwise is named.
    private mutating func flagContradictions(_ manifest: Manifest, _ fetch: Fetch) {
        let facts = LayerContent(manifest)
        for description in fetch.descriptions {
            guard let fault = Self.difference(description, facts, manifest.publisher) else {
                continue
            }
            effects.append(
                .log(
                    "\(description.source.fingerprint) signed a record that contradicts the "
                        + "manifest of layer \(facts.layer.hexadecimal) in its \(fault)"))
        }
    }

    /// The first fact in which a record and a manifest differ; nil when they agree in all that
    /// people choose a layer by.
    private static func difference(
        _ description: LayerHolders.Description, _ facts: LayerContent, _ publisher: NodeKey
    ) -> String? {
        let said = description.content
        if description.publisher != publisher { return "publisher" }
        if said.manifestSize != facts.manifestSize { return "manifest size" }
        if said.name != facts.name { return "name" }
        if said.version != facts.version { return "version" }
        if said.type != facts.type { return "type" }
        if said.licence != facts.licence { return "licence" }
        if said.size != facts.size { return "size" }
        if said.weights != facts.weights { return "weights" }
        if said.baseWeights != facts.baseWeights { return "base" }
        if said.isPeerToPeer != facts.isPeerToPeer { return "p2pEnabled" }
        return nil
    }

    /// The bytes that a peer sent are not a manifest of the size that a record gave. The peer is
    /// to blame if it signed that size itself, or if no other size is left to try with it;
    /// otherwise the next description is tried and true is given.
    mutating func triedNextDescription(
        _ blob: Digest, peer: NodeKey, session: SessionNumber
    ) -> Bool {
        guard let download = downloads[blob] else { return false }
        let numbers = download.fetches.filter { fetches[$0]?.request.layer == blob }
        for number in numbers {
            _ = fetches.change(number) { $0.mismatches.append((peer, download.size)) }
        }
        let canGoOn = numbers.contains { number in
            guard let fetch = fetches[number] else { return false }
            return fetch.nextDescription(for: peer, not: download.size) != nil
        }
        guard canGoOn else { return false }
        cancelRequests(for: blob)
        downloads[blob] = nil
        effects.append(.releaseBlob(blob: blob))
        for number in download.fetches {
            _ = fetches.change(number) { fetch in
                fetch.open.removeAll { $0 == blob }
                guard let next = fetch.nextDescription(for: peer, not: download.size) else {
                    return
                }
                fetch.descriptions.insert(fetch.descriptions.remove(at: next), at: 0)
            }
            advance(number)
        }
        return true
    }
}

extension Fetch {
    /// The description to try after one whose manifest size did not fit what `peer` sent.
    fileprivate func nextDescription(for peer: NodeKey, not size: UInt64) -> Int? {
        let isOwnWord = descriptions.contains { description in
            description.content.manifestSize == size && description.source == peer
        }
        guard !isOwnWord else { return nil }
        return descriptions.firstIndex { description in
            let other = description.content.manifestSize
            return other != size && !mismatches.contains { $0 == (peer, other) }
        }
    }
}
