import Genome
import Swarm
import Wire

/// One node of the world: the shipping core over a store in memory that survives a crash.
package final class SimulatedNode {
    package let index: Int
    package private(set) var key: SigningKey
    package let endpoint: Endpoint
    /// Where the network sees it: the same, but for a node behind a router.
    package let outside: Endpoint
    /// The router that it is behind.
    package var nat: SimulatedNat?
    /// Calls that it makes while the other side calls it.
    var punches: [UInt64: World.Punch] = [:]
    /// Channels over circuits that end here, and the circuit of each session that is one.
    var channels: [CircuitEnd: SimulatedChannel] = [:]
    var circuits: [SessionNumber: CircuitEnd] = [:]
    /// What it relays for others.
    private let relay: RelayOffer?
    package var swarm: Swarm
    package var isUp = true
    /// Counts restarts; events of an earlier life are not delivered.
    package private(set) var life = 0
    /// Flips a bit in every group that it serves.
    package var isCorrupting = false
    /// Says of every blob that it is asked for that it has all of it.
    package var isBoasting = false
    /// Runs a version that knows nothing of giving out what it fetches, nor of coded groups and
    /// parts.
    package var isOld = false
    /// The only node that it can dial; nil for everyone.
    package var dialsOnly: Int?
    /// Serves so many groups and then none, without a word; nil for no end.
    package var groupsUntilStall: Int?
    /// Words about circles that it heard.
    var wordsOfCircles = 0
    /// Bytes a second that its disk takes; nil where it takes no time.
    package var diskRate: UInt64?
    var diskFree: UInt64 = 0
    /// Groups for which its disk has room; nil for no end.
    package var roomForGroups: Int?
    /// Whether nothing can be written into its catalogue.
    var isDiskFull = false
    /// Records that it asked others for, again or not.
    private(set) var recordsAskedFor = 0
    /// Groups that came and were what they should be, and that were not.
    package var groupsStored = 0
    package var groupsRefuted = 0
    /// Flips a bit in every record and page that it sends.
    package var isByzantine = false
    /// Gives nobody a record.
    var isMute = false
    /// Milliseconds by which its wall clock is ahead.
    package var skewMilliseconds: Int64 = 0
    /// How much faster its wall clock runs.
    package var driftPartsPerMillion: Int64 = 0
    /// Seals and opens its datagrams; nil where it uses none.
    var desk: DatagramDesk?
    /// How often it chose a key for each session.
    var keysChosen: [SessionNumber: UInt64] = [:]
    private var sessions: SessionNumber = 0
    /// When it is to be woken, by virtual time.
    var nextWake: UInt64 = .max

    /// What it keeps as a mirror.
    package var copies = SimulatedCopies()
    /// What it keeps for others and asked of others.
    package var mirror = SimulatedMirror()
    /// How it shows what it holds.
    package var auditor = SimulatedAuditor()

    package private(set) var catalogue: [SlotKey: Record] = [:]
    package internal(set) var heldLayers: [HeldLayer] = []
    package private(set) var statuses: [FetchNumber: FetchStatus] = [:]
    package private(set) var logs: [String] = []
    var blobs: [Digest: [UInt8]] = [:]
    var partials: [Digest: Partial] = [:]
    /// Parts of groups that it keeps in memory.
    var shelf = SimulatedShelf()
    var requests: [UInt64: (GroupRequest, GroupLayer)] = [:]
    /// What others answered to its searches.
    package private(set) var searches: [SearchNumber: SearchResult] = [:]
    /// Whether it keeps little and asks others.
    private var isLight = false
    /// Whether it leaves these out of what it answers to searches.
    package var hides: Set<Digest> = []
    private var addresses: [UInt8] = []
    let seed: UInt64
    private let hasDatagrams: Bool

    /// A blob on its way here.
    struct Partial {
        var size: UInt64
        var groups: [UInt64: [UInt8]] = [:]
        var layer: GroupLayer?

        var bitmap: [UInt8] {
            var bytes = [UInt8](repeating: 0, count: HashTree.groupCount(size: size) / 8 + 1)
            for group in groups.keys { bytes[Int(group / 8)] |= 1 << UInt8(group % 8) }
            return bytes
        }
    }

    package init(
        index: Int, seed: UInt64, place: World.Place = .thisMachine, hasDatagrams: Bool = false
    ) {
        self.index = index
        self.seed = seed
        self.hasDatagrams = hasDatagrams
        var generator = SeededGenerator(seed: seed)
        let secret = (0..<32).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
        guard let key = SigningKey(seed: secret) else {
            preconditionFailure("32 bytes make a key")
        }
        self.key = key
        (endpoint, outside) = place.endpoints(of: index)
        nat = place.nat
        relay = place.relay
        swarm = Self.core(
            key, endpoint, relay, seed: seed, lastSequence: 0, hasDatagrams: hasDatagrams)
        desk = makeDesk()
    }

    private func makeDesk() -> DatagramDesk? {
        guard hasDatagrams else { return nil }
        let secret = Sodium.blake2b(Array("cookies \(seed) \(life)".utf8), count: 32)
        return DatagramDesk(network: World.network, secret: secret)
    }

    private static func core(
        _ key: SigningKey, _ endpoint: Endpoint, _ relay: RelayOffer?, seed: UInt64,
        lastSequence: UInt64, addresses: [UInt8] = [], isLight: Bool = false, hasDatagrams: Bool
    ) -> Swarm {
        var settings = Settings(
            node: key.publicKey, label: "node\(endpoint.port)", endpoints: [endpoint],
            software: "simulation", lastSequence: lastSequence, seed: seed)
        settings.addresses = try? AddressBook(bytes: addresses)
        settings.relay = relay
        settings.isLight = isLight
        settings.datagramPort = hasDatagrams ? datagramPlace(endpoint).port : nil
        return Swarm(settings)
    }

    package func restart(losingStore: Bool) {
        life += 1
        isUp = true
        nextWake = .max
        requests = [:]
        shelf = SimulatedShelf()
        mirror = SimulatedMirror()
        copies.crash()
        punches = [:]
        channels = [:]
        circuits = [:]
        if losingStore {
            catalogue = [:]
            heldLayers = []
            blobs = [:]
            partials = [:]
            addresses = []
        }
        let own = catalogue.values.filter { $0.publisher == key.publicKey }
        swarm = Self.core(
            key, endpoint, relay, seed: seed &+ UInt64(life),
            lastSequence: own.map(\.sequence).max() ?? 0, addresses: addresses,
            isLight: isLight, hasDatagrams: hasDatagrams)
        desk = makeDesk()
        keysChosen = [:]
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
        if case .send(_, let message) = effect { recordsAskedFor += Self.records(in: message) }
        switch effect {
        case .dial(let dial, let endpoints, _)
        where dialsOnly.map { $0 != Int(endpoints[0].port) } ?? false:
            world.answer(index, .dialFailed(dial: dial, reason: "no answer"))
        case .send(let session, .introduction(var introduction)) where isOld:
            introduction.features &= ~(Introduction.codedGroups | Introduction.parts)
            world.send(.introduction(introduction), from: .init(node: index, session: session))
        case .send(_, .seek) where isOld, .send(_, .seekers) where isOld,
            .send(_, .holdingChange) where isOld:
            break
        case .send(_, .records) where isMute, .send(_, .neighbour(.news)) where isMute,
            .send(_, .neighbour(.haves)) where isMute:
            break
        case .dial(let dial, let endpoints, let expected):
            world.connect(index, dial: dial, endpoints: endpoints, expected: expected)
        case .send(let session, let message):
            world.send(
                isByzantine ? bent(message) : isBoasting ? boast(message) : message,
                from: .init(node: index, session: session))
        case .dialStripe(let dial, let endpoints, let expected):
            world.connect(
                index, dial: dial, endpoints: endpoints, expected: expected, isStripe: true)
        case .dialFromPort(let dial, let endpoints, let expected):
            world.connect(
                index, dial: dial, endpoints: endpoints, expected: expected, isFromPort: true)
        case .probe(let dial, let place, let expected):
            world.probe(index, dial: dial, place, expected: expected)
        case .punch(let dial, let places, let expected, let isInitiator, let wait):
            world.punch(
                index, .init(dial: dial, peer: expected, isInitiator: isInitiator), places,
                after: wait)
        case .close(let session, let reason):
            if closeChannel(session, reason, in: world) { return }
            world.close(.init(node: index, session: session), reason: reason)
        case .fetchChanged(let number, let status):
            statuses[number] = status
            pulled(number, status, in: world)
            copyFetched(number, status, in: world)
        case .log(let text): logs.append(text)
        case .keepAddresses(let bytes): addresses = bytes
        case .verifyRecords, .storeRecords, .listIdentifiers, .filterMissing, .findRecords,
            .signRecord, .expireRecords, .findHolders, .findOffer, .findRelays, .findCircle,
            .findGranted, .forgetGranted:
            performCatalogue(effect, in: world)
        case .prepareSketch, .makeSketch, .compareSketch, .findItems:
            performSketch(effect, in: world)
        case .searchRecords, .searched: performSearch(effect, in: world)
        case .surveyCopies, .takeCopy, .releaseCopy: performCopies(effect, in: world)
        default:
            if !performHold(effect, in: world), !performChallenge(effect, in: world),
                !performCircuit(effect, in: world), !performDatagrams(effect, in: world)
            {
                performTransfer(effect, in: world)
            }
        }
    }

    /// Records that a message asks for.
    private static func records(in message: Message) -> Int {
        switch message {
        case .recordsRequest(let ids): ids.count
        case .itemsRequest(let items): items.count
        case .neighbour(.graft(let names)): names.count
        default: 0
        }
    }

    func keep(_ result: SearchResult, of number: SearchNumber) { searches[number] = result }

    /// What a lying node makes of its words.
    func bent(_ message: Message) -> Message {
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
            let records = found.sorted { $0.id < $1.id }.compactMap { RecordFor<Everyone>($0) }
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
        case .findRelays: world.answer(index, .relaysFound(relays))
        case .findCircle(let circle, let limit):
            let found = catalogue.values.filter { $0.domain == circle.domain }
                .sorted { ($1.issued, $0.id) < ($0.issued, $1.id) }
            world.answer(index, .circleFound(circle, Array(found.prefix(limit))))
        case .findGranted(let session, let peer):
            let layers = catalogue.values.compactMap { Self.granted($0, by: peer) }.sorted()
            if !layers.isEmpty { world.answer(index, .grantedFound(session, layers)) }
        case .forgetGranted(let layers, let peer):
            catalogue = catalogue.filter { entry in
                Self.granted(entry.value, by: peer).map { !layers.contains($0) } ?? true
            }
        case .findOffer(let session, let layer, let place):
            guard let record = catalogue[place], record.domain != .everyone else { return }
            world.answer(
                index, .offerFound(session, layer: layer, record: record.bytes))
        default: break
        }
    }

    /// The layer of a node's own record about one for named keys; nil for any other record.
    private static func granted(_ record: Record, by holder: NodeKey) -> Digest? {
        guard case .layer(let content) = record.content, case .restricted(let tag) = record.domain,
            (record.signer ?? record.publisher) == holder,
            tag == CircleTag.domain(publisher: record.publisher, layer: content.layer)
        else { return nil }
        return content.layer
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
            let records = found.sorted { $0.id < $1.id }.compactMap { RecordFor<Everyone>($0) }
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

    private static let diskFull = StoreProblem(.quota, "the disk is full", mayPass: true)

    private func store(_ record: Record) -> StoreOutcome {
        guard !isDiskFull else { return .failed(Self.diskFull) }
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
            LayerHolders.Holder(node: node, said: facts(of: node))
        }
        return LayerHolders(descriptions: descriptions, holders: holders)
    }

    /// Who says that it holds a layer, or where these nodes are.
    func mirrors(of layer: Digest?, _ nodes: [NodeKey]) -> [LayerHolders.Holder] {
        if let layer { return holders(of: layer).holders }
        return nodes.map { LayerHolders.Holder(node: $0, said: facts(of: $0)) }
    }

    private func facts(of node: NodeKey) -> NodeContent? {
        let place = SlotKey(publisher: node, type: .node, slot: .only)
        guard case .node(let facts) = catalogue[place]?.content else { return nil }
        return facts
    }

    /// Nodes that relay, as their records say.
    private var relays: [PeerAddress] {
        catalogue.values.compactMap { record in
            guard case .node(let facts) = record.content, facts.services.contains(.relay),
                record.publisher != key.publicKey
            else { return nil }
            return PeerAddress(key: record.publisher, endpoints: facts.endpoints)
        }.sorted { $0.key < $1.key }
    }
}
