import Genome
import Swarm
import Wire

/// One node of the world: the shipping core over a store in memory that survives a crash.
package final class SimulatedNode {
    package let index: Int
    package private(set) var key: SigningKey
    package let endpoint: Endpoint
    package var swarm: Swarm
    package var isUp = true
    /// Counts restarts; events of an earlier life are not delivered.
    package private(set) var life = 0
    /// Flips a bit in every group that it serves.
    package var isCorrupting = false
    /// Flips a bit in every record and page that it sends.
    package var isByzantine = false
    /// Milliseconds by which its wall clock is ahead.
    package var skewMilliseconds: Int64 = 0
    /// How much faster its wall clock runs.
    package var driftPartsPerMillion: Int64 = 0
    private var sessions: SessionNumber = 0
    /// When it is to be woken, by virtual time.
    var nextWake: UInt64 = .max

    /// What it keeps for others and asked of others.
    package var mirror = SimulatedMirror()

    package private(set) var catalogue: [SlotKey: Record] = [:]
    package private(set) var heldLayers: [HeldLayer] = []
    package private(set) var statuses: [FetchNumber: FetchStatus] = [:]
    package private(set) var logs: [String] = []
    /// What others answered to its searches.
    package private(set) var searches: [SearchNumber: SearchResult] = [:]
    /// Whether it keeps little and asks others.
    private var isLight = false
    /// Whether it leaves these out of what it answers to searches.
    package var hides: Set<Digest> = []
    private var blobs: [Digest: [UInt8]] = [:]
    private var partials: [Digest: Partial] = [:]
    private var requests: [UInt64: (GroupRequest, GroupLayer)] = [:]
    private var addresses: [UInt8] = []
    private let seed: UInt64

    private struct Partial {
        var size: UInt64
        var groups: [UInt64: [UInt8]] = [:]
        var layer: GroupLayer?

        var bitmap: [UInt8] {
            var bytes = [UInt8](repeating: 0, count: HashTree.groupCount(size: size) / 8 + 1)
            for group in groups.keys { bytes[Int(group / 8)] |= 1 << UInt8(group % 8) }
            return bytes
        }
    }

    package init(index: Int, seed: UInt64) {
        self.index = index
        self.seed = seed
        var generator = SeededGenerator(seed: seed)
        let secret = (0..<32).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
        guard let key = SigningKey(seed: secret),
            let endpoint = Endpoint(bytes: [127, 0, 0, 1], port: UInt16(index))
        else { preconditionFailure("32 bytes make a key, 4 an address") }
        self.key = key
        self.endpoint = endpoint
        swarm = Self.core(key, endpoint, seed: seed, lastSequence: 0)
    }

    private static func core(
        _ key: SigningKey, _ endpoint: Endpoint, seed: UInt64, lastSequence: UInt64,
        addresses: [UInt8] = [], isLight: Bool = false
    ) -> Swarm {
        var settings = Settings(
            node: key.publicKey, label: "node\(endpoint.port)", endpoints: [endpoint],
            software: "simulation", lastSequence: lastSequence, seed: seed)
        settings.addresses = try? AddressBook(bytes: addresses)
        settings.isLight = isLight
        return Swarm(settings)
    }

    package func restart(losingStore: Bool) {
        life += 1
        isUp = true
        nextWake = .max
        requests = [:]
        mirror = SimulatedMirror()
        if losingStore {
            catalogue = [:]
            heldLayers = []
            blobs = [:]
            partials = [:]
            addresses = []
        }
        let own = catalogue.values.filter { $0.publisher == key.publicKey }
        swarm = Self.core(
            key, endpoint, seed: seed &+ UInt64(life),
            lastSequence: own.map(\.sequence).max() ?? 0, addresses: addresses,
            isLight: isLight)
    }

    /// Becomes a light node, or one with the key of another: starts anew.
    package func become(light: Bool = false, twinOf other: SimulatedNode? = nil) {
        isLight = light
        if let other { key = other.key }
        restart(losingStore: true)
    }

    /// Puts a layer into the store as if its owner had shared it.
    package func share(
        _ layer: PublishedLayer, as held: HeldLayer? = nil, in world: World
    ) {
        blobs.merge(layer.blobs) { first, _ in first }
        let held = held ?? layer.held
        heldLayers.append(held)
        world.feed(index, .layerHeld(held))
    }

    /// Takes a layer out of the store as if its owner had.
    package func remove(_ layer: Digest, in world: World) {
        heldLayers.removeAll { $0.layer == layer }
        world.feed(index, .layerRemoved(layer))
    }

    /// The number of its next session.
    func nextSession() -> SessionNumber {
        sessions += 1
        return sessions
    }

    /// Its store as it is now.
    package var backup: [SlotKey: Record] { catalogue }

    /// Starts it anew from an older store.
    package func restore(_ backup: [SlotKey: Record]) {
        restart(losingStore: true)
        catalogue = backup
    }

    package func has(_ layer: Digest) -> Bool { heldLayers.contains { $0.layer == layer } }

    package func blob(_ id: Digest) -> [UInt8]? { blobs[id] }

    /// Puts a blob into the store.
    package func put(_ bytes: [UInt8]) { blobs[Blake3.hash(bytes)] = bytes }

    // MARK: Effects

    package func perform(_ effect: Effect, in world: World) {
        switch effect {
        case .dial(let dial, let endpoints, let expected):
            world.connect(index, dial: dial, endpoints: endpoints, expected: expected)
        case .send(let session, let message):
            world.send(
                isByzantine ? bent(message) : message, from: .init(node: index, session: session))
        case .close(let session, let reason):
            world.close(.init(node: index, session: session), reason: reason)
        case .fetchChanged(let number, let status):
            statuses[number] = status
            pulled(number, status, in: world)
        case .log(let text): logs.append(text)
        case .keepAddresses(let bytes): addresses = bytes
        case .verifyRecords, .storeRecords, .listIdentifiers, .filterMissing, .findRecords,
            .signRecord, .expireRecords, .findHolders, .findOffer:
            performCatalogue(effect, in: world)
        case .prepareSketch, .makeSketch, .compareSketch, .findItems:
            performSketch(effect, in: world)
        case .searchRecords, .searched: performSearch(effect, in: world)
        default: if !performHold(effect, in: world) { performTransfer(effect, in: world) }
        }
    }

    func keep(_ result: SearchResult, of number: SearchNumber) { searches[number] = result }

    /// What a lying node makes of its words.
    private func bent(_ message: Message) -> Message {
        switch message {
        case .records(let records):
            .records(
                records.map { bytes in
                    var bytes = bytes
                    bytes[bytes.count - 1 - bytes.count / 3] ^= 4
                    return bytes
                })
        case .groups(let blob, let page, var bytes) where !bytes.isEmpty:
            {
                bytes[bytes.count / 2] ^= 1
                return .groups(blob: blob, page: page, bytes: bytes)
            }()
        case .searchAnswer(let answer):
            {
                guard case .found(let reached, var records) = answer.outcome, !records.isEmpty
                else { return message }
                records[0][records[0].count - 1] ^= 4
                return .searchAnswer(
                    SearchAnswer(
                        number: answer.number, outcome: .found(reached: reached, records: records)))
            }()
        case .envelope(let layer, var bytes) where !bytes.isEmpty:
            {
                bytes[bytes.count / 2] ^= 1
                return .envelope(layer: layer, bytes: bytes)
            }()
        default: message
        }
    }

    private func performCatalogue(_ effect: Effect, in world: World) {
        switch effect {
        case .verifyRecords(let batch, let records):
            let isValid = records.map(world.isValid)
            world.answer(index, .recordsVerified(batch: batch, isValid: isValid))
        case .storeRecords(let batch, let records):
            world.answer(
                index, .recordsStored(batch: batch, outcomes: records.map(store)))
        case .listIdentifiers(let session, let after):
            let ids = shown.map(\.id).sorted().filter { id in
                after.map { id > $0 } ?? true
            }
            let page = IdentifierPage(
                ids: Array(ids.prefix(100)), isLast: ids.count <= 100)
            world.answer(index, .identifiersListed(session, page))
        case .filterMissing(let session, let ids):
            let known = Set(shown.map(\.id))
            world.answer(
                index, .identifiersMissing(session, ids.filter { !known.contains($0) }))
        case .findRecords(let session, let ids):
            let wanted = Set(ids)
            let found = shown.filter { wanted.contains($0.id) }
            let records = found.sorted { $0.id < $1.id }.map(\.bytes)
            world.answer(index, .recordsFound(session, records))
        case .signRecord(let unsigned):
            guard let record = try? unsigned.signed(key.sign(unsigned.signingInput)) else {
                return
            }
            world.answer(index, .recordSigned(record))
        case .expireRecords(let wall):
            catalogue = catalogue.filter { !$0.value.isExpired(at: wall) }
        case .findHolders(let number, let layer):
            world.answer(index, .holdersFound(number, holders(of: layer)))
        case .findOffer(let session, let layer, let isOwn):
            let place = SlotKey(
                publisher: key.publicKey, type: isOwn ? .layer : .mirror,
                slot: Slot(prefixOf: layer))
            guard let record = catalogue[place], record.type == place.type,
                record.domain != .everyone
            else { return }
            world.answer(
                index, .offerFound(session, layer: layer, record: record.bytes))
        default: break
        }
    }

    private func performSketch(_ effect: Effect, in world: World) {
        switch effect {
        case .prepareSketch(let session, let salt, let count):
            world.answer(index, .sketchPrepared(session, sketch(salt).question(count)))
        case .makeSketch(let session, let request):
            world.answer(index, .sketchMade(session, sketch(salt).answer(request)))
        case .compareSketch(let session, let frame):
            let found = sketch(frame.salt).compare(frame)
            world.answer(
                index,
                .sketchCompared(
                    session, SketchComparison(gap: found.gap, difference: found.difference)))
        case .findItems(let session, let items):
            let wanted = Set(items)
            let found = shown.filter { wanted.contains(SetSketch.item($0.id)) }
            let records = found.sorted { $0.id < $1.id }.map(\.bytes)
            world.answer(index, .recordsFound(session, records))
        default: break
        }
    }

    /// What peers may learn from it: records for everyone.
    private var shown: [Record] { catalogue.values.filter { $0.domain == .everyone } }

    /// Its salt, which lasts as long as its life.
    private var salt: SketchSalt {
        let bytes = Sodium.blake2b(Array("salt \(seed) \(life)".utf8), count: 16)
        guard let salt = SketchSalt(bytes: bytes) else { preconditionFailure("16 bytes") }
        return salt
    }

    private func sketch(_ salt: SketchSalt) -> SetSketch {
        var sketch = SetSketch(salt)
        for record in shown { sketch.add(SetSketch.item(record.id)) }
        return sketch
    }

    private func store(_ record: Record) -> StoreOutcome {
        let end = SlotKey(publisher: record.publisher, type: .keyRevocation, slot: .only)
        if record.type != .keyRevocation, catalogue[end] != nil {
            return .refused("its publisher's key is revoked")
        }
        defer {
            if record.type == .keyRevocation {
                catalogue = catalogue.filter {
                    $0.key == end || $0.key.publisher != record.publisher
                }
            }
        }
        guard let standing = catalogue[record.slotKey] else {
            catalogue[record.slotKey] = record
            return .fresh
        }
        guard record.supersedes(sequence: standing.sequence, id: standing.id) else {
            return .superseded
        }
        catalogue[record.slotKey] = record
        return record.sequence == standing.sequence ? .equivocation : .fresh
    }

    private func holders(of layer: Digest) -> LayerHolders {
        var descriptions: [LayerHolders.Description] = []
        var nodes: [NodeKey] = []
        for record in catalogue.values.sorted(by: { $0.id < $1.id }) {
            switch record.content {
            case .layer(let facts) where facts.layer == layer:
                descriptions.insert(
                    .init(content: facts, publisher: record.publisher, source: record.publisher),
                    at: 0)
                nodes.append(record.publisher)
            case .mirror(let facts, let origin) where facts.layer == layer:
                descriptions.append(
                    .init(content: facts, publisher: origin, source: record.publisher))
                nodes.append(record.publisher)
            default: break
            }
        }
        let holders = nodes.filter { $0 != key.publicKey }.map { node in
            LayerHolders.Holder(node: node, endpoints: endpoints(of: node))
        }
        return LayerHolders(descriptions: descriptions, holders: holders)
    }

    private func endpoints(of node: NodeKey) -> [Endpoint] {
        let place = SlotKey(publisher: node, type: .node, slot: .only)
        guard case .node(let facts) = catalogue[place]?.content else { return [] }
        return facts.endpoints
    }

    private func performTransfer(_ effect: Effect, in world: World) {
        switch effect {
        case .openBlob(let blob, let size):
            if blobs[blob] != nil {
                world.answer(index, .blobOpened(blob: blob, .complete))
                return
            }
            let partial = partials[blob] ?? Partial(size: size)
            partials[blob] = partial
            world.answer(
                index,
                .blobOpened(
                    blob: blob, .partial(bitmap: partial.bitmap, layer: partial.layer)))
        case .saveGroupLayer(let layer): partials[layer.id]?.layer = layer
        case .requestGroup(let session, let request, let layer):
            requests[request.request] = (request, layer)
            world.send(.get(request), from: .init(node: index, session: session))
        case .completeBlob(let blob):
            guard let partial = partials[blob] else { return }
            blobs[blob] = partial.groups.keys.sorted().flatMap { partial.groups[$0] ?? [] }
            partials[blob] = nil
            world.answer(index, .blobCompleted(blob: blob))
        case .readManifest(let number, let layer, _):
            world.answer(index, .manifestRead(number, ReadManifest(bytes: blobs[layer] ?? [])))
        case .adoptLayer(let number, _, let manifest, let envelope):
            adopt(number, manifest, envelope, in: world)
        case .serveGroup(let session, let request): serve(request, session, in: world)
        case .serveGroupPage(let session, let blob, let page):
            guard let bytes = blobs[blob], let layer = Self.groupLayer(bytes) else { return }
            var writer = Writer()
            GroupPage(Int(page), of: layer).write(to: &writer)
            let message = Message.groups(blob: blob, page: page, bytes: writer.bytes)
            world.send(
                isByzantine ? bent(message) : message,
                from: .init(node: index, session: session))
            world.answer(index, .pageServed(session))
        default: break
        }
    }

    private func adopt(
        _ number: FetchNumber, _ manifest: [UInt8], _ envelope: [UInt8], in world: World
    ) {
        guard let decoded = try? Manifest.verified(manifest, envelope: envelope) else { return }
        let held = PublishedLayer.held(decoded, envelope: envelope)
        heldLayers.append(held)
        world.answer(index, .layerAdopted(number, held))
    }

    private func serve(_ request: GroupRequest, _ session: SessionNumber, in world: World) {
        guard let bytes = blobs[request.blob] else { return }
        let range = HashTree.groupRange(Int(request.group), size: UInt64(bytes.count))
        var part = Array(bytes[Int(range.lowerBound)..<Int(range.upperBound)])
        if (isCorrupting || isByzantine) && !part.isEmpty { part[part.count / 2] ^= 1 }
        let end = World.End(node: index, session: session)
        world.sendData(part, request: request.request, from: end)
        world.answer(
            index,
            .served(session, request: request.request, byteCount: UInt64(part.count)))
    }

    /// Bytes of a group arrived: what the link lane does, without the lane.
    package func arrived(
        _ bytes: [UInt8], session: SessionNumber, request number: UInt64, in world: World
    ) {
        guard let (request, layer) = requests.removeValue(forKey: number) else { return }
        let group = Int(request.group)
        guard layer.leafValues(ifMatching: bytes.span.bytes, at: group) != nil else {
            world.feed(index, .groupRefuted(session, request: number))
            return
        }
        partials[request.blob]?.groups[request.group] = bytes
        world.feed(
            index,
            .groupStored(session, request: number, byteCount: UInt64(bytes.count)))
    }

    package static func groupLayer(_ bytes: [UInt8]) -> GroupLayer? {
        let size = UInt64(bytes.count)
        let id = Blake3.hash(bytes)
        if let single = GroupLayer(singleGroup: id, size: size) { return single }
        var values: [UInt8] = []
        for group in 0..<HashTree.groupCount(size: size) {
            let range = HashTree.groupRange(group, size: size)
            let part = Array(bytes[Int(range.lowerBound)..<Int(range.upperBound)])
            let leaves = HashTree.leafValues(
                of: part.span.bytes, groupIndex: group, isOnlyGroup: false)
            values += HashTree.groupValue(leafValues: leaves, isOnlyGroup: false).bytes
        }
        return try? GroupLayer(id: id, size: size, values: values)
    }
}
