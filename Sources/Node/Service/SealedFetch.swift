import Genome
import Host
import Store
import Swarm
import Wire

/// A layer that can come sealed from a mirror while its publisher is away: fetched as ciphertext,
/// opened with the key of a grant, taken in like any other.
struct SealedFetch {
    /// What a grant of a layer's publisher says of mirrors, with the key that it gave.
    private struct Offer {
        let publisher: NodeKey
        let place: SealedPlace
        let key: FileKey
    }

    private let service: Service
    private let daemon: Daemon
    private let wish: FetchRequest
    private let offers: [Offer]

    private var library: Library { service.library }
    private var layer: Digest { wish.layer }
    private var accepts: Bool { wish.acceptance != nil }

    /// The ways to the layer that `wish` names by what grants to this node say now; none where it
    /// is here.
    init(_ service: Service, _ daemon: Daemon, _ wish: FetchRequest) throws(Failure) {
        self.service = service
        self.daemon = daemon
        self.wish = wish
        let isHere = try inStore { () throws(StoreError) in
            try service.library.index.layer(wish.layer) != nil
        }
        offers = isHere ? [] : try Self.offers(of: wish.layer, service)
    }

    /// Largest sealed index: what a document may have, and its tags.
    private static let indexBytesMax =
        SealedStream.sealedSize(
            plain: UInt64(SealedLayer.bytesMax)) ?? 0

    /// The offers for this node that count now and open with one of its keys.
    private static func offers(
        of layer: Digest, _ service: Service
    ) throws(Failure) -> [Offer] {
        let myself = service.rights.myself()
        let now = Int64(Clock.wallMilliseconds() / 1_000)
        var offers: [Offer] = []
        for (statement, _) in service.rights.statements(about: layer) {
            guard let grant = Grant(statement), grant.isInForce(at: now),
                grant.commands.contains(.read), myself.isMeant(by: grant.grantee),
                let place = grant.sealed, place.index.size <= Self.indexBytesMax
            else { continue }
            let epochs = try inStore { () throws(StoreError) in
                try service.shelf.epochs(of: grant.grantee)
            }
            let secrets = [service.keys.sealingSecret] + epochs.reversed().map(\.sealing)
            let found = secrets.lazy.compactMap { place.header.unwrapped(secret: $0) }.first
            guard let found else { continue }
            offers.append(Offer(publisher: statement.publisher, place: place, key: found))
        }
        return offers
    }

    /// Fetches the layer: from mirrors at once if there are some and its publisher is not
    /// connected, else by `plain` and from mirrors if nobody who has it can be reached.
    func run(
        _ progress: (FetchStatus) -> Void, plain: () throws(Failure) -> FetchStatus
    ) throws(Failure) -> FetchStatus {
        var failure: Failure?
        if isPublisherAway {
            do throws(Failure) {
                return try fromMirrors(progress)
            } catch {
                guard Self.mayBeOtherwiseElsewhere(error) else { throw error }
                failure = error
            }
        }
        let status = try plain()
        guard case .failed(.unreachable) = status.phase, !offers.isEmpty else { return status }
        if let failure { throw failure }
        return try fromMirrors(progress)
    }

    private var isPublisherAway: Bool {
        guard !offers.isEmpty else { return false }
        let peers = Set(daemon.look().sessions.values.map(\.facts.peer))
        return !offers.contains { peers.contains($0.publisher) }
    }

    /// Anyone may send a grant, so what is wrong with one offer says nothing of the next: only the
    /// terms and the room are the same everywhere.
    private static func mayBeOtherwiseElsewhere(_ failure: Failure) -> Bool {
        failure.code != .licence && failure.code != .quota
    }

    // MARK: Mirrors

    /// Asks one mirror after the other: what one gave is not asked of the next again.
    private func fromMirrors(_ progress: (FetchStatus) -> Void) throws(Failure) -> FetchStatus {
        var failure = Failure(
            .unreachable, "layer \(layer.hexadecimal) could not be fetched",
            why: "no other node keeps it sealed")
        for offer in offers {
            for copy in offer.place.copies where copy.mirror != service.keys.node.publicKey {
                do throws(Failure) {
                    return try fetch(offer, copy, progress)
                } catch {
                    guard Self.mayBeOtherwiseElsewhere(error) else { throw error }
                    failure = error
                }
            }
        }
        throw failure
    }

