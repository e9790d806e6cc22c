import Genome
import Wire

/// Giving out what has come of a public layer while the rest is on its way, so that a chain of
/// nodes costs a group's time for each, not a file's.
extension Swarm {
    /// Whether the node gives out what comes of a layer: one that everybody may have, and that it
    /// would announce once it is whole.
    mutating func offerIfAllowed(_ number: FetchNumber, _ policy: LayerPolicy) {
        guard let fetch = fetches[number], let manifest = fetch.manifest,
            let envelope = fetch.envelope, settings.isSeeding, policy.visibility == .public,
            policy.distribution.isPeerToPeer, held[manifest.layer] == nil
        else { return }
        var layer = HeldLayer(
            manifest, envelope: envelope, blobs: manifest.blobsToFetch, announced: nil)
        layer.policy = policy
        guard offered[manifest.layer] != nil || offered.count < SwarmLimits.fetchesMax else {
            return
        }
        offered[manifest.layer] = layer
        fetchingOffered[manifest.layer, default: []].insert(number)
    }

    /// A fetch is over: what was offered through it is here, or is not given out any more.
    mutating func endOffer(_ number: FetchNumber, _ layer: Digest) {
        guard var numbers = fetchingOffered[layer] else { return }
        numbers.remove(number)
        fetchingOffered[layer] = numbers.isEmpty ? nil : numbers
        guard numbers.isEmpty else { return }
        offered[layer] = nil
        for (session, entry) in sessions.entries {
            for (blob, through) in entry.watched.entries where through == layer {
                tellLast(held[layer] == nil ? .none : .complete, blob, layer, to: session)
            }
        }
    }

    /// What is here of a blob of a layer that is offered: all, a part, or nothing yet.
    func extent(of blob: Digest, in layer: HeldLayer) -> Holding.Extent {
        if blob == layer.layer { return .complete }
        if let download = downloads[blob] {
            return .groups(bitmap: cut(download.here?.bytes ?? []))
        }
        let isOnItsWay = (fetchingOffered[layer.layer] ?? []).contains { number in
            fetches[number]?.missing.contains { $0.blob == blob } ?? false
        }
        return isOnItsWay ? .groups(bitmap: []) : .complete
    }

    private func cut(_ bitmap: [UInt8]) -> [UInt8] {
        Array(bitmap.prefix(Limits.bitmapBytesMax))
    }

    /// Whether a group may be read: of a blob that is on its way only one that came.
    func isHere(_ group: UInt64, of blob: Digest) -> Bool {
        downloads[blob].map { $0.has(group) } ?? true
    }

    /// Remembers that a peer wants to know what comes of a blob.
    mutating func watch(_ blob: Digest, through layer: Digest, by session: SessionNumber) {
        _ = sessions.change(session) { session in
            guard
                session.watched[blob] != nil
                    || session.watched.count < SwarmLimits.watchedPerSessionMax
            else { return }
            session.watched[blob] = layer
        }
    }

    /// A group came and was proven.
    mutating func noteHere(_ group: UInt64, of blob: Digest) {
        _ = downloads.change(blob) { download in
            if download.here?.insert(Int(group)) == true { download.news.append(group) }
        }
    }

    /// Tells those who watch what came since the last time.
    mutating func tellWatchers() {
        for (blob, download) in downloads.entries where !download.news.isEmpty {
            _ = downloads.change(blob) { $0.news = [] }
            tell(download.news, of: blob)
        }
    }

    private mutating func tell(_ groups: [UInt64], of blob: Digest) {
        for (session, entry) in sessions.entries {
            guard let layer = entry.watched[blob] else { continue }
            for change in HoldingChange.all(layer: layer, blob: blob, groups: groups) {
                send(.holdingChange(change), to: session)
            }
        }
    }

    /// A blob is whole: those who watch are told so.
    mutating func tellComplete(_ blob: Digest) {
        for (session, entry) in sessions.entries {
            if let layer = entry.watched[blob] { tellLast(.complete, blob, layer, to: session) }
        }
    }

    /// Tells a peer how it stands with a blob, and nothing of it any more.
    private mutating func tellLast(
        _ extent: Holding.Extent, _ blob: Digest, _ layer: Digest, to session: SessionNumber
    ) {
        _ = sessions.change(session) { $0.watched[blob] = nil }
        send(.holding(Holding(layer: layer, blob: blob, extent: extent)), to: session)
    }

    /// A peer that fetches a blob too has more of it.
    mutating func receive(_ change: HoldingChange, from session: SessionNumber) {
        guard let download = downloads[change.blob],
            let holding = download.holdings[session], holding.layer == change.layer,
            holding.isPart
        else { return }
        let count = HashTree.groupCount(size: download.size)
        _ = downloads.change(change.blob) { download in
            download.holdings[session] = holding.adding(change.runs, count: count)
        }
        advance(download: change.blob)
    }
}
