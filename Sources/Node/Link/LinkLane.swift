import Host
import Swarm
import Wire

/// A thread that owns connections: their sockets, their ciphers and the hashing of what arrives.
/// Payload never leaves it but as a buffer that was proven.
final class LinkLane: Sendable {
    private let mailbox: Mailbox<LinkCommand>
    private let thread = LaneThread()

    /// A lane without a thread yet.
    init() throws(SystemError) {
        mailbox = try Mailbox()
    }

    /// Starts the thread. The lane that has the `listener` hands newcomers out over `lanes`.
    func start(
        _ number: Int, shared: LinkShared, listener: Socket?, lanes: [LinkLane]
    ) throws(SystemError) {
        let mailbox = mailbox
        let poller = try Poller()
        try thread.start("link-\(number)") {
            var worker = LinkWorker(
                number, shared: shared, poller: poller, mailbox: mailbox, listener: listener,
                lanes: lanes)
            worker.run()
        }
    }

    /// Gives the lane something to do.
    func post(_ command: LinkCommand) {
        mailbox.post(command)
    }

    /// Waits for the end that `stop` asked for.
    func join() { thread.join() }
}

/// The inside of a lane's thread.
struct LinkWorker: ~Copyable {
    private static let mailboxToken = UInt64.max
    private static let listenerToken = UInt64.max - 1
    /// Milliseconds between looks at timeouts.
    private static let tick: Int32 = 250
    /// Milliseconds between looks for a free buffer.
    private static let pausedTick: Int32 = 1
    /// Milliseconds between looks at a punch, which both sides begin at one moment.
    private static let punchTick: Int32 = 1

    private let shared: LinkShared
    private let poller: Poller
    private let mailbox: Mailbox<LinkCommand>
    private let listener: Socket?
    private let lanes: [LinkLane]
    private let number: Int
    private var connections: [SessionNumber: Connection] = [:]
    private var paused: [SessionNumber] = []
    private var punching: [SessionNumber] = []
    private let circuits: CircuitTable
    private var isRunning = true
    private var lastTick: UInt64 = 0

    init(
        _ number: Int, shared: LinkShared, poller: Poller, mailbox: Mailbox<LinkCommand>,
        listener: Socket?, lanes: [LinkLane]
    ) {
        self.number = number
        self.shared = shared
        self.poller = poller
        self.mailbox = mailbox
        self.listener = listener
        self.lanes = lanes
        circuits = CircuitTable(shared: shared)
    }

    mutating func run() {
        do {
            try poller.add(mailbox.wake, token: Self.mailboxToken, reads: true, writes: false)
            if let listener {
                try poller.add(
                    listener.descriptor, token: Self.listenerToken, reads: true, writes: false)
            }
            while isRunning { try turn() }
        } catch {
            preconditionFailure("a link lane cannot wait for its sockets: \(error)")
        }
        for connection in connections.values { connection.abandon("the node stops") }
        connections = [:]
        circuits.endAll()
    }

    private mutating func turn() throws(SystemError) {
        let calm = punching.isEmpty ? Self.tick : Self.punchTick
        let wait = paused.isEmpty ? calm : Self.pausedTick
        for event in try poller.wait(milliseconds: wait) {
            switch event.token {
            case Self.mailboxToken: for command in mailbox.takeAll() { obey(command) }
            case Self.listenerToken: acceptAll()
            default: ready(event)
            }
        }
        watchPunches()
        let waiting = paused
        paused = []
        for number in waiting {
            guard let connection = connections[number] else { continue }
            connection.resume()
            settle(connection)
        }
        let now = Clock.monotonic()
        guard now - lastTick >= UInt64(Self.tick) * 1_000_000 else { return }
        lastTick = now
        shared.pressure.note(lane: number, processor: Clock.threadTime())
        for connection in Array(connections.values) {
            connection.checkTime(now)
            settle(connection)
        }
    }

    private mutating func ready(_ event: Poller.Event) {
        if let connection = connections[event.token] {
            connection.ready(event)
            settle(connection)
        } else if let circuit = circuits.circuit(token: event.token) {
            let said = circuits.settled(circuit, circuit.ready(event))
            with(circuit.end.session) { relay in for word in said { relay.send(.relay(word)) } }
        }
    }

    /// Looks at the calls that both sides make at once.
    private mutating func watchPunches() {
        guard !punching.isEmpty else { return }
        let now = Clock.monotonic()
        for number in punching {
            guard let connection = connections[number] else { continue }
            connection.checkTime(now)
            settle(connection)
        }
        punching.removeAll { number in
            guard let connection = connections[number] else { return true }
            return connection.isStanding
        }
    }

