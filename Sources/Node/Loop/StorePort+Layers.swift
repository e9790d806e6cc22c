import Genome
import Host
import Store
import Swarm
import Wire

/// Layers that come in, and what the core is told of those that are here.
extension StorePort {
    /// Whether this node's key signs records of that publisher.
    func publishes(for publisher: NodeKey) -> Bool {
        guard publisher != node else { return true }
        let now = Clock.wallMilliseconds()
        return ownDelegations().contains { delegation in
            delegation.publisher == publisher && delegation.rights.contains(.publish)
                && now < delegation.expires
        }
    }

    var rights: LayerRights {
        LayerRights(library: library, catalogue: catalogue, keys: keys)
    }

    func readManifest(_ number: FetchNumber, _ layer: Digest, withEvidence: Bool) {
        indexLane.submit { [self] in
            let reader = try? BlobReader(layer, layout: library.layout)
            let bytes = try? reader?.readAll(limit: Limits.manifestBytesMax)
            let read = Result { () throws(GenomeError) in
                try library.decoded.manifest(bytes ?? [])
            }
            let manifest = try? read.get()
            if let manifest, manifest.layer == layer {
                reuse.learn(manifest)
                if (try? library.index.isMirrored(layer)) == true {
                    try? library.mirror(blobsOf: manifest)
                }
            }
            let refusal = manifest.flatMap { KnownTerms(library: library).answer($0).refusal }
            post(
                .manifestRead(
                    number,
                    ReadManifest(
                        read, contradiction: refusal,
                        statements: rights.statements(about: layer).map(\.statement),
                        shortage: manifest.flatMap {
                            shortage(of: withEvidence ? $0.blobs : $0.blobsToFetch)
                        })))
        }
    }

    /// Why there is no room for blobs that a fetch will ask for, if there is none.
    private func shortage(of blobs: [BlobReference]) -> StoreProblem? {
        do throws(StoreError) {
            try library.requireRoom(toFetch: blobs)
            return nil
        } catch {
            return StoreProblem(error)
        }
    }

    /// Takes a layer in whose blobs are all here, for a fetch.
    func adopt(_ number: FetchNumber, manifest: [UInt8], envelope: [UInt8]) {
        adopt(manifest: manifest, envelope: envelope) { [post] adoption in
            switch adoption {
            case .layer(let held): post(.layerAdopted(number, held))
            case .problem(let problem): post(.adoptionFailed(number, problem))
            }
        }
    }

    /// How taking a layer in ended.
    enum Adoption: Sendable {
        /// It is in the index, journaled and linked.
        case layer(HeldLayer)
        /// It is not.
        case problem(StoreProblem)
    }

    /// The same for whoever waits for it.
    func adopt(
        manifest: [UInt8], envelope: [UInt8], done: @escaping @Sendable (Adoption) -> Void
    ) {
        originLane.submit { [self] in
            do throws(StoreError) {
                let whole: Envelope
                let layer: Manifest
                do throws(GenomeError) {
                    whole = try Envelope(detached: envelope, payload: manifest)
                    layer = try library.decoded.verified(in: whole)
                } catch {
                    throw .refused("\(error)")
                }
                let check = OriginCheck(library: library, own: node)
                if let words = try check.sealedForAnother(layer) {
                    return done(.problem(StoreProblem(.licence, words)))
                }
                try check.catchUp()
                let traces = check.traces(of: layer)
                let isHere = try library.index.layer(layer.layer) != nil
                // Who says that it was made first is taken in and shown for what it is: else a
                // copy that came earlier would keep its own original out.
                let finding =
                    try isHere ? nil : check.findings(layer, traces).first(where: \.isOlder)
                if let finding {
                    return done(.problem(StoreProblem(.licence, finding.words)))
                }
                // Found here, kept on the index lane: other commands wait for that one.
                let found = try ConflictCheck(library: library).compare(layer, traces.sketch)
                takeIn(whole, envelope: envelope, traces, found, done)
            } catch {
                done(.problem(StoreProblem(error)))
            }
        }
    }

    private func takeIn(
        _ whole: Envelope, envelope: [UInt8], _ traces: WeightsTraces,
        _ found: ConflictCheck.Comparison, _ done: @escaping @Sendable (Adoption) -> Void
    ) {
        indexLane.submit { [self] in
            do throws(StoreError) {
                let manifest = try library.add(whole, origin: .fetched)
                try OriginCheck(library: library, own: node).remember(
                    traces, of: manifest, found)
                done(.layer(try heldLayer(manifest, envelope: envelope)))
                rejudge(madeFrom: manifest.layer)
            } catch {
                done(.problem(StoreProblem(error)))
            }
        }
    }

    /// Has the terms of layers judged again: of those that descend from one that came, or of all
    /// where what is known of licences changed.
    func rejudge(madeFrom layer: Digest?) {
        indexLane.submit { [self] in
            guard let held = try? layers(madeFrom: layer) else { return }
            for layer in held { post(.layerHeld(layer)) }
        }
    }

    private func layers(madeFrom layer: Digest?) throws(StoreError) -> [HeldLayer] {
        guard let layer else { return try heldLayers() }
        var result: [HeldLayer] = []
        for member in try library.index.family(of: layer, .down, own: node).layers
        where member.layer != layer {
            if let held = try heldLayer(member.layer) { result.append(held) }
        }
        return result
    }

    /// A layer that is in the index, as the core wants it.
    func heldLayer(
        _ manifest: Manifest, envelope: [UInt8]
    ) throws(StoreError) -> HeldLayer {
        var present: [BlobReference] = []
        for blob in manifest.blobs {
            if let entry = try library.index.blob(blob.blob), entry.state != .partial {
                present.append(blob)
            }
        }
        let publishes = publishes(for: manifest.publisher)
        let slot = Slot(prefixOf: manifest.layer)
        // What another node of the same person or lab announced is that node's to renew and end.
        var isOthers = false
        if manifest.publisher != node {
            let place = SlotKey(publisher: manifest.publisher, type: .layer, slot: slot)
            if let standing = try catalogue.record(at: place) {
                isOthers = standing.signer != node
            }
        }
        let isOwn = publishes && !isOthers
        let place = SlotKey(
            publisher: isOwn ? manifest.publisher : node, type: isOwn ? .layer : .mirror,
            slot: slot)
        let record = try catalogue.record(at: place).flatMap { record in
            record.type == place.type ? record : nil
        }
        let announced = record.map { record in
            HeldLayer.Announced(
                issued: record.issued, expires: record.expires, domain: record.domain,
                spread: record.layerFacts?.0.spread)
        }
        var held = HeldLayer(manifest, envelope: envelope, blobs: present, announced: announced)
        held.isSaidByOther = isOthers
        try rights.complete(&held, manifest)
        return held
    }

    /// All layers that are here, as the core wants them at start.
    func heldLayers() throws(StoreError) -> [HeldLayer] {
        var result: [HeldLayer] = []
        for entry in try library.index.layers() {
            if let held = try heldLayer(entry.id) { result.append(held) }
        }
        return result
    }

    /// The same for one; nil where it is not here.
    func heldLayer(_ layer: Digest) throws(StoreError) -> HeldLayer? {
        guard let envelope = try library.envelope(of: layer),
            let manifest = try? library.decoded.verified(in: envelope)
        else { return nil }
        return try heldLayer(manifest, envelope: envelope.detached)
    }
}
