import Genome
import Host
import Store
import Swarm
import Wire

/// Layers that come sealed from a mirror while their publisher is away.
extension Service {
    /// What a grant of a layer's publisher says of mirrors, with the key that it gave.
    private struct SealedOffer {
        let publisher: NodeKey
        let place: SealedPlace
        let key: FileKey
    }

    var sealedGrants: SealedGrants {
        SealedGrants(library: library, catalogue: catalogue, keys: keys)
    }

    /// The offers for this node that count now and open with one of its keys.
    private func offers(of layer: Digest) throws(Failure) -> [SealedOffer] {
        let myself = rights.myself()
        let now = Int64(Clock.wallMilliseconds() / 1_000)
        var offers: [SealedOffer] = []
        for (statement, _) in rights.statements(about: layer) {
            guard let grant = Grant(statement), grant.isInForce(at: now),
                grant.commands.contains(.read), myself.isMeant(by: grant.grantee),
                let place = grant.sealed
            else { continue }
            let epochs = try inStore { () throws(StoreError) in
                try shelf.epochs(of: grant.grantee)
            }
            let secrets = [keys.sealingSecret] + epochs.reversed().map(\.sealing)
            let found = secrets.lazy.compactMap { place.header.unwrapped(secret: $0) }.first
            guard let found else { continue }
            offers.append(SealedOffer(publisher: statement.publisher, place: place, key: found))
        }
        return offers
    }

    /// Fetches a layer as ciphertext from the mirrors that grants name, one after the other, opens
    /// it and takes it in; nil where no grant names one.
    func fetchSealed(
        _ layer: Digest, accepts: Bool, _ daemon: Daemon, _ progress: (FetchStatus) -> Void
    ) throws(Failure) -> FetchStatus? {
        var failure: Failure?
        for offer in try offers(of: layer) {
            for copy in offer.place.copies where copy.mirror != keys.node.publicKey {
                do throws(Failure) {
                    return try fetchSealed(
                        layer, offer, copy, accepts: accepts, daemon, progress)
                } catch {
                    // What another mirror may do better; all else is so at each.
                    guard error.code == .unreachable || error.code == .corrupt else {
                        throw error
                    }
                    failure = error
                }
            }
        }
        if let failure { throw failure }
        return nil
    }

    private func fetchSealed(
        _ layer: Digest, _ offer: SealedOffer, _ copy: SealedPlace.Copy, accepts: Bool,
        _ daemon: Daemon, _ progress: (FetchStatus) -> Void
    ) throws(Failure) -> FetchStatus {
        let search = HolderSearch(catalogue: catalogue, node: keys.node.publicKey)
        let holder = LayerHolders.Holder(
            node: copy.mirror,
            endpoints: try inStore { () throws(StoreError) in
                try search.endpoints(of: copy.mirror)
            })
        func pull(_ blobs: [BlobReference]) throws(Failure) -> FetchStatus {
            let request = FetchRequest(
                contract: copy.contract, .init(blobs: blobs, holders: [holder]))
            let status = try daemon.fetch(request, shownAs: layer, progress)
            try Self.requireDone(status.phase, layer)
            return status
        }
        let index = offer.place.index
        var status = try pull([index])
        let document = try opened(index, offer, layer)
        try rights.require(.fetch, try manifest(of: document), accepts: accepts)
        var wanted: [BlobReference] = []
        for part in document.parts {
            let isHere = try inStore { () throws(StoreError) in try library.holds(part.blob) }
            if !isHere { wanted.append(part.sealed) }
        }
        let bytes = wanted.reduce(UInt64(0)) { $0 + $1.size }
        // Ciphertext and plain files are here together for a while.
        try inStore { () throws(StoreError) in try library.requireRoom(for: bytes * 2) }
        if !wanted.isEmpty {
            let blobs = try pull(wanted)
            status.size += blobs.size
            status.received += blobs.received
            status.reused += blobs.reused
            status.sources = blobs.sources
        }
        try takeIn(document, offer, daemon)
        return status
    }

    /// The document that tells which ciphertext holds which file, once it is found to be about
    /// this layer. Nobody but its publisher can have made one that is: the manifest in it is
    /// signed, and its hash is the layer's id.
    private func opened(
        _ index: BlobReference, _ offer: SealedOffer, _ layer: Digest
    ) throws(Failure) -> SealedLayer {
        let document = try inStore { () throws(StoreError) in
            try library.sealedLayer(index, key: offer.key)
        }
        let manifest = try manifest(of: document)
        guard manifest.layer == layer, manifest.publisher == offer.publisher else {
            discard([index])
            throw Failure(
                .refused, "what \(offer.publisher.fingerprint) had sealed is another layer",
                why: "it is \(manifest.layer.hexadecimal)")
        }
        return document
    }

    private func manifest(of document: SealedLayer) throws(Failure) -> Manifest {
        try inGenome("reading the manifest") { () throws(GenomeError) in
            try Manifest.verified(document.manifest, envelope: document.envelope)
        }
    }

    /// Opens the files of a layer and takes it in; the ciphertext goes.
    private func takeIn(
        _ document: SealedLayer, _ offer: SealedOffer, _ daemon: Daemon
    ) throws(Failure) {
        defer { discard(document.parts.map(\.sealed) + [offer.place.index]) }
        let envelope = try inStore { () throws(StoreError) in
            try library.open(document, key: offer.key)
        }
        let result = Lock<StorePort.Adoption?>(nil)
        let done = Semaphore()
        daemon.port.adopt(manifest: document.manifest, envelope: envelope.detached) { adoption in
            result.withLock { $0 = adoption }
            done.signal()
        }
        done.wait()
        switch result.withLock({ $0 }) {
        case .layer(let held): daemon.loop.post(.input(.layerHeld(held)))
        case .problem(let problem):
            try Self.requireDone(
                .failed(.store(problem)), Blake3.hash(document.manifest))
        case nil: throw Failure(.internal, "the layer was not taken in")
        }
    }

    /// Removes ciphertext that no contract keeps here.
    private func discard(_ blobs: [BlobReference]) {
        for blob in blobs { _ = try? library.discard(blob.blob) }
        daemon?.port.forgetReaders()
    }
}
