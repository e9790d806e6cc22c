import Wire

/// The gossip of one node: who its neighbours are, whether they live, and what news goes to whom.
/// Three cores behind one interface, so that the node and the simulator run the same.
package struct Neighbourhood: Sendable {
    /// What is to be done, in order.
    package enum Effect: Equatable, Sendable {
        /// Open a session; answered by `linkUp` or `dialFailed`.
        case dial(PeerAddress)
        /// Addresses out of the node's own book would help; answered by `offer`.
        case needAddress
        /// A peer told of others; those that may be dialled and count are answered by `keep`.
        case told(SessionNumber, [PeerAddress])
        /// Tell a peer.
        case send(SessionNumber, NeighbourMessage)
        /// Ask a neighbour for a word; answered by `pong` with the number.
        case ping(SessionNumber, UInt64)
        /// Check a public record that a neighbour sent; answered by `accept`, `refuse` or `forget`.
        case check(SessionNumber, [UInt8])
        /// A peer is a neighbour from now on.
        case joined(SessionNumber)
        /// It is none any more; the session is not needed for this.
        case left(SessionNumber)
        /// A neighbour is suspected, or is not any more.
        case suspect(SessionNumber, Bool)
        /// A neighbour is taken for dead: close the session.
        case drop(SessionNumber)
    }

    package private(set) var overlay: Overlay
    package private(set) var probing: Probing
    package private(set) var spread = Spread<Everyone>(.everyone)

    /// A node without neighbours.
    package init(own: PeerAddress, seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        overlay = Overlay(own: own, seed: generator.next())
        probing = Probing(seed: generator.next())
    }

    /// This node is dialled elsewhere from now on.
    package mutating func setOwn(_ endpoints: [Endpoint]) { overlay.setOwn(endpoints) }

    /// Monotonic nanoseconds when `wake` is due.
    package var deadline: UInt64 {
        [overlay.deadline, probing.deadline ?? .max, spread.deadline ?? .max].min() ?? .max
    }

    // MARK: Sessions

    /// A session with a peer that speaks of neighbours stands; own if this node opened it.
    package mutating func linkUp(
        _ link: SessionNumber, _ peer: PeerAddress, isOwn: Bool, at now: UInt64
    ) -> [Effect] {
        var effects: [Overlay.Effect] = []
        overlay.linkUp(link, peer, isOwn: isOwn, at: now, into: &effects)
        return carry(effects, at: now)
    }

    /// A session ended; dead when the other side was taken for dead.
    package mutating func linkDown(
        _ link: SessionNumber, isDead: Bool = false, at now: UInt64
    ) -> [Effect] {
        var effects: [Overlay.Effect] = []
        overlay.linkDown(link, isDead: isDead, at: now, into: &effects)
        return carry(effects, at: now)
    }

    /// Nobody answered there.
    package mutating func dialFailed(_ key: NodeKey, at now: UInt64) -> [Effect] {
        var effects: [Overlay.Effect] = []
        overlay.dialFailed(key, at: now, into: &effects)
        return carry(effects, at: now)
    }

    /// Takes an address into the reserve; the caller has seen that it may be dialled.
    package mutating func keep(_ peer: PeerAddress) { overlay.keep(peer) }

    /// Takes addresses that a peer told; the caller has seen that they may be dialled and count.
    package mutating func keep(_ told: [PeerAddress], at now: UInt64) -> [Effect] {
        var effects: [Overlay.Effect] = []
        overlay.keep(told, at: now, into: &effects)
        return carry(effects, at: now)
    }

    /// Addresses out of the node's own book, best first: as many as are needed are dialled.
    package mutating func offer(_ peers: [PeerAddress], at now: UInt64) -> [Effect] {
        var effects: [Overlay.Effect] = []
        overlay.offer(peers, at: now, into: &effects)
        return carry(effects, at: now)
    }

    // MARK: Words

    /// A message of a peer.
    package mutating func receive(
        _ message: NeighbourMessage, from link: SessionNumber, at now: UInt64
    ) -> [Effect] {
        var result = heard(link, at: now)
        switch message {
        case .ask, .accept, .refuse, .leave, .shuffle, .shuffleAnswer:
            var effects: [Overlay.Effect] = []
            overlay.receive(message, from: link, at: now, into: &effects)
            result += carry(effects, at: now)
        case .probe, .probeAnswer:
            guard probing.pulses[link] != nil else { break }
            var effects: [Probing.Effect] = []
            probing.receive(message, from: link, at: now, into: &effects)
            result += carry(effects, at: now)
        case .news, .haves, .graft, .prune:
            var effects: [Spread<Everyone>.Effect] = []
            receiveNews(message, from: link, at: now, into: &effects)
            result += carry(effects)
        }
        return result
    }

    private mutating func receiveNews(
        _ message: NeighbourMessage, from link: SessionNumber, at now: UInt64,
        into effects: inout [Spread<Everyone>.Effect]
    ) {
        switch message {
        case .news(let items): spread.receive(items, from: link, at: now, into: &effects)
        case .haves(let haves) where overlay.links[link]?.isNeighbour == true:
            spread.receive(haves, from: link, at: now, into: &effects)
        case .graft(let names): spread.receive(graft: names, from: link, into: &effects)
        case .prune: spread.receivePrune(from: link)
        default: break
        }
    }

    /// A peer said something else: a sign of life.
    package mutating func heard(
        _ link: SessionNumber, pong: UInt64? = nil, at now: UInt64
    ) -> [Effect] {
        var effects: [Probing.Effect] = []
        probing.heard(link, pong: pong, at: now, into: &effects)
        return carry(effects, at: now)
    }

    /// A neighbour's ping went another way too.
    package mutating func askedAgain(_ link: SessionNumber) { probing.askedAgain(link) }

    // MARK: News

    /// A public record of this node, or one that came some other way, from `source` if from a peer:
    /// tells the neighbours, by name alone where many come at once.
    package mutating func publish(
        _ record: RecordFor<Everyone>, from source: SessionNumber? = nil, isNameOnly: Bool = false,
        at now: UInt64
    ) -> [Effect] {
        var effects: [Spread<Everyone>.Effect] = []
        spread.publish(
            record, from: source, isNameOnly: isNameOnly, at: now, into: &effects)
        return carry(effects)
    }

    /// A checked record is good and was news.
    package mutating func accept(
        _ record: RecordFor<Everyone>, at now: UInt64
    ) -> [Effect] {
        var effects: [Spread<Everyone>.Effect] = []
        spread.accept(record, at: now, into: &effects)
        return carry(effects)
    }

    /// A checked record is false or has no place here.
    package mutating func refuse(_ record: [UInt8]) { spread.refuse(record) }

    /// A record could not be looked at now and may come again.
    package mutating func forget(_ record: [UInt8]) { spread.forget(record) }

    /// Forgets what was seen: it may count anew.
    package mutating func forgetAll() { spread.forgetAll() }

    // MARK: Time

    /// To be called when `deadline` has come.
    package mutating func wake(at now: UInt64) -> [Effect] {
        var ofOverlay: [Overlay.Effect] = []
        overlay.wake(at: now, into: &ofOverlay)
        var result = carry(ofOverlay, at: now)
        var ofProbing: [Probing.Effect] = []
        probing.wake(at: now, into: &ofProbing)
        result += carry(ofProbing, at: now)
        var ofSpread: [Spread<Everyone>.Effect] = []
        spread.wake(at: now, into: &ofSpread)
        return result + carry(ofSpread)
    }

    // MARK: From core to core

    private mutating func carry(_ effects: [Overlay.Effect], at now: UInt64) -> [Effect] {
        var result: [Effect] = []
        for effect in effects {
            switch effect {
            case .dial(let peer): result.append(.dial(peer))
            case .needAddress: result.append(.needAddress)
            case .told(let link, let peers): result.append(.told(link, peers))
            case .send(let link, let message): result.append(.send(link, message))
            case .joined(let link):
                if let key = overlay.peer(of: link) { probing.add(link, key, at: now) }
                spread.add(link)
                result.append(.joined(link))
            case .left(let link):
                probing.remove(link)
                spread.remove(link)
                result.append(.left(link))
            }
        }
        return result
    }

    private mutating func carry(_ effects: [Probing.Effect], at now: UInt64) -> [Effect] {
        var result: [Effect] = []
        for effect in effects {
            switch effect {
            case .ping(let link, let number): result.append(.ping(link, number))
            case .send(let link, let message): result.append(.send(link, message))
            case .suspect(let link, let isSuspected):
                result.append(.suspect(link, isSuspected))
                var more: [Overlay.Effect] = []
                overlay.suspect(link, isSuspected, at: now, into: &more)
                result += carry(more, at: now)
            case .drop(let link): result.append(.drop(link))
            }
        }
        return result
    }

    private func carry(_ effects: [Spread<Everyone>.Effect]) -> [Effect] {
        effects.map { effect in
            switch effect {
            case .send(let link, let message): .send(link, message)
            case .check(let link, let record): .check(link, record)
            }
        }
    }
}
