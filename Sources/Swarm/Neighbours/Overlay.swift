import Wire

/// Who is a neighbour (HyParView: Leitão, Pereira and Rodrigues 2007): a few standing links, most
/// of them chosen by this node at random, and a reserve of addresses that random walks refresh.
///
/// Other than there, a link that this node chose and one that found it count apart, so that
/// whoever calls a node often cannot take its own choice away; and a newcomer mixes by quick
/// shuffles of its own instead of having its arrival passed on.
package struct Overlay: Sendable {
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
        /// A neighbour from now on.
        case joined(SessionNumber)
        /// No neighbour any more; the session is not needed for this.
        case left(SessionNumber)
    }

    /// A peer with a session that speaks of neighbours.
    struct Link: Sendable {
        /// How it stands.
        enum State: Equatable, Sendable {
            /// No neighbour.
            case idle
            /// Asked; an answer is due by then.
            case asked(due: UInt64)
            /// A neighbour that this node chose.
            case chosen
            /// A neighbour that found this node.
            case found
        }

        let peer: PeerAddress
        /// Whether this node opened the session: only those count as chosen, so that a stranger
        /// cannot become one by calling.
        let isOwn: Bool
        var state = State.idle
        /// Whether it seems to be dead: others are looked for in its place already.
        var isSuspected = false
        /// Shuffles that it may send.
        var shuffles = TokenBucket(
            perSecond: NeighbourLimits.shufflesPerSecond, burst: NeighbourLimits.shufflesBurst)

        var isNeighbour: Bool { state == .chosen || state == .found }
    }

    private(set) var links = OrderedTable<SessionNumber, Link>()
    private var reserve: [Spare] = []
    private(set) var own: PeerAddress
    private var generator: SeededGenerator
    /// Dials for the overlay under way, and when each is given up.
    private var dials = OrderedTable<NodeKey, (peer: PeerAddress, due: UInt64)>()
    /// Peers that refused or could not be reached, until when they are left alone.
    private var refusals = OrderedTable<NodeKey, UInt64>()
    /// Neighbours that were lost and are called until they are back.
    private(set) var missed = MissedPeers()
    /// Shuffles of others that went over this node: where their answers go.
    private var walks: [(number: UInt64, link: SessionNumber)] = []
    private var nextShuffle: UInt64 = 0
    /// When the book may be asked for addresses again.
    private var nextNeed: UInt64 = 0
    /// When the first answer is overdue that is waited for.
    private var nextOverdue: UInt64 = .max
    private var ownShuffle: UInt64?

    /// An address in reserve.
    private struct Spare: Sendable {
        let peer: PeerAddress
        /// Whether this node had a session with it: only then is it told to others.
        let isMet: Bool
    }

    /// A node with no neighbours.
    package init(own: PeerAddress, seed: UInt64) {
        self.own = own
        generator = SeededGenerator(seed: seed)
    }

    /// This node is dialled elsewhere from now on.
    mutating func setOwn(_ endpoints: [Endpoint]) {
        own = PeerAddress(key: own.key, endpoints: endpoints)
    }

    /// Neighbours that this node chose.
    package var chosen: Int { links.values.count { $0.state == .chosen } }
    /// Addresses in reserve (HyParView's passive view).
    package var passive: [PeerAddress] { reserve.map(\.peer) }
    /// All neighbours.
    package var neighbours: [SessionNumber] {
        links.entries.filter(\.value.isNeighbour).map(\.key)
    }
    /// The key of a neighbour.
    package func peer(of link: SessionNumber) -> NodeKey? { links[link]?.peer.key }

    func link(with key: NodeKey) -> SessionNumber? {
        links.entries.first { $0.value.peer.key == key }?.key
    }

    // MARK: Sessions

    /// A session with a peer that speaks of neighbours stands.
    mutating func linkUp(
        _ number: SessionNumber, _ peer: PeerAddress, isOwn: Bool, at now: UInt64,
        into effects: inout [Effect]
    ) {
        let wasDialled = dials[peer.key] != nil
        let isBack = missed.remove(peer.key)
        dials[peer.key] = nil
        links[number] = Link(peer: peer, isOwn: isOwn)
        let wanted =
            isBack ? NeighbourLimits.outboundMax : NeighbourLimits.outboundWanted
        if isOwn, wasDialled || isBack, sound < wanted, !isCrowded(peer) {
            ask(number, at: now, into: &effects)
        }
        fill(at: now, into: &effects)
        // Others were quicker: it was dialled for nothing else.
        if isOwn, wasDialled, links[number]?.state == .idle { effects.append(.left(number)) }
    }

    /// A session ended. Whoever was a neighbour goes to the reserve, unless it seems dead.
    mutating func linkDown(
        _ number: SessionNumber, isDead: Bool, at now: UInt64, into effects: inout [Effect]
    ) {
        guard let link = links[number] else { return }
        links[number] = nil
        if link.isNeighbour {
            effects.append(.left(number))
            missed.add(link.peer, at: now)
            if isDead { leaveAlone(link.peer.key, at: now) } else { keep(link.peer, isMet: true) }
        }
        fill(at: now, into: &effects)
    }

    mutating func dialFailed(_ key: NodeKey, at now: UInt64, into effects: inout [Effect]) {
        missed.failed(key, at: now)
        guard dials[key] != nil else { return }
        dials[key] = nil
        reserve.removeAll { $0.peer.key == key }
        leaveAlone(key, at: now)
        fill(at: now, into: &effects)
    }

    private mutating func leaveAlone(_ key: NodeKey, at now: UInt64) {
        refusals.removeAll { _, until in until <= now }
        guard refusals.count < NeighbourLimits.passiveMax else { return }
        refusals[key] = now + NeighbourLimits.refusedPause
    }

    private mutating func ask(
        _ number: SessionNumber, at now: UInt64, into effects: inout [Effect]
    ) {
        let due = now + NeighbourLimits.answerPatience
        _ = links.change(number) { $0.state = .asked(due: due) }
        nextOverdue = min(nextOverdue, due)
        effects.append(.send(number, .ask(isUrgent: neighbours.isEmpty)))
    }

    /// A neighbour seems to be dead, or does not any more.
    mutating func suspect(
        _ number: SessionNumber, _ isSuspected: Bool, at now: UInt64, into effects: inout [Effect]
    ) {
        _ = links.change(number) { $0.isSuspected = isSuspected }
        if isSuspected { return fill(at: now, into: &effects) }
        // Others took its place meanwhile.
        let sound = links.entries.filter { $0.value.state == .chosen && !$0.value.isSuspected }
        guard sound.count > NeighbourLimits.outboundMax,
            let other = sound.map(\.key).randomElement(using: &generator)
        else { return }
        _ = links.change(other) { $0.state = .idle }
        effects.append(
            .send(other, .leave(sample(NeighbourMessage.peersMax / 2, without: own.key))))
        effects.append(.left(other))
    }

    // MARK: Words

    mutating func receive(
        _ message: NeighbourMessage, from number: SessionNumber, at now: UInt64,
        into effects: inout [Effect]
    ) {
        guard let link = links[number] else { return }
        switch message {
        case .ask(let isUrgent): asked(isUrgent, by: number, link, at: now, into: &effects)
        case .accept:
            guard case .asked = link.state else { return }
            _ = links.change(number) { $0.state = $0.isOwn ? .chosen : .found }
            reserve.removeAll { $0.peer.key == link.peer.key }
            effects.append(.joined(number))
            if chosen == 1 { nextShuffle = now }
            fill(at: now, into: &effects)
        case .refuse(let others):
            guard case .asked = link.state else { return }
            _ = links.change(number) { $0.state = .idle }
            leaveAlone(link.peer.key, at: now)
            effects += [.left(number), .told(number, others)]
            fill(at: now, into: &effects)
        case .leave(let others):
            guard link.isNeighbour else { return }
            _ = links.change(number) { $0.state = .idle }
            leaveAlone(link.peer.key, at: now)
            keep(link.peer, isMet: true)
            effects += [.left(number), .told(number, others)]
            fill(at: now, into: &effects)
        case .shuffle(let walk, let hopsLeft, let peers):
            // Each makes work for up to eight nodes.
            let mayShuffle = links.change(number) { $0.shuffles.take(at: now) } ?? false
            guard link.isNeighbour, mayShuffle else { return }
            shuffled(walk, hopsLeft, peers, by: number, into: &effects)
        case .shuffleAnswer(let walk, let peers) where !peers.isEmpty:
            shuffleAnswered(walk, peers, from: number, at: now, into: &effects)
        default: break
        }
    }

    private mutating func asked(
        _ isUrgent: Bool, by number: SessionNumber, _ link: Link, at now: UInt64,
        into effects: inout [Effect]
    ) {
        let found = links.entries.filter {
            $0.value.state == .found && !$0.value.isSuspected
        }.map(\.key)
        if link.isNeighbour {
            // Both asked at once, or an answer was lost.
        } else if case .asked = link.state {
            _ = links.change(number) { $0.state = $0.isOwn ? .chosen : .found }
            effects.append(.joined(number))
        } else if found.count < NeighbourLimits.inboundMax {
            _ = links.change(number) { $0.state = .found }
            effects.append(.joined(number))
        } else if isUrgent, let other = found.randomElement(using: &generator) {
            _ = links.change(other) { $0.state = .idle }
            let others = sample(
                NeighbourMessage.peersMax / 2, without: links[other]?.peer.key ?? own.key)
            effects.append(.send(other, .leave(others)))
            effects.append(.left(other))
            _ = links.change(number) { $0.state = .found }
            effects.append(.joined(number))
        } else {
            let others = sample(NeighbourMessage.peersMax / 2, without: link.peer.key)
            effects.append(.send(number, .refuse(others)))
            return
        }
        reserve.removeAll { $0.peer.key == link.peer.key }
        effects.append(.send(number, .accept))
    }

    // MARK: The reserve

    /// Takes an address that may be dialled; what this node met itself stays so.
    package mutating func keep(_ peer: PeerAddress, isMet: Bool = false) {
        guard peer.key != own.key, !peer.endpoints.isEmpty,
            link(with: peer.key).map({ links[$0]?.isNeighbour == true }) != true
        else { return }
        let spare = Spare(peer: peer, isMet: isMet)
        if let index = reserve.firstIndex(where: { $0.peer.key == peer.key }) {
            if isMet || !reserve[index].isMet { reserve[index] = spare }
        } else if reserve.count < NeighbourLimits.passiveMax {
            reserve.append(spare)
        } else {
            reserve[Int.random(in: 0..<reserve.count, using: &generator)] = spare
        }
    }

    /// Takes addresses that a peer told and that count.
    mutating func keep(_ told: [PeerAddress], at now: UInt64, into effects: inout [Effect]) {
        guard !told.isEmpty else { return }
        for peer in told { keep(peer) }
        fill(at: now, into: &effects)
    }

    /// Addresses to tell others: neighbours, and of the reserve those that this node met itself.
    private mutating func sample(_ count: Int, without key: NodeKey) -> [PeerAddress] {
        var peers = reserve.filter(\.isMet).map(\.peer).filter { $0.key != key }
        peers += links.values.filter { $0.isNeighbour && $0.peer.key != key }.map(\.peer)
        peers.shuffle(using: &generator)
        return Array(peers.prefix(count))
    }

    /// Chosen neighbours that do not seem to be dead.
    private var sound: Int { links.values.count { $0.state == .chosen && !$0.isSuspected } }

    /// Neighbours to look for now.
    private var lacking: Int {
        let asked = links.values.count { if case .asked = $0.state { true } else { false } }
        let lacking = NeighbourLimits.outboundWanted - sound - asked - dials.count
        return max(0, min(lacking, NeighbourLimits.dialsMax - dials.count))
    }

    /// Asks and dials until enough neighbours are chosen: half of them out of the reserve, which
    /// is what peers told lately, the rest out of the node's own book.
    private mutating func fill(at now: UInt64, into effects: inout [Effect]) {
        guard lacking > 0 else { return }
        refusals.removeAll { _, until in until <= now }
        var candidates = passive.filter { peer in
            dials[peer.key] == nil && link(with: peer.key) == nil && !isCrowded(peer)
        }
        // Alone, a node asks those again who refused it when it was not.
        let willing = candidates.filter { refusals[$0.key] == nil }
        if !willing.isEmpty || !neighbours.isEmpty { candidates = willing }
        candidates.shuffle(using: &generator)
        var told = (lacking + 1) / 2
        for peer in candidates where told > 0 && !isCrowded(peer) {
            dial(peer, at: now, into: &effects)
            told -= 1
        }
        if lacking > 0 { fillFromSessions(at: now, into: &effects) }
    }

    private mutating func dial(
        _ peer: PeerAddress, at now: UInt64, into effects: inout [Effect]
    ) {
        let due = now + 2 * NeighbourLimits.answerPatience
        dials[peer.key] = (peer, due)
        nextOverdue = min(nextOverdue, due)
        effects.append(.dial(peer))
    }

    /// Addresses out of the node's own book, best first: as many as are needed are dialled.
    mutating func offer(_ peers: [PeerAddress], at now: UInt64, into effects: inout [Effect]) {
        refusals.removeAll { _, until in until <= now }
        for peer in peers where lacking > 0 {
            guard peer.key != own.key, !peer.endpoints.isEmpty, dials[peer.key] == nil,
                link(with: peer.key) == nil, refusals[peer.key] == nil, !isCrowded(peer)
            else { continue }
            dial(peer, at: now, into: &effects)
        }
    }

    /// Peers with which this node has a session for another reason may be neighbours too, and
    /// when it has no neighbour at all, any peer.
    private mutating func fillFromSessions(at now: UInt64, into effects: inout [Effect]) {
        let isAlone = neighbours.isEmpty
        var idle = links.entries.filter {
            $0.value.state == .idle && ($0.value.isOwn || isAlone)
                && refusals[$0.value.peer.key] == nil
        }.map(\.key)
        idle.shuffle(using: &generator)
        for number in idle where lacking > 0 {
            if let peer = links[number]?.peer, !isCrowded(peer) {
                ask(number, at: now, into: &effects)
            }
        }
        guard lacking > 0, nextNeed <= now else { return }
        nextNeed = now + NeighbourLimits.needPause
        effects.append(.needAddress)
    }

    /// Whether enough neighbours of its netgroup were chosen, or are being asked.
    private func isCrowded(_ peer: PeerAddress) -> Bool {
        guard let group = peer.endpoints.first.flatMap(Netgroup.init) else { return false }
        let chosen = links.values.filter { link in
            if case .asked = link.state { return true }
            return link.state == .chosen
        }
        let others = chosen.map(\.peer) + dials.values.map(\.peer)
        return others.count { $0.endpoints.first.flatMap(Netgroup.init) == group }
            >= NeighbourLimits.outboundPerNetgroup
    }

    // MARK: Shuffles

    private mutating func shuffled(
        _ walk: UInt64, _ hopsLeft: UInt8, _ peers: [PeerAddress], by number: SessionNumber,
        into effects: inout [Effect]
    ) {
        let origin = peers.first?.key
        let others = links.entries.filter {
            $0.value.isNeighbour && $0.key != number && $0.value.peer.key != origin
        }.map(\.key)
        // Of no address that counts there is nothing to pass on.
        if hopsLeft > 0, !peers.isEmpty, let next = others.randomElement(using: &generator) {
            if walks.count >= NeighbourLimits.walksMax { walks.removeFirst() }
            walks.append((walk, number))
            effects.append(.send(next, .shuffle(number: walk, hopsLeft: hopsLeft - 1, peers)))
            return
        }
        let answer = sample(max(0, peers.count - 1), without: origin ?? own.key)
        effects.append(.send(number, .shuffleAnswer(number: walk, [own] + answer)))
        effects.append(.told(number, peers))
    }

    private mutating func shuffleAnswered(
        _ walk: UInt64, _ peers: [PeerAddress], from number: SessionNumber, at now: UInt64,
        into effects: inout [Effect]
    ) {
        if walk == ownShuffle {
            ownShuffle = nil
            effects.append(.told(number, peers))
        } else if let index = walks.firstIndex(where: { $0.number == walk }) {
            let back = walks.remove(at: index).link
            effects.append(.send(back, .shuffleAnswer(number: walk, peers)))
        }
    }

    private mutating func shuffle(at now: UInt64, into effects: inout [Effect]) {
        let isMixed = chosen >= NeighbourLimits.outboundWanted
        let pause =
            isMixed ? NeighbourLimits.shufflePause : NeighbourLimits.firstShufflePause
        nextShuffle = now + pause / 2 + UInt64.random(in: 0..<pause, using: &generator)
        guard let first = neighbours.randomElement(using: &generator) else { return }
        var near = neighbours.filter { $0 != first }.compactMap { links[$0]?.peer }
        near.shuffle(using: &generator)
        var far = reserve.filter(\.isMet).map(\.peer)
        far.shuffle(using: &generator)
        let peers =
            [own] + near.prefix(NeighbourLimits.shuffleNeighbours)
            + far.prefix(NeighbourLimits.shufflePassives)
        let walk = generator.next()
        ownShuffle = walk
        effects.append(
            .send(
                first, .shuffle(number: walk, hopsLeft: NeighbourLimits.shuffleHops, peers)))
    }

    // MARK: Time

    /// When `wake` is due.
    package var deadline: UInt64 { min(nextShuffle, nextOverdue, missed.deadline) }

    mutating func wake(at now: UInt64, into effects: inout [Effect]) {
        if nextOverdue <= now { giveUp(at: now, into: &effects) }
        for peer in missed.due(at: now) where link(with: peer.key) == nil {
            effects.append(.dial(peer))
        }
        guard nextShuffle <= now else { return }
        shuffle(at: now, into: &effects)
        fill(at: now, into: &effects)
    }

    /// Gives up waiting for answers that are overdue.
    private mutating func giveUp(at now: UInt64, into effects: inout [Effect]) {
        nextOverdue = .max
        for (number, link) in links.entries {
            guard case .asked(let due) = link.state else { continue }
            guard due <= now else {
                nextOverdue = min(nextOverdue, due)
                continue
            }
            _ = links.change(number) { $0.state = .idle }
            leaveAlone(link.peer.key, at: now)
            effects.append(.left(number))
        }
        dials.removeAll { _, dial in dial.due <= now }
        nextOverdue = min(nextOverdue, dials.values.map(\.due).min() ?? .max)
        fill(at: now, into: &effects)
    }
}
