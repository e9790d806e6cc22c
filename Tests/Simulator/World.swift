import Genome
import Swarm
import Wire

/// Many nodes in one process: the shipping cores with clock, network and disk replaced, all from
/// one seed. The same seed gives the same trace in every process.
package final class World {
    /// How the network treats messages.
    package struct Weather {
        /// Nanoseconds that a message takes at least and at most: messages overtake each other.
        package var delay: ClosedRange<UInt64> = 2_000_000...80_000_000
        /// Whether all messages between two nodes take the same time, so that none moves another.
        package var isSteady = false
        /// Datagrams lost, of 1,000; nil where nodes use none. Looked at when a node is added, too.
        package var datagramLossPerMille: UInt64?
        /// Bytes of the largest datagram that passes; longer ones vanish.
        package var largestDatagram: Int = .max
        /// Messages lost, of 1,000.
        package var lossPerMille: UInt64 = 0
        /// Messages delivered twice, of 1,000.
        package var duplicationPerMille: UInt64 = 0

        /// What it does to messages.
        var kinds: Set<WeatherKind> {
            var kinds: Set<WeatherKind> = lossPerMille > 0 ? [.lost] : []
            if duplicationPerMille > 0 { kinds.insert(.doubled) }
            if !isSteady { kinds.insert(.overtaking) }
            return kinds
        }

        /// The same without some of it.
        func without(_ calm: Set<WeatherKind>) -> Weather {
            var weather = self
            if calm.contains(.lost) { weather.lossPerMille = 0 }
            if calm.contains(.doubled) { weather.duplicationPerMille = 0 }
            if calm.contains(.overtaking) { weather.isSteady = true }
            return weather
        }
    }

    enum Event {
        case input(node: Int, life: Int, Input)
        case data(
            node: Int, life: Int, session: SessionNumber, request: UInt64, [UInt8], left: UInt64,
            from: Int)
        /// Data comes to the line of its node, behind what came there before.
        indirect case atLine(node: Int, wire: Int, Event)
        /// What left a node's line has left.
        case lineFree(node: Int, turn: Int)
        case wake(node: Int, life: Int)
        case datagram(node: Int, life: Int, [UInt8], from: Endpoint)
        /// A call of a punch leaves, arrives; its time is over.
        case knock(node: Int, life: Int, dial: UInt64, Endpoint)
        case knocked(node: Int, from: Int, dial: UInt64, Endpoint, Endpoint)
        case punchOver(node: Int, life: Int, dial: UInt64)
    }

    /// One end of a session.
    package struct End: Hashable {
        package let node: Int
        package let session: SessionNumber
    }

    package private(set) var now: UInt64 = 0
    package private(set) var nodes: [SimulatedNode] = []
    package var weather = Weather() {
        didSet {
            weather = weather.without(trial.calm)
            log.weather.formUnion(weather.kinds)
        }
    }
    /// What is left out, and what the run says of it.
    package let trial: Trial
    var log: TrialLog
    /// Nodes whose crash was left out, so that starting them again changes nothing.
    private var spared: Set<Int> = []
    package var generator: SeededGenerator
    private var queue = EventQueue<Event>()
    private var peers: [End: End] = [:]
    /// What crossed each pair of nodes, the lower index first.
    package private(set) var traffic: [Pair: WorldTraffic] = [:]
    /// Datagrams that were sent, and their bytes.
    package var datagrams = (count: UInt64(0), bytes: UInt64(0), tooLarge: UInt64(0))
    /// All that these nodes heard, in words.
    package var transcripts: [Int: [String]] = [:]
    /// Which node is at an address of the network; empty where all are on one machine.
    var hosts: [[UInt8]: Int] = [:]
    /// The last port that a call left from.
    var lastPort: UInt16 = 30_000
    /// Signatures that were checked: a record's is checked once for all nodes.
    private var checked: [[UInt8]: Bool] = [:]
    /// Part of the network that each node is in; nodes of different parts do not reach each other.
    private var parts: [Int: Int] = [:]
    /// Pairs of nodes that cannot call each other.
    var apart: Set<Pair> = []
    /// The lines of nodes whose data takes time by its size; those of others are endless.
    package var lines: [Int: WorldLine] = [:]
    /// Bytes a second that one connection carries at most; nil for no limit but the lines.
    package var connectionRate: UInt64?
    /// When each connection has carried what was given to it.
    var connectionFree: [End: UInt64] = [:]
    /// Groups of blobs, so that a group that many nodes have is in memory once.
    var groups: [Digest: [[UInt8]]] = [:]
    private var died: [Int: UInt64] = [:]
    /// Ends of connections that were cut: data on its way to them is lost.
    var cut: Set<End> = []
    var wholes: [Digest: [UInt8]] = [:]
    var layers: [Digest: GroupLayer] = [:]
    /// Running hash of everything that happened.
    package private(set) var trace = Digest(words: (0, 0, 0, 0))
    package private(set) var eventCount = 0

    /// How long the shell waits for somebody who does not answer.
    private static let dialPatience: UInt64 = 10_000_000_000

    /// Two nodes.
    package struct Pair: Hashable {
        package let low: Int
        package let high: Int

        init(_ one: Int, _ other: Int) { (low, high) = (min(one, other), max(one, other)) }
    }

    /// The wall clock starts at an arbitrary fixed day.
    package static let wallStart: UInt64 = 1_790_000_000_000

    package convenience init(seed: UInt64) { self.init(Trial(seed: seed)) }

    /// The same with something left out.
    package init(_ trial: Trial) {
        self.trial = trial
        log = TrialLog(trial)
        generator = SeededGenerator(seed: trial.seed)
        weather = weather.without(trial.calm)
        log.weather.formUnion(weather.kinds)
    }

    /// Whether a fault happens in this trial.
    func suffers(_ words: String) -> Bool { log.admits(words, at: now) }

    /// Does something to a node that is a fault; one that goes on is named once.
    func harm(_ index: Int, _ words: String, _ act: (SimulatedNode) -> Void) {
        if log.admits("node \(index) \(words)") { act(nodes[index]) }
    }

    /// What a node's own clocks show.
    package func moment(of index: Int) -> Moment {
        let node = nodes[index]
        let drift = Int64(now / 1_000_000) * node.driftPartsPerMillion / 1_000_000
        let wall = Int64(Self.wallStart + now / 1_000_000) + drift + node.skewMilliseconds
        return Moment(monotonic: now, wall: UInt64(wall))
    }

    /// Adds a node and gives its index.
    package func addNode(_ place: Place = .thisMachine) -> Int {
        let node = SimulatedNode(
            index: nodes.count, seed: generator.next(), place: place,
            hasDatagrams: weather.datagramLossPerMille != nil)
        nodes.append(node)
        if place.isOfNetwork { hosts[node.outside.bytes] = node.index }
        plan(node.index, at: now + 1_000_000)
        return node.index
    }

    func schedule(_ event: Event, after delay: UInt64) {
        queue.push(event, at: now + delay)
    }

    /// Gives a node an input now.
    package func feed(_ index: Int, _ input: Input) {
        let effects = nodes[index].swarm.handle(input, at: moment(of: index))
        for effect in effects { nodes[index].perform(effect, in: self) }
        plan(index, at: max(nodes[index].swarm.deadline, now))
    }

    /// Plans a node's next wake, unless an earlier one is planned: as the shell does after each
    /// input.
    private func plan(_ index: Int, at due: UInt64) {
        guard nodes[index].isUp, due < nodes[index].nextWake else { return }
        nodes[index].nextWake = due
        queue.push(.wake(node: index, life: nodes[index].life), at: due)
    }

    /// Lets time go by in which nothing happens; every node must be down.
    package func skip(seconds: UInt64) {
        precondition(nodes.allSatisfy { !$0.isUp })
        now += seconds * 1_000_000_000
        while queue.pop(before: now) != nil {}
    }

    /// Whether a record's signature is its publisher's.
    func isValid(_ record: Record) -> Bool {
        if let known = checked[record.bytes] { return known }
        let isValid = record.isSignatureValid
        checked[record.bytes] = isValid
        return isValid
    }

    /// Runs until `condition` holds or the time is over; whether it holds.
    package func run(seconds: UInt64, until condition: () -> Bool = { false }) -> Bool {
        run(nanoseconds: seconds * 1_000_000_000, until: condition)
    }

    /// Runs for a span.
    func run(milliseconds: UInt64) { _ = run(nanoseconds: milliseconds * 1_000_000) { false } }

    private func run(nanoseconds: UInt64, until condition: () -> Bool) -> Bool {
        let end = now + nanoseconds
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
            // One that was planned before an earlier one was is passed over.
            guard nodes[index].life == life, nodes[index].isUp, nodes[index].nextWake == now
            else { return }
            nodes[index].nextWake = .max
            feed(index, .wake)
        case .lineFree(let index, let turn):
            guard lines[index]?.turn == turn else { return }
            lines[index]?.end()
            sendNext(of: index)
        case .atLine(let index, let wire, let data):
            let whole = lines[index]?.receive(wire, at: now) ?? now
            if whole > now { schedule(data, after: whole - now) } else { deliver(data) }
        case .datagram(let index, let life, let bytes, let source):
            guard nodes[index].life == life, nodes[index].isUp else { return }
            let text = "datagram \(source.port) \(Hexadecimal.encode(bytes))"
            note("\(index) \(text)")
            transcripts[index]?.append("\(now) \(text)")
            nodes[index].hear(datagram: bytes, from: source, in: self)
        case .knock(let index, let life, let dial, let place):
            if nodes[index].life == life, nodes[index].isUp { knock(index, dial, place) }
        case .knocked(let index, let from, let dial, let source, let place):
            if nodes[index].isUp { knocked(index, from, dial, source, place) }
        case .punchOver(let index, let life, let dial):
            if nodes[index].life == life, nodes[index].isUp { punchOver(index, dial) }
        case .input(let index, let life, .message(let session, .relay(let word)))
        where nodes[index].life == life && nodes[index].isUp
            && nodes[index].hear(word, over: session, in: self):
            note("\(index) circuit \(session)")
        case .input(let index, let life, let input):
            hear(input, index, life)
        case .data(let index, let life, let session, let request, let bytes, let left, let from):
            // What had not left when its sender died never comes.
            guard nodes[index].life == life, nodes[index].isUp, left <= died[from] ?? .max,
                !cut.contains(End(node: index, session: session))
            else { return }
            lines[index]?.count(bytes.count)
            note("\(index) data \(request) \(bytes.count)")
            nodes[index].arrived(bytes, session: session, request: request, in: self)
        }
    }

    /// What an old version passes over.
    private func isUnknown(_ input: Input, to index: Int) -> Bool {
        guard case .message(_, let message) = input else { return false }
        if nodes[index].auditor.isFlooding, case .challengeAnswer = message { return true }
        guard nodes[index].isOld else { return false }
        switch message {
        case .seek, .seekers, .holdingChange: return true
        default: return false
        }
    }

    private func hear(_ input: Input, _ index: Int, _ life: Int) {
        guard nodes[index].life == life, nodes[index].isUp, !isUnknown(input, to: index) else {
            return
        }
        note("\(index) \(describe(input))")
        if case .message(_, .circle) = input { nodes[index].wordsOfCircles += 1 }
        if transcripts[index] != nil { write(down: input, for: index) }
        feed(index, input)
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

    func delay(_ from: Int, _ to: Int) -> UInt64 {
        guard weather.isSteady else { return UInt64.random(in: weather.delay, using: &generator) }
        let pair = Pair(from, to)
        let span = weather.delay.upperBound - weather.delay.lowerBound + 1
        let mixed = UInt64(pair.low + 1) &* 7_919 &+ UInt64(pair.high + 1) &* 104_729
        return weather.delay.lowerBound + mixed &* 1_000_003 % span
    }

    /// Keeps a watched node's view: when what came over which session.
    private func write(down input: Input, for index: Int) {
        let line: String? =
            switch input {
            case .message(let session, let message):
                "\(now) session \(session) \(Hexadecimal.encode(message.bytes))"
            case .sessionOpened, .sessionClosed: "\(now) \(describe(input))"
            default: nil
            }
        if let line { transcripts[index]?.append(line) }
    }

    func happens(_ perMille: UInt64) -> Bool {
        perMille > 0 && UInt64.random(in: 0..<1000, using: &generator) < perMille
    }

    /// The node that listens at an endpoint; its index is the port.
    package func connect(
        _ from: Int, dial: UInt64, endpoints: [Endpoint], expected: NodeKey?,
        isFromPort: Bool = false, isStripe: Bool = false
    ) {
        guard hosts.isEmpty else {
            return call(
                from, dial: dial, endpoints, expected: expected, isFromPort: isFromPort,
                isStripe: isStripe)
        }
        let target = endpoints.first.map { Int($0.port) }
        if let target, nodes.indices.contains(target), parts[from] != parts[target] {
            // Nothing comes back, not even a refusal.
            answer(
                from, .dialFailed(dial: dial, reason: "no answer"), after: Self.dialPatience)
            return
        }
        guard let target, nodes.indices.contains(target), nodes[target].isUp,
            !apart.contains(Pair(from, target)),
            expected == nil || expected == nodes[target].key.publicKey
        else {
            answer(from, .dialFailed(dial: dial, reason: "nobody answers"))
            return
        }
        let (here, there) = join(from, target)
        let wait = delay(from, target)
        let facts = { (end: End, dial: UInt64?) in
            SessionFacts(
                peer: self.nodes[end.node].key.publicKey,
                endpoint: self.nodes[end.node].endpoint, isInitiator: dial != nil, dial: dial)
        }
        answer(from, Self.opened(here, facts(there, dial), isStripe: isStripe), after: wait)
        answer(target, Self.opened(there, facts(here, nil), isStripe: isStripe), after: wait)
    }

    /// What a side hears of a connection that stands.
    static func opened(_ end: End, _ facts: SessionFacts, isStripe: Bool) -> Input {
        isStripe ? .stripeOpened(end.session, facts) : .sessionOpened(end.session, facts)
    }

    /// Two ends that are joined.
    func join(_ from: Int, _ target: Int) -> (here: End, there: End) {
        let here = End(node: from, session: nodes[from].nextSession())
        let there = End(node: target, session: nodes[target].nextSession())
        peers[here] = there
        peers[there] = here
        return (here, there)
    }

    /// The node at the other end of a session.
    package func peer(of end: End) -> Int? { peers[end]?.node }

    /// A node's ends of its sessions with another.
    func sessions(from node: Int, to other: Int) -> [End] {
        peers.filter { $0.key.node == node && $0.value.node == other }.keys
            .sorted { $0.session < $1.session }
    }

    /// Schedules an input for a node's present life.
    package func answer(_ node: Int, _ input: Input, after delay: UInt64 = 100_000) {
        schedule(.input(node: node, life: nodes[node].life, input), after: delay)
    }

    package func send(_ message: Message, from end: End) {
        if let circuit = nodes[end.node].circuits[end.session] {
            return nodes[end.node].send(.message(message), over: circuit, in: self)
        }
        guard let there = reached(from: end), !happens(weather.lossPerMille) else { return }
        traffic[Pair(end.node, there.node), default: WorldTraffic()].add(message)
        let wait = delay(end.node, there.node)
        answer(there.node, .message(there.session, message), after: wait)
        if happens(weather.duplicationPerMille) {
            let wait = delay(end.node, there.node)
            answer(there.node, .message(there.session, message), after: wait)
        }
    }

    /// Puts a datagram on its way to a node of this machine; it may be lost.
    func send(datagram bytes: [UInt8], from index: Int, to target: Endpoint) {
        datagrams.count += 1
        datagrams.bytes += UInt64(bytes.count)
        let other = nodes.firstIndex { $0.datagramPlace == target } ?? nodes.count
        if bytes.count > weather.largestDatagram { datagrams.tooLarge += 1 }
        guard nodes.indices.contains(other), parts[index] == parts[other],
            bytes.count <= weather.largestDatagram,
            !happens(weather.datagramLossPerMille ?? 1_000)
        else { return }
        schedule(
            .datagram(
                node: other, life: nodes[other].life, bytes, from: nodes[index].datagramPlace),
            after: delay(index, other))
    }

    /// The other end of a session, where words still arrive there. What is sent to a side that
    /// has ended it comes back as a reset.
    func reached(from end: End) -> End? {
        guard let there = peers[end], parts[end.node] == parts[there.node] else { return nil }
        guard peers[there] != nil else {
            peers[end] = nil
            answer(end.node, .sessionClosed(end.session, reason: "connection reset"))
            return nil
        }
        return there
    }

    package func close(_ end: End, reason: String) {
        guard let there = peers.removeValue(forKey: end) else { return }
        answer(end.node, .sessionClosed(end.session, reason: reason))
        // A cut keeps the news of it from the other side.
        guard parts[end.node] == parts[there.node], peers.removeValue(forKey: there) != nil else {
            return
        }
        let wait = delay(end.node, there.node)
        answer(there.node, .sessionClosed(there.session, reason: reason), after: wait)
    }

    /// Stops a node at once: peers see their sessions end; its store stays. No fault that could
    /// be left out where what follows needs it to be down.
    package func crash(_ index: Int, isFault: Bool = true) {
        guard !spared.contains(index) else { return }
        guard !isFault || suffers("node \(index) dies") else {
            spared.insert(index)
            return
        }
        nodes[index].isUp = false
        died[index] = now
        lines[index]?.breakOff(at: now)
        let ends = peers.keys.filter { $0.node == index }.sorted { $0.session < $1.session }
        for end in ends { close(end, reason: "connection reset") }
    }

    /// Cuts the network in two: those of `part` and the others. Sessions across break at once, or
    /// fall silent.
    package func divide(_ part: [Int], isSilent: Bool = false, isFault: Bool = true) {
        guard !isFault || suffers("\(part.count) nodes are cut off") else { return }
        let inside = Set(part)
        let before = peers
        defer { for index in nodes.indices { parts[index] = inside.contains(index) ? 1 : 0 } }
        guard !isSilent else { return }
        let cut = before.filter {
            inside.contains($0.key.node) != inside.contains($0.value.node)
        }.keys
        for end in cut.sorted(by: { $0.session < $1.session }) {
            close(end, reason: "the network is cut")
        }
    }

    /// Ends the cut; whoever dials reaches everyone again.
    package func heal() { parts = [:] }

    /// Starts a crashed node from its store, or from its key alone.
    package func restart(_ index: Int, losingStore: Bool = false) {
        guard spared.remove(index) == nil else { return }
        if trial.defect == .muteAfterRestart { nodes[index].isMute = true }
        nodes[index].restart(losingStore: losingStore)
        died[index] = nil
        plan(index, at: now + 1_000_000)
        for layer in nodes[index].heldLayers { feed(index, .layerHeld(layer)) }
        if nodes[index].copies.wanted != nil { nodes[index].tellMirroring(in: self) }
    }

    /// Starts a node that is down from an older store of its own.
    func restore(_ index: Int, _ backup: [SlotKey: Record]) {
        nodes[index].restore(backup)
        plan(index, at: now + 1_000_000)
    }

    package func join(_ index: Int, to other: Int) {
        feed(index, .join(endpoints: [nodes[other].endpoint], key: nodes[other].key.publicKey))
    }
}