    private func fetch(
        _ offer: Offer, _ copy: SealedPlace.Copy, _ progress: (FetchStatus) -> Void
    ) throws(Failure) -> FetchStatus {
        let index = offer.place.index
        var status = try pull([index], copy, progress)
        let document = try opened(index, offer)
        try service.rights.require(
            .fetch, try Self.manifest(of: document), accepts: accepts)
        var wanted: [BlobReference] = []
        for part in document.parts {
            let isHere = try inStore { () throws(StoreError) in try library.holds(part.blob) }
            if !isHere { wanted.append(part.sealed) }
        }
        let bytes = wanted.reduce(UInt64(0)) { $0 + $1.size }
        // Ciphertext and plain files are here together for a while.
        try inStore { () throws(StoreError) in try library.requireRoom(for: bytes * 2) }
        if !wanted.isEmpty { status.add(try pull(wanted, copy, progress)) }
        try takeIn(document, offer)
        return status
    }

    private func pull(
        _ blobs: [BlobReference], _ copy: SealedPlace.Copy, _ progress: (FetchStatus) -> Void
    ) throws(Failure) -> FetchStatus {
        let search = HolderSearch(
            catalogue: service.catalogue, node: service.keys.node.publicKey)
        let said = try inStore { () throws(StoreError) in try search.facts(of: copy.mirror) }
        var request = FetchRequest(
            contract: copy.contract,
            .init(blobs: blobs, holders: [.init(node: copy.mirror, said: said)]))
        request.patience = wish.patience
        let status = try daemon.fetch(request, shownAs: layer, progress)
        try Service.requireDone(status.phase, layer)
        return status
    }

    // MARK: What came

    /// The document that tells which ciphertext holds which file, once it is found to be about
    /// this layer. Nobody but its publisher can have made one that is: the manifest in it is
    /// signed, and its hash is the layer's id.
    private func opened(_ index: BlobReference, _ offer: Offer) throws(Failure) -> SealedLayer {
        let document: SealedLayer
        do throws(Failure) {
            document = try inStore { () throws(StoreError) in
                try library.sealedLayer(index, key: offer.key)
            }
        } catch {
            discard([index])
            throw error
        }
        let manifest = try Self.manifest(of: document)
        guard manifest.layer == layer, manifest.publisher == offer.publisher else {
            discard([index])
            throw Failure(
                .refused, "what \(offer.publisher.fingerprint) had sealed is another layer",
                why: "it is \(manifest.layer.hexadecimal)")
        }
        return document
    }

    private static func manifest(of document: SealedLayer) throws(Failure) -> Manifest {
        try inGenome("reading the manifest") { () throws(GenomeError) in
            try Manifest.verified(document.manifest, envelope: document.envelope)
        }
    }

    /// Opens the files of a layer and takes it in; the ciphertext goes.
    private func takeIn(_ document: SealedLayer, _ offer: Offer) throws(Failure) {
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
        case .problem(let problem): try Service.requireDone(.failed(.store(problem)), layer)
        case nil: throw Failure(.internal, "the layer was not taken in")
        }
    }

    /// Removes ciphertext that no contract keeps here.
    private func discard(_ blobs: [BlobReference]) {
        for blob in blobs { _ = try? library.discard(blob.blob) }
        daemon.port.forgetReaders()
    }
}

extension FetchStatus {
    /// Counts what a second fetch brought to what this one did.
    fileprivate mutating func add(_ other: FetchStatus) {
        size += other.size
        received += other.received
        wire += other.wire
        reused += other.reused
        for source in other.sources {
            if let place = sources.firstIndex(where: { $0.node == source.node }) {
                sources[place].bytes += source.bytes
            } else {
                sources.append(source)
            }
        }
    }
}
