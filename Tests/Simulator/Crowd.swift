import Swarm
import Wire

/// Up to tens of thousands of nodes, each of them the shipping `Neighbourhood` alone, in virtual
/// time from one seed: for what needs many. `World` runs whole nodes, but fewer of them.
package final class Crowd {
    enum Event {
        case wake(node: Int)
        case message(node: Int, link: SessionNumber, NeighbourMessage)
        case ping(node: Int, link: SessionNumber, UInt64)
        case pong(node: Int, link: SessionNumber, UInt64)
        case linkUp(node: Int, link: SessionNumber)
        case linkDown(node: Int, link: SessionNumber, isDead: Bool)
        case dialFailed(node: Int, NodeKey)
        case compareSome(node: Int)
        case compared(node: Int, link: SessionNumber)
        case act(Int)
    }

    /// One end of a session.
    struct End {
        let node: Int
        var other: SessionNumber
        let peer: PeerAddress
        var isOpen = false
        /// Until when the way to the other end loses everything.
        var burstEnd: UInt64 = 0
    }

    /// Virtual nanoseconds.
    package private(set) var now: UInt64 = 0
    package var nodes: [CrowdNode] = []
    package var weather = Weather() {
        didSet {
            weather = weather.without(trial.calm)
            log.weather.formUnion(weather.kinds)
        }
    }
    /// What is left out, and what the run says of it.
    package let trial: Trial
    var log: TrialLog
    package let landscape: Landscape
    package var generator: SeededGenerator
    /// Running mix of all that happened.
    package private(set) var trace: UInt64 = 0
    package private(set) var eventCount: UInt64 = 0
    package var traffic = CrowdTraffic()
    /// What was published and who has it.
    package var stories: [NewsName: Story] = [:]
    /// The records in the order in which they were published.
    var records: [(name: NewsName, bytes: [UInt8])] = []
    var queue = EventQueue<Event>()
    private var ends: [End] = []
    private var actions: [() -> Void] = []
    private var indexOfKey: [NodeKey: Int] = [:]
    /// Parts of the network that do not reach each other; empty for one network.
    var parts: [Int] = []
    /// Whose messages do not reach whom.
    private var silenced: (speakers: Set<Int>, hearers: Set<Int>)?

    /// An empty network.
    package convenience init(seed: UInt64) { self.init(Trial(seed: seed)) }

    /// The same with something left out.
    package init(_ trial: Trial, landscape: Landscape = .continents) {
        self.trial = trial
        log = TrialLog(trial)
        generator = SeededGenerator(seed: trial.seed)
        self.landscape = landscape
    }

    // MARK: Nodes

    /// Adds a node that knows the addresses of others; gives its index.
    @discardableResult
    package func add(
        knowing others: [Int], netgroup: Int? = nil, behaviour: CrowdNode.Behaviour = .honest
    ) -> Int {
        let index = nodes.count
        let group = netgroup ?? index
        let bytes: [UInt8] = [
            UInt8(20 + group / 256 % 180), UInt8(group % 256), UInt8(index / 256 % 256),
            UInt8(index % 256),
        ]
        guard let endpoint = Endpoint(bytes: bytes, port: UInt16(4747)) else {
            preconditionFailure("four bytes are an address")
        }
        let address = PeerAddress(key: key(), endpoints: [endpoint])
        let node = CrowdNode(
            address: address, region: index % landscape.regions, behaviour: behaviour,
            seed: generator.next())
        nodes.append(node)
        if trial.defect == .mute(index) { nodes[index].isMute = true }
        indexOfKey[address.key] = index
        nodes[index].known = others.map { nodes[$0].address }
        for other in nodes[index].known { nodes[index].core.keep(other) }
        wake(index)
        planComparison(index)
        return index
    }

    private func key() -> NodeKey {
        let bytes = (0..<4).flatMap { _ in
            let word = generator.next()
            return (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
        }
        guard let key = NodeKey(bytes: bytes) else { preconditionFailure("32 bytes are a key") }
        return key
    }

    /// A node dies without a word: its machine lost power. Whether it does in this trial.
    @discardableResult
    package func kill(_ index: Int) -> Bool {
        guard suffers("node \(index) dies") else { return false }
        nodes[index].isUp = false
        return true
    }

    /// The same where its death is what a scenario looks at, and no fault that could be left out.
    func end(_ index: Int) { nodes[index].isUp = false }

    /// Whether a fault happens in this trial.
    func suffers(_ words: String) -> Bool { log.admits(words, at: now) }

    /// A node stands still: it neither hears nor acts, and then everything comes at once.
    package func pause(_ index: Int, for span: UInt64) {
        guard suffers("node \(index) stands still for \(span / 1_000_000) ms") else { return }
        nodes[index].pausedUntil = max(nodes[index].pausedUntil, now + span)
        if trial.defect == .muteAfterPause { nodes[index].isMute = true }
    }

    /// Cuts the network: nodes of different parts do not hear each other.
    package func divide(by part: (Int) -> Int) {
        guard suffers("the network is cut") else { return }
        parts = nodes.indices.map(part)
    }

    /// Nothing that some nodes say reaches some others; the other way it does.
    package func silence(_ speakers: Set<Int>, for hearers: Set<Int>) {
        guard suffers("\(hearers.count) nodes do not hear \(speakers.count)") else { return }
        silenced = (speakers, hearers)
    }

    /// Ends the cut.
    package func heal() { (parts, silenced) = ([], nil) }

    func reaches(_ from: Int, _ to: Int) -> Bool {
        if let silenced, silenced.speakers.contains(from), silenced.hearers.contains(to) {
            return false
        }
        return parts.isEmpty || parts[from] == parts[to]
    }

    // MARK: Time

    func schedule(_ event: Event, after delay: UInt64) {
        queue.push(event, at: now + delay)
    }

    /// Does something at a time from now.
    package func after(_ delay: UInt64, _ action: @escaping () -> Void) {
        actions.append(action)
        schedule(.act(actions.count - 1), after: delay)
    }

    /// Runs for a span, or until `condition` holds, looked at after each tenth of a second.
    @discardableResult
    package func run(_ span: UInt64, until condition: () -> Bool = { false }) -> Bool {
        let end = now + span
        while now < end {
            let stop = min(end, now + 100_000_000)
            while let (time, event) = queue.pop(before: stop) {
                now = time
                deliver(event)
            }
            now = stop
            if condition() { return true }
        }
        return condition()
    }

    private func deliver(_ event: Event) {
        eventCount += 1
        guard let node = event.node else {
            if case .act(let index) = event { actions[index]() }
            return
        }
        guard nodes[node].isUp else { return }
        if nodes[node].pausedUntil > now {
            // Everything that waits comes at its end, in its order.
            queue.push(event, at: nodes[node].pausedUntil)
            return
        }
        note(event, node)
        perform(effects(of: event, node), of: node)
        plan(node)
    }

    private func effects(of event: Event, _ node: Int) -> [Neighbourhood.Effect] {
        switch event {
        case .wake:
            nodes[node].wakes -= 1
            return nodes[node].core.deadline <= now ? nodes[node].core.wake(at: now) : []
        case .message(_, let link, let message):
            guard isOpen(link) else { return [] }
            return nodes[node].core.receive(message, from: link, at: now)
        case .ping(_, let link, let number):
            guard isOpen(link) else { return [] }
            transmit(link, bytes: 9) { .pong(node: $0, link: $1, number) }
            return nodes[node].core.heard(link, at: now)
        case .pong(_, let link, let number):
            guard isOpen(link) else { return [] }
            return nodes[node].core.heard(link, pong: number, at: now)
        case .linkUp(_, let link):
            ends[Int(link)].isOpen = true
            nodes[node].links.append(link)
            if link % 2 == 0 { compare(link) }
            return nodes[node].core.linkUp(
                link, ends[Int(link)].peer, isOwn: link % 2 == 0, at: now)
        case .linkDown(_, let link, let isDead):
            guard isOpen(link) else { return [] }
            ends[Int(link)].isOpen = false
            nodes[node].links.removeAll { $0 == link }
            return nodes[node].core.linkDown(link, isDead: isDead, at: now)
        case .dialFailed(_, let key): return nodes[node].core.dialFailed(key, at: now)
        case .compareSome:
            if let link = nodes[node].links.randomElement(using: &generator) { compare(link) }
            planComparison(node)
            return []
        case .compared(_, let link):
            guard isOpen(link) else { return [] }
            return exchange(node, over: link)
        case .act: return []
        }
    }

    func isOpen(_ link: SessionNumber) -> Bool { ends[Int(link)].isOpen }

    /// Plans the next wake, unless an earlier one is planned.
    private func plan(_ node: Int) {
        let due = max(nodes[node].core.deadline, now + 1_000_000)
        guard due < .max, nodes[node].wakes == 0 || due < nodes[node].nextWake else { return }
        nodes[node].wakes += 1
        nodes[node].nextWake = due
        queue.push(.wake(node: node), at: due)
    }

    private func note(_ event: Event, _ node: Int) {
        var word = now ^ UInt64(node) &* 0x9e37_79b9_7f4a_7c15 ^ UInt64(event.kind) << 56
        if case .message(_, let link, let message) = event {
            word ^= link &* 0xd6e8_feb8_6659_fd93 ^ UInt64(message.byteCount)
        }
        trace = (trace ^ word) &* 0x2545_f491_4f6c_dd1d
        trace ^= trace >> 29
    }

    // MARK: What nodes do

    func perform(_ effects: [Neighbourhood.Effect], of node: Int) {
        for effect in effects {
            switch effect {
            case .dial(let peer): dial(peer, by: node)
            case .send(let link, let message): send(message, link, of: node)
            case .ping(let link, let number):
                transmit(link, bytes: 9) { .ping(node: $0, link: $1, number) }
            case .check(_, let record):
                guard heard(record, by: node), let open = RecordFor<Everyone>(record) else { break }
                perform(nodes[node].core.accept(open, at: now), of: node)
            case .drop(let link):
                nodes[node].dropped.append((link, now))
                close(link, isDead: true)
            case .suspect(let link, true): nodes[node].suspected.append((link, now))
            case .left(let link): close(link, isDead: false)
            case .told(_, let peers): perform(nodes[node].core.keep(peers, at: now), of: node)
            case .needAddress:
                // What its owner gave, and some of those that a book would hold.
                let known = nodes[node].known
                let others = (0..<8).map { _ in
                    nodes[Int.random(in: nodes.indices, using: &generator)].address
                }
                perform(nodes[node].core.offer(known + others, at: now), of: node)
            case .suspect, .joined: break
            }
        }
    }

    private func send(_ message: NeighbourMessage, _ link: SessionNumber, of node: Int) {
        if nodes[node].isMute, message.isNews { return }
        let bytes = message.byteCount
        if case .news(let items) = message { traffic.records += UInt64(items.count) }
        transmit(link, bytes: bytes) { .message(node: $0, link: $1, message) }
    }

    /// Sends over a session what the other end gets as `event(node, link)`.
    private func transmit(
        _ link: SessionNumber, bytes: Int, _ event: (Int, SessionNumber) -> Event
    ) {
        let end = ends[Int(link)]
        guard end.isOpen else { return }
        let to = ends[Int(end.other)].node
        traffic.messages += 1
        // What TCP/IP, the frame and its seal add to a small message.
        traffic.bytes += UInt64(bytes + 40 + 19)
        guard reaches(end.node, to) else { return }
        let fate = weather.fate(
            bytes: bytes, now: now, burstEnd: &ends[Int(link)].burstEnd, using: &generator)
        switch fate {
        case .lost: traffic.lost += 1
        case .flipped:
            traffic.flipped += 1
            close(link, isDead: false)
        case .delivered(let copies, let late):
            for _ in 0..<copies {
                let delay = way(end.node, to) + late
                schedule(event(to, end.other), after: delay)
            }
        }
    }

    func way(_ from: Int, _ to: Int) -> UInt64 {
        landscape.delay(from: nodes[from].region, to: nodes[to].region, using: &generator)
    }

    private func dial(_ peer: PeerAddress, by node: Int) {
        traffic.dials += 1
        guard let to = indexOfKey[peer.key], nodes[to].isUp, reaches(node, to), reaches(to, node)
        else {
            schedule(.dialFailed(node: node, peer.key), after: 2_000_000_000)
            return
        }
        let here = SessionNumber(ends.count)
        ends.append(End(node: node, other: here + 1, peer: peer))
        ends.append(End(node: to, other: here, peer: nodes[node].address))
        // TCP and Noise: the side that dials knows after two round trips, the other half one later.
        let way = way(node, to)
        schedule(.linkUp(node: node, link: here), after: 4 * way)
        schedule(.linkUp(node: to, link: here + 1), after: 5 * way)
    }

    private func close(_ link: SessionNumber, isDead: Bool) {
        let end = ends[Int(link)]
        guard end.isOpen else { return }
        schedule(.linkDown(node: end.node, link: link, isDead: isDead), after: 0)
        let to = ends[Int(end.other)].node
        guard reaches(end.node, to) else { return }
        schedule(.linkDown(node: to, link: end.other, isDead: false), after: way(end.node, to))
    }

    /// The node at the other end of a link.
    package func other(_ link: SessionNumber) -> Int { ends[Int(opposite(link))].node }

    /// The node at this end of a link.
    func nodeIndex(of link: SessionNumber) -> Int { ends[Int(link)].node }

    /// The link as the other end numbers it.
    package func opposite(_ link: SessionNumber) -> SessionNumber { ends[Int(link)].other }
}

extension Crowd.Event {
    /// The node that it is for; nil for actions of a scenario.
    var node: Int? {
        switch self {
        case .wake(let node), .message(let node, _, _), .ping(let node, _, _),
            .pong(let node, _, _), .linkUp(let node, _), .linkDown(let node, _, _),
            .dialFailed(let node, _), .compareSome(let node), .compared(let node, _):
            node
        case .act: nil
        }
    }

    /// A number for the trace.
    var kind: UInt8 {
        switch self {
        case .wake: 1
        case .message: 2
        case .ping: 3
        case .pong: 4
        case .linkUp: 5
        case .linkDown: 6
        case .dialFailed: 7
        case .act: 8
        case .compareSome: 9
        case .compared: 10
        }
    }
}

extension Crowd {
    /// Has a node look at its clock soon.
    func wake(_ node: Int) {
        nodes[node].wakes += 1
        nodes[node].nextWake = now
        schedule(.wake(node: node), after: 0)
    }
}

extension NeighbourMessage {
    /// Whether it carries news or names of news.
    var isNews: Bool {
        switch self {
        case .news, .haves: true
        default: false
        }
    }
}
