import Wire

/// The gossip cores inside a node: sessions become links, words go through, addresses are sifted.
/// Peers that speak no gossip of this kind get every record, as restricted records do in any case.
extension Swarm {
    /// Whether the peer of a session said that it speaks of neighbours.
    func speaksOfNeighbours(_ session: Session) -> Bool {
        guard let introduction = session.introduction else { return false }
        return introduction.features & Introduction.neighbours != 0
    }

    /// A peer introduced itself as one that speaks of neighbours.
    mutating func meet(_ number: SessionNumber) {
        guard !settings.isLight, let session = sessions[number], speaksOfNeighbours(session),
            let said = session.introduction
        else { return }
        let facts = session.facts
        var endpoints = said.endpoints.map { $0.onLink(of: facts.endpoint) }.filter {
            $0.mayBeDialled(heardFrom: facts.endpoint.reach)
        }
        // The address at which this node itself reached it comes first.
        if facts.isInitiator, facts.path.isOwn {
            endpoints.removeAll { $0 == facts.endpoint }
            endpoints.insert(facts.endpoint, at: 0)
        }
        let peer = PeerAddress(key: facts.peer, endpoints: endpoints)
        // A relay's bytes are somebody else's: such a peer is a neighbour only where one of the two
        // has no other.
        let isOwn = facts.isInitiator && !facts.path.isRelayed
        perform(neighbourhood.linkUp(number, peer, isOwn: isOwn, at: now.monotonic))
    }

    /// A session ended.
    mutating func part(_ number: SessionNumber) {
        let isDead = sessions[number]?.isSuspected == true
        perform(neighbourhood.linkDown(number, isDead: isDead, at: now.monotonic))
    }

    mutating func receive(_ message: NeighbourMessage, from number: SessionNumber) {
        guard !settings.isLight, let source = sessions[number]?.facts.endpoint else { return }
        let isWithin = sessions.change(number) { $0.rates.gossip.take(at: now.monotonic) }
        guard isWithin == true else {
            gossip.counters.wordsDropped += 1
            // Two honest nodes may talk that much after a long cut; comparing brings what is lost.
            if case .news(let items) = message {
                for item in items { neighbourhood.forget(item.record) }
            }
            return
        }
        perform(
            neighbourhood.receive(
                sifted(message, heardFrom: source), from: number, at: now.monotonic))
    }

    /// The message with only such addresses as gossip may make this node dial.
    private func sifted(
        _ message: NeighbourMessage, heardFrom source: Endpoint
    ) -> NeighbourMessage {
        func sift(_ peers: [PeerAddress]) -> [PeerAddress] {
            peers.compactMap { peer in
                let endpoints = peer.endpoints.map { $0.onLink(of: source) }.filter {
                    $0.mayBeDialled(heardFrom: source.reach)
                }
                let isUsable = !endpoints.isEmpty && bans[peer.key]?.isShutOut != true
                return isUsable ? PeerAddress(key: peer.key, endpoints: endpoints) : nil
            }
        }
        switch message {
        case .refuse(let peers): return .refuse(sift(peers))
        case .leave(let peers): return .leave(sift(peers))
        case .shuffle(let number, let hopsLeft, let peers):
            return .shuffle(number: number, hopsLeft: hopsLeft, sift(peers))
        case .shuffleAnswer(let number, let peers):
            return .shuffleAnswer(number: number, sift(peers))
        default: return message
        }
    }

    /// Carries out what the cores want.
    mutating func perform(_ wanted: [Neighbourhood.Effect]) {
        for effect in wanted {
            switch effect {
            case .dial(let peer): dialNeighbour(peer)
            case .needAddress: offerAddresses()
            case .told(let number, let peers): told(peers, by: number)
            case .send(let number, let message): tell(number, message)
            case .ping(let number, let value): ping(neighbour: number, value)
            case .check(let number, let bytes): check(bytes, from: number)
            case .joined(let number): setNeighbour(number, true)
            case .left(let number): setNeighbour(number, false)
            case .suspect(let number, let isSuspected):
                _ = sessions.change(number) { $0.isSuspected = isSuspected }
            case .drop(let number):
                _ = sessions.change(number) { $0.isSuspected = true }
                close(number, "no answer, not to others either")
            }
        }
    }

    private mutating func setNeighbour(_ number: SessionNumber, _ isNeighbour: Bool) {
        _ = sessions.change(number) { session in
            session.isNeighbour = isNeighbour
            if !isNeighbour { session.isSuspected = false }
        }
        if isNeighbour { openDatagrams(number) }
    }

    // MARK: Addresses

    private mutating func dialNeighbour(_ peer: PeerAddress) {
        guard session(with: peer.key) == nil, bans[peer.key]?.isShutOut != true,
            peer.key != settings.node
        else {
            perform(neighbourhood.dialFailed(peer.key, at: now.monotonic))
            return
        }
        dialChosen(peer)
    }

    // MARK: News

    /// A neighbour sent a record: form and time are looked at, then it takes the way of all others.
    private mutating func check(_ bytes: [UInt8], from number: SessionNumber) {
        guard sessions[number] != nil else { return }
        accept([bytes], from: number, isNews: true)
    }

    /// A public record was new: tells neighbours their way and other peers whole. Restricted ones
    /// go to those whole who may hear of them.
    mutating func spread(_ records: [Record], from source: SessionNumber?, isNews: Bool) {
        let isNameOnly = source != nil && records.count > NeighbourLimits.comparedWhole
        let open = records.compactMap { RecordFor<Everyone>($0) }
        for record in open where !settings.isLight {
            perform(
                isNews
                    ? neighbourhood.accept(record, at: now.monotonic)
                    : neighbourhood.publish(
                        record, from: source, isNameOnly: isNameOnly, at: now.monotonic))
        }
        for (number, session) in sessions.entries
        where number != source && !open.isEmpty && tellsWhole(session, own: source == nil) {
            sendRecords(open, to: number)
        }
        spreadInCircles(records, from: source)
        tellMembers(records, from: source)
    }
}

extension Introduction {
    /// The bit of `features` that says: this node speaks of neighbours (`NeighbourMessage`).
    static let neighbours: UInt64 = 1
}
