import Wire

/// Addresses between sessions, book and overlay: what peers tell goes into the book, whom the
/// overlay needs comes out of it, and the shell keeps it for the next start.
extension Swarm {
    /// Takes the addresses of a Node record that came over `session`: those that reach as far as
    /// the session itself, and global ones unless the node says that nobody reaches it there. A
    /// node with no address that may be dialled is remembered too, so that a fetch does not dial
    /// what gossip may not make us dial, and so are the relays that such a node names.
    mutating func learn(_ record: Record, over session: SessionNumber?) {
        guard case .node(let node) = record.content, record.publisher != settings.node,
            let facts = session.flatMap({ sessions[$0]?.facts })
        else { return }
        let known = addresses.endpoints(of: record.publisher) ?? []
        let isReached = node.reach != .unreachable
        let endpoints = node.endpoints.map { $0.onLink(of: facts.endpoint) }.filter { endpoint in
            (isReached || endpoint.reach != .global)
                && (endpoint.mayBeDialled(heardFrom: facts.endpoint.reach)
                    || known.contains(endpoint))
        }
        noteWay(to: record.publisher, isReached ? [] : node.relays)
        outOfReach.removeAll { $0 == record.publisher }
        if endpoints.isEmpty {
            if outOfReach.count >= AddressLimits.outOfReachMax { outOfReach.removeFirst() }
            outOfReach.append(record.publisher)
        }
        addresses.tell(
            PeerAddress(key: record.publisher, endpoints: endpoints), by: facts.peer,
            from: facts.endpoint, isSigned: true, at: now)
    }

    /// A neighbour told of others, at addresses that may be dialled. They count, for book and
    /// overlay, as long as it keeps to what one peer may tell.
    mutating func told(_ peers: [PeerAddress], by number: SessionNumber) {
        guard let facts = sessions[number]?.facts else { return }
        var kept: [PeerAddress] = []
        for peer in peers where peer.key != settings.node {
            let counts = addresses.tell(
                peer, by: facts.peer, from: facts.endpoint, isSigned: false, at: now)
            if counts { kept.append(peer) }
        }
        perform(neighbourhood.keep(kept, at: now.monotonic))
    }

    /// The overlay needs addresses: half of them answered once, half are new.
    mutating func offerAddresses() {
        let offered = addresses.pick(
            AddressLimits.offeredMax, without: unavailable, at: now)
        perform(neighbourhood.offer(offered, at: now.monotonic))
    }

    /// Whom not to dial: this node, those with a session, those shut out.
    var unavailable: Set<NodeKey> {
        var keys = Set(sessions.values.map(\.facts.peer))
        keys.insert(settings.node)
        for (key, ban) in bans.entries where ban.isShutOut { keys.insert(key) }
        return keys
    }

    // MARK: From run to run

    /// Calls the oldest neighbours of the run before, ahead of everyone else.
    mutating func callAnchors() {
        guard !keeping.hasCalledAnchors else { return }
        keeping.hasCalledAnchors = true
        keeping.next = now.monotonic + AddressLimits.firstKept
        keeping.changes = addresses.changes
        perform(neighbourhood.offer(addresses.anchorPeers, at: now.monotonic))
    }

    /// The neighbours that this node chose, longest first: those that stood for long will.
    private var longestNeighbours: [NodeKey] {
        let chosen = sessions.values.filter { session in
            session.isNeighbour && session.facts.isInitiator && !session.isClosing
        }
        let oldest = chosen.sorted { left, right in
            (left.opened, left.facts.peer) < (right.opened, right.facts.peer)
        }
        return Array(oldest.prefix(AddressLimits.anchorsMax).map(\.facts.peer))
    }

    mutating func keepAddressesIfDue() {
        guard keeping.next <= now.monotonic else { return }
        keepAddresses()
    }

    /// Has the book kept, if it changed. Without a neighbour the anchors stay who they were.
    mutating func keepAddresses() {
        keeping.next = now.monotonic + AddressLimits.keptPause
        let anchors = longestNeighbours
        if !anchors.isEmpty { addresses.anchors = anchors }
        guard keeping.changes != addresses.changes else { return }
        keeping.changes = addresses.changes
        effects.append(.keepAddresses(addresses.bytes))
    }
}

/// When the address book is written next, and what of it was.
struct AddressKeeping: Sendable {
    /// Monotonic nanoseconds of the next look.
    var next: UInt64 = 0
    /// Changes of the book that are kept.
    var changes: UInt64 = 0
    /// Whether the anchors of the run before were called.
    var hasCalledAnchors = false
}

extension AddressBook {
    /// An empty book whose secret follows from a seed: for simulations, where nobody is hostile
    /// who is not made so.
    static func following(_ seed: UInt64) -> AddressBook {
        var writer = Writer()
        writer.write(seed)
        let secret = Sodium.blake2b(writer.bytes, count: AddressPlaces.secretBytes)
        return AddressBook(secret: secret)
    }
}