    private mutating func settle(_ connection: Connection) {
        if connection.isClosed {
            connections[connection.number] = nil
        } else if connection.isPaused {
            paused.append(connection.number)
        }
    }

    private mutating func acceptAll() {
        guard let listener else { return }
        while true {
            guard let accepted = try? listener.accept() else { return }
            guard let endpoint = Endpoint(accepted.1),
                shared.door.enter(endpoint, at: Clock.monotonic())
            else { continue }
            let number = shared.nextSession()
            let punch = shared.punches.punch(from: endpoint.bytes, at: Clock.monotonic())
            lane(of: number).post(.accepted(number, accepted.0, endpoint, punch))
        }
    }

    private func lane(of number: SessionNumber) -> LinkLane {
        lanes[Int(number % UInt64(lanes.count))]
    }

    private mutating func obey(_ command: LinkCommand) {
        switch command {
        case .send(let number, let message): with(number) { $0.send(message) }
        case .close(let number, let reason): with(number) { $0.close(saying: reason) }
        case .request(let number, let request, let layer):
            with(number) { $0.request(request, layer) }
        case .sendGroup(let number, let request, let buffer, let coding):
            guard connections[number] != nil else {
                shared.leaving.put(buffer)
                shared.report(.served(number, request: request, byteCount: 0))
                return
            }
            with(number) { $0.sendGroup(request, buffer, coding) }
        case .cancelServing(let number, let request): with(number) { $0.cancelServing(request) }
        case .openCircuit(let end, let channel): openCircuit(end, channel)
        case .endCircuit(let end, let reason):
            guard let number = circuits.end(end) else { return }
            lane(of: number).post(.fail(number, reason: reason))
        case .fail(let number, let reason): with(number) { $0.fail(reason) }
        case .stop: isRunning = false
        default: connect(command)
        }
    }

    private mutating func connect(_ command: LinkCommand) {
        switch command {
        case .dial(let number, let facts): add(number, facts).connectNext("no address")
        case .accepted(let number, let socket, let endpoint, let punch):
            let connection = add(number, nil)
            if let punch {
                connection.answer(socket, from: endpoint, as: punch)
            } else {
                connection.answer(socket, from: endpoint)
            }
        case .overCircuit(let channel, let socket, let relay, let end):
            let facts = channel.dial.map { dial in
                Connection.DialFacts(
                    dial: dial, endpoints: [], expected: channel.peer, known: channel.known)
            }
            let connection = add(channel.number, facts)
            connection.path = .relayed(by: channel.relay, end)
            if channel.dial == nil { connection.expectedCaller = channel.peer }
            connection.shake(over: socket, at: relay)
        case .punch(let dial, let endpoints, let punch):
            callAll(dial, endpoints, punch)
        default: break
        }
        for connection in Array(connections.values) where connection.isClosed {
            settle(connection)
        }
    }

    private mutating func add(
        _ number: SessionNumber, _ facts: Connection.DialFacts?
    ) -> Connection {
        let connection = Connection(number, shared: shared, poller: poller, dialling: facts)
        connection.circuits = circuits
        connections[number] = connection
        return connection
    }

    /// Calls each address of the other side at the moment of a punch.
    private mutating func callAll(
        _ number: SessionNumber, _ endpoints: [Endpoint], _ punch: Punch
    ) {
        let race = PunchRace(endpoints.count)
        for endpoint in endpoints {
            let number = shared.nextSession(like: number, of: lanes.count)
            shared.punches.expect(punch, from: endpoint.bytes)
            let connection = add(number, nil)
            connection.race = race
            connection.plan(punch, at: endpoint)
            punching.append(number)
        }
    }

    /// Makes a pair of sockets: a circuit with one, and a connection over the other in its lane.
    private mutating func openCircuit(_ end: CircuitEnd, _ channel: CircuitChannel) {
        guard let relay = connections[end.session]?.endpoint,
            let (own, other) = try? Socket.pair(),
            let circuit = try? Circuit(
                end, token: shared.nextSession(), channel: channel.number, socket: own,
                poller: poller)
        else {
            if let dial = channel.dial {
                shared.report(.dialFailed(dial: dial, reason: "the relay is gone"))
            }
            shared.report(.circuitEnded(end))
            return
        }
        circuits.add(circuit)
        lane(of: channel.number).post(.overCircuit(channel, other, relay, end))
    }

    private mutating func with(_ number: SessionNumber, _ body: (Connection) -> Void) {
        guard let connection = connections[number] else { return }
        body(connection)
        settle(connection)
    }
}
