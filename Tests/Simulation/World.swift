import Genome
import Simulator
import Swarm
import Wire

/// Many nodes in one process: the shipping cores with clock, network and disk replaced, all from
/// one seed. The same seed gives the same trace in every process.
final class World {
    /// How the network treats messages.
    struct Weather {
        /// Nanoseconds that a message takes at least and at most: messages overtake each other.
        var delay: ClosedRange<UInt64> = 2_000_000...80_000_000
        /// Messages lost, of 1,000.
        var lossPerMille: UInt64 = 0
        /// Messages delivered twice, of 1,000.
        var duplicationPerMille: UInt64 = 0
    }

    enum Event {
        case input(node: Int, life: Int, Input)
        case data(node: Int, life: Int, session: SessionNumber, request: UInt64, [UInt8])
        case wake(node: Int, life: Int)
    }

    /// One end of a session.
    struct End: Hashable {
        let node: Int
        let session: SessionNumber
    }

    private(set) var now: UInt64 = 0
    private(set) var nodes: [SimulatedNode] = []
    var weather = Weather()
    var generator: SeededGenerator
    private var queue = EventQueue<Event>()
    private var peers: [End: End] = [:]
    /// Part of the network that each node is in; nodes of different parts do not reach each other.
    private var parts: [Int: Int] = [:]
    private var nextSession: SessionNumber = 1
    /// Running hash of everything that happened.
    private(set) var trace = Digest(words: (0, 0, 0, 0))
    private(set) var eventCount = 0

    /// The wall clock starts at an arbitrary fixed day.
    static let wallStart: UInt64 = 1_790_000_000_000

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    /// What a node's own clocks show.
    func moment(of index: Int) -> Moment {
        let wall = Int64(Self.wallStart + now / 1_000_000) + nodes[index].skewMilliseconds
        return Moment(monotonic: now, wall: UInt64(wall))
    }

    /// Adds a node and gives its index.
    func addNode() -> Int {
        let node = SimulatedNode(index: nodes.count, seed: generator.next())
        nodes.append(node)
        schedule(.wake(node: node.index, life: node.life), after: 1_000_000)
        return node.index
    }

    func schedule(_ event: Event, after delay: UInt64) {
        queue.push(event, at: now + delay)
    }

    /// Gives a node an input now.
    func feed(_ index: Int, _ input: Input) {
        let effects = nodes[index].swarm.handle(input, at: moment(of: index))
        for effect in effects { nodes[index].perform(effect, in: self) }
    }

    /// Runs until `condition` holds or the time is over; whether it holds.
    func run(seconds: UInt64, until condition: () -> Bool = { false }) -> Bool {
        let end = now + seconds * 1_000_000_000
        while !condition() {
            guard let (time, event) = queue.pop(before: end) else {
                now = end
                return condition()
            }
            now = time
            deliver(event)
        }
        return true
    }

    private func deliver(_ event: Event) {
        eventCount += 1
        switch event {
        case .wake(let index, let life):
            guard nodes[index].life == life, nodes[index].isUp else { return }
            feed(index, .wake)
            let next = max(nodes[index].swarm.deadline, now + 1_000_000)
            queue.push(.wake(node: index, life: life), at: next)
        case .input(let index, let life, let input):
            guard nodes[index].life == life, nodes[index].isUp else { return }
            note("\(index) \(describe(input))")
            feed(index, input)
        case .data(let index, let life, let session, let request, let bytes):
            guard nodes[index].life == life, nodes[index].isUp else { return }
            note("\(index) data \(request) \(bytes.count)")
            nodes[index].arrived(bytes, session: session, request: request, in: self)
        }
    }

    private func describe(_ input: Input) -> String {
        switch input {
        case .message(let session, let message):
            "message \(session) \(Hexadecimal.encode(message.bytes))"
        case .sessionOpened(let session, _): "opened \(session)"
        case .sessionClosed(let session, _): "closed \(session)"
        case .recordsStored(let batch, let outcomes): "stored \(batch) \(outcomes.count)"
        default: "input"
        }
    }

