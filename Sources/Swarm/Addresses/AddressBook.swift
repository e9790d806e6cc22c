import Wire

/// The addresses that a node knows, arranged so that a flood of false ones cannot take it over
/// (after the address manager of Bitcoin Core; Heilman et al., "Eclipse Attacks on Bitcoin's
/// Peer-to-Peer Network", USENIX Security 2015).
///
/// *New* addresses were told by others, *tried* ones answered. Each has one place, which a hash
/// under a secret of this node gives it: by the netgroups of the address and of who told it. So
/// whoever rules few netgroups reaches few places, and a place that is taken stays taken unless its
/// holder cannot be reached for long. No I/O, no clock; the same calls give the same book.
package struct AddressBook: Sendable {
    /// What one peer may still tell.
    private struct Teller: Sendable {
        var bucket = TokenBucket(
            every: AddressLimits.toldPause, burst: AddressLimits.toldAtOnce)
        var heard: UInt64
    }

    let places: AddressPlaces
    private(set) var entries: [AddressEntry] = []
    /// Where in `entries` a key is, by its number under the secret.
    private var positions: [UInt64: UInt16] = [:]
    private(set) var slots = AddressSlots()
    private var tellers = OrderedTable<NodeKey, Teller>()
    /// Tried addresses that are to be probed, each with the one that wants its place.
    private(set) var contests = OrderedTable<NodeKey, NodeKey>()
    /// Dials that were answered: a failure counts only if some other dial was answered since the
    /// last one that did, so that a machine without a network blames nobody.
    private var answers: UInt32 = 0
    /// Neighbours to call first after a restart.
    package var anchors: [NodeKey] = [] {
        didSet { if anchors != oldValue { changes += 1 } }
    }
    /// Grows with everything that is worth keeping.
    private(set) var changes: UInt64 = 0
    /// What happened so far.
    package private(set) var counters = AddressCounters()
    var generator: SeededGenerator

    /// An empty book. The secret, of 16 random bytes, decides what stands where; nobody else may
    /// know it.
    package init(secret: [UInt8]) {
        precondition(secret.count == AddressPlaces.secretBytes)
        places = AddressPlaces(secret: secret)
        generator = SeededGenerator(seed: places.seed(0))
    }

    /// Chooses otherwise than in the run before.
    mutating func reseed(_ seed: UInt64) {
        generator = SeededGenerator(seed: places.seed(seed))
    }

    /// Bytes of the secret.
    package static var secretBytes: Int { AddressPlaces.secretBytes }

    // MARK: What is in it

    /// Addresses in it.
    package var count: Int { entries.count }

    /// Addresses in one of the tables.
    package func count(in table: Table) -> Int { slots.count(table.buckets) }

    /// Bytes that it takes in memory, allocations with their heads: at most
    /// `AddressLimits.bytesMax`.
    package var byteCount: Int {
        let packed = entries.reduce(0) { $0 + ($1.packed.capacity + 32 + 15) / 16 * 16 }
        let keys = positions.capacity * 4 / 3 * (8 + 2 + 1)
        let tables = tellers.count * MemoryLayout<(NodeKey, Teller)>.stride
        return packed + entries.capacity * MemoryLayout<AddressEntry>.stride
            + keys + slots.byteCount + 2 * tables
    }

    /// All nodes in it.
    package var peers: [PeerAddress] { entries.map(\.peer) }

    /// What is known of a node; nil where nothing is.
    func entry(of key: NodeKey) -> AddressEntry? { position(of: key).map { entries[$0] } }

    /// Where a node listens; nil where that is not known.
    package func endpoints(of key: NodeKey) -> [Endpoint]? { entry(of: key)?.endpoints }

    /// Whether a node answered at its address.
    package func isTried(_ key: NodeKey) -> Bool {
        entry(of: key).map { AddressPlaces.table(of: Int($0.place)) } == .tried
    }

    private func position(of key: NodeKey) -> Int? {
        guard let position = positions[places.number(of: key)].map({ Int($0) }),
            entries[position].key == key
        else { return nil }
        return position
    }

    // MARK: What is told

    /// A peer, whose session comes from `source`, tells where a node listens; `isSigned` when that
    /// node itself signed it. False when the peer has told too many: then nothing of it counts.
    @discardableResult
    package mutating func tell(
        _ peer: PeerAddress, by teller: NodeKey, from source: Endpoint, isSigned: Bool,
        at now: Moment
    ) -> Bool {
        guard !peer.endpoints.isEmpty else { return true }
        if let position = position(of: peer.key) {
            refresh(position, peer.endpoints, isSigned: isSigned, at: now.second)
            return true
        }
        guard mayTell(teller, at: now.monotonic) else {
            counters.tooMany += 1
            return false
        }
        insert(peer, from: places.group(of: source), at: now.second)
        return true
    }

    private mutating func mayTell(_ teller: NodeKey, at now: UInt64) -> Bool {
        if tellers[teller] == nil {
            if tellers.count >= AddressLimits.tellersMax,
                let oldest = tellers.entries.min(by: { $0.value.heard < $1.value.heard })
            {
                tellers[oldest.key] = nil
            }
            tellers[teller] = Teller(heard: now)
        }
        let mayTell = tellers.change(teller) { teller in
            teller.heard = now
            return teller.bucket.take(at: now)
        }
        return mayTell == true
    }

    /// News of a node that is known. Its own signed word counts; what others say never changes an
    /// address, so that nobody can bend what is known of a third. An address that answered stays
    /// the first to be dialled, and near ones do not become global ones.
    private mutating func refresh(
        _ position: Int, _ told: [Endpoint], isSigned: Bool, at second: UInt32
    ) {
        entries[position].heard = max(entries[position].heard, second)
        guard isSigned else { return }
        let known = entries[position].endpoints
        let isTried = AddressPlaces.table(of: Int(entries[position].place)) == .tried
        let first = isTried ? Array(known.prefix(1)) : []
        let endpoints = Array(
            (first + told.filter { !first.contains($0) }).prefix(PeerAddress.endpointsMax))
        guard endpoints != known,
            places.group(of: endpoints).isNear
                == AddressPlaces.isNear(Int(entries[position].place))
        else { return }
        entries[position].endpoints = endpoints
        changes += 1
    }

    /// Takes a new address, unless its place is taken; whether it stands there now.
    @discardableResult
    private mutating func insert(
        _ peer: PeerAddress, from source: AddressPlaces.Group, at second: UInt32
    ) -> Bool {
        let number = places.number(of: peer.key)
        // Two keys with one number: as likely as a guess of eight bytes. The first stays.
        guard positions[number] == nil else { return false }
        let place = places.new(number, places.group(of: peer.endpoints), toldFrom: source)
        guard free(place, at: second) else {
            counters.crowded += 1
            return false
        }
        append(AddressEntry(key: peer.key, endpoints: peer.endpoints, place: place, heard: second))
        counters.taken += 1
        return true
    }

    /// Makes a place free if whoever holds it could not be reached for long.
    private mutating func free(_ place: Int, at second: UInt32) -> Bool {
        guard let other = slots[place] else { return true }
        guard entries[other].isTerrible(at: second) else { return false }
        remove(other)
        counters.replaced += 1
        return true
    }

    // MARK: What dials show

    /// A node answered at an address that this node dialled.
    package mutating func answered(_ key: NodeKey, at endpoint: Endpoint, at now: Moment) {
        guard endpoint.reach != .forbidden else { return }
        answers &+= 1
        contests[key] = nil
        let others = endpoints(of: key)?.filter { $0 != endpoint } ?? []
        let peer = PeerAddress(key: key, endpoints: [endpoint] + others)
        let group = places.group(of: peer.endpoints)
        if let position = position(of: key),
            AddressPlaces.isNear(Int(entries[position].place)) != group.isNear
        {
            remove(position)
        }
        if position(of: key) == nil { admit(peer, group, at: now.second) }
        guard let position = position(of: key) else { return }
        changes += 1
        entries[position].answered = now.second
        entries[position].failures = 0
        entries[position].endpoints = peer.endpoints
        if AddressPlaces.table(of: Int(entries[position].place)) == .new {
            promote(position, at: now.second)
        }
    }

    /// Takes a node that answered and was not known: among the tried ones where its place there
    /// is free, else as if it had told of itself.
    private mutating func admit(
        _ peer: PeerAddress, _ group: AddressPlaces.Group, at second: UInt32
    ) {
        let number = places.number(of: peer.key)
        let place = places.tried(number, group)
        guard slots[place] == nil, positions[number] == nil else {
            insert(peer, from: group, at: second)
            return
        }
        append(
            AddressEntry(key: peer.key, endpoints: peer.endpoints, place: place, heard: second))
        counters.tried += 1
    }

    /// A session with a node that this one dialled stood until now.
    mutating func stood(_ key: NodeKey, at now: Moment) {
        contests[key] = nil
        guard let position = position(of: key) else { return }
        entries[position].answered = now.second
        changes += 1
    }

    /// A node is being dialled: it is not drawn again soon, and keeps its place meanwhile.
    package mutating func dialled(_ key: NodeKey, at now: Moment) {
        guard let position = position(of: key) else { return }
        entries[position].dialled = now.second
    }

    /// Nobody answered, or another node.
    package mutating func failed(_ key: NodeKey, at now: Moment) {
        guard let position = position(of: key) else { return }
        entries[position].dialled = now.second
        guard entries[position].counted < answers else { return }
        entries[position].counted = answers
        entries[position].failures = min(.max - 1, entries[position].failures) + 1
        changes += 1
        guard let challenger = contests[key] else { return }
        contests[key] = nil
        guard entry(of: challenger) != nil else { return }
        counters.evicted += 1
        demote(position, at: now.second)
        if let position = self.position(of: challenger),
            AddressPlaces.table(of: Int(entries[position].place)) == .new
        {
            promote(position, at: now.second)
        }
    }

    /// Moves a new address to the tried ones. Where another stands that may still be there, that
    /// one is probed first.
    private mutating func promote(_ position: Int, at second: UInt32) {
        let entry = entries[position]
        let number = places.number(of: entry.key)
        let place = places.tried(number, places.group(of: entry.endpoints))
        guard let other = slots[place] else { return move(position, to: place) }
        if entries[other].isTerrible(at: second) {
            let key = entry.key
            remove(other)
            counters.replaced += 1
            if let position = self.position(of: key) { move(position, to: place) }
            return
        }
        let holder = entries[other]
        let silence = second > holder.answered ? second - holder.answered : 0
        guard silence > AddressLimits.surelyThere, contests[holder.key] == nil,
            contests.count < AddressLimits.contestsMax
        else { return }
        contests[holder.key] = entry.key
        counters.contested += 1
    }

    /// Moves a tried address back to the new ones, as if it had told of itself.
    private mutating func demote(_ position: Int, at second: UInt32) {
        let key = entries[position].key
        let group = places.group(of: entries[position].endpoints)
        let place = places.new(places.number(of: key), group, toldFrom: group)
        let isFree = free(place, at: second)
        guard let position = self.position(of: key) else { return }
        if isFree { move(position, to: place, isAnswer: false) } else { remove(position) }
    }
}

extension AddressBook {
    // MARK: Where entries stand

    private mutating func move(_ position: Int, to place: Int, isAnswer: Bool = true) {
        slots[Int(entries[position].place)] = nil
        entries[position].place = UInt16(place)
        slots[place] = position
        if isAnswer { counters.tried += 1 }
    }

    /// Puts an entry at its place, which is free.
    mutating func append(_ entry: AddressEntry) {
        positions[places.number(of: entry.key)] = UInt16(entries.count)
        slots[Int(entry.place)] = entries.count
        entries.append(entry)
        changes += 1
    }

    /// Takes an entry out; the last one takes its number.
    private mutating func remove(_ position: Int) {
        let entry = entries[position]
        positions[places.number(of: entry.key)] = nil
        slots[Int(entry.place)] = nil
        contests[entry.key] = nil
        let last = entries.removeLast()
        changes += 1
        guard position < entries.count else { return }
        entries[position] = last
        positions[places.number(of: last.key)] = UInt16(position)
        slots[Int(last.place)] = position
    }
}

extension Moment {
    /// Seconds of wall time since 1970.
    var second: UInt32 { UInt32(clamping: wall / 1000) }
}