    private func note(_ text: String) {
        let bytes = trace.bytes + Array("\(now) \(text)".utf8)
        trace = Digest(bytes: Sodium.blake2b(bytes, count: 32)) ?? trace
    }

    // MARK: Network

    private func delay() -> UInt64 {
        UInt64.random(in: weather.delay, using: &generator)
    }

    private func happens(_ perMille: UInt64) -> Bool {
        perMille > 0 && UInt64.random(in: 0..<1000, using: &generator) < perMille
    }

    /// The node that listens at an endpoint; its index is the port.
    func connect(_ from: Int, dial: UInt64, endpoints: [Endpoint], expected: NodeKey?) {
        let target = endpoints.first.map { Int($0.port) }
        guard let target, nodes.indices.contains(target), nodes[target].isUp,
            parts[from] == parts[target],
            expected == nil || expected == nodes[target].key.publicKey
        else {
            answer(from, .dialFailed(dial: dial, reason: "nobody answers"))
            return
        }
        let here = End(node: from, session: nextSession)
        let there = End(node: target, session: nextSession + 1)
        nextSession += 2
        peers[here] = there
        peers[there] = here
        let wait = delay()
        let facts = { (end: End, dial: UInt64?) in
            SessionFacts(
                peer: self.nodes[end.node].key.publicKey,
                endpoint: self.nodes[end.node].endpoint, isInitiator: dial != nil, dial: dial)
        }
        answer(from, .sessionOpened(here.session, facts(there, dial)), after: wait)
        answer(target, .sessionOpened(there.session, facts(here, nil)), after: wait)
    }

    /// Schedules an input for a node's present life.
    func answer(_ node: Int, _ input: Input, after delay: UInt64 = 100_000) {
        schedule(.input(node: node, life: nodes[node].life, input), after: delay)
    }

    func send(_ message: Message, from end: End) {
        guard let there = peers[end], !happens(weather.lossPerMille) else { return }
        answer(there.node, .message(there.session, message), after: delay())
        if happens(weather.duplicationPerMille) {
            answer(there.node, .message(there.session, message), after: delay())
        }
    }

    func sendData(_ bytes: [UInt8], request: UInt64, from end: End) {
        guard let there = peers[end], !happens(weather.lossPerMille) else { return }
        schedule(
            .data(
                node: there.node, life: nodes[there.node].life, session: there.session,
                request: request, bytes), after: delay())
    }

    func close(_ end: End, reason: String) {
        guard let there = peers[end] else { return }
        peers[end] = nil
        peers[there] = nil
        answer(end.node, .sessionClosed(end.session, reason: reason))
        answer(there.node, .sessionClosed(there.session, reason: reason), after: delay())
    }

    /// Stops a node at once: peers see their sessions end; its store stays.
    func crash(_ index: Int) {
        nodes[index].isUp = false
        let ends = peers.keys.filter { $0.node == index }.sorted { $0.session < $1.session }
        for end in ends { close(end, reason: "connection reset") }
    }

    /// Cuts the network in two: those of `part` and the others.
    func divide(_ part: [Int]) {
        for index in nodes.indices { parts[index] = part.contains(index) ? 1 : 0 }
        let cut = peers.filter { parts[$0.key.node] != parts[$0.value.node] }.keys
        for end in cut.sorted(by: { $0.session < $1.session }) {
            close(end, reason: "the network is cut")
        }
    }

    /// Ends the cut; whoever dials reaches everyone again.
    func heal() { parts = [:] }

    /// Starts a crashed node from its store, or from its key alone.
    func restart(_ index: Int, losingStore: Bool = false) {
        nodes[index].restart(losingStore: losingStore)
        schedule(.wake(node: index, life: nodes[index].life), after: 1_000_000)
        for layer in nodes[index].heldLayers { feed(index, .layerHeld(layer)) }
    }

    func join(_ index: Int, to other: Int) {
        feed(index, .join(endpoints: [nodes[other].endpoint], key: nodes[other].key.publicKey))
    }
}
