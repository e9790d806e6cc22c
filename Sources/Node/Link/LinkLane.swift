import Host
import Swarm
import Wire

/// A thread that owns connections: their sockets, their ciphers and the hashing of what arrives.
/// Payload never leaves it but as a buffer that was proven.
final class LinkLane: Sendable {
    private let mailbox: Mailbox<LinkCommand>
    private let thread = Lock<Thread?>(nil)

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
        let started = try Thread("link-\(number)") {
            var worker = LinkWorker(
                number, shared: shared, poller: poller, mailbox: mailbox, listener: listener,
                lanes: lanes)
            worker.run()
        }
        thread.withLock { $0 = started }
    }

    /// Gives the lane something to do.
    func post(_ command: LinkCommand) {
        mailbox.post(command)
    }

    /// Waits for the end that `stop` asked for.
    func join() {
        thread.withLock { thread in
            defer { thread = nil }
            return thread
        }?.join()
    }
}

/// The inside of a lane's thread.
struct LinkWorker: ~Copyable {
    private static let mailboxToken = UInt64.max
    private static let listenerToken = UInt64.max - 1
    /// Milliseconds between looks at timeouts.
    private static let tick: Int32 = 250
    /// Milliseconds between looks for a free buffer.
    private static let pausedTick: Int32 = 1

    private let shared: LinkShared
    private let poller: Poller
    private let mailbox: Mailbox<LinkCommand>
    private let listener: Socket?
    private let lanes: [LinkLane]
    private let number: Int
    private var connections: [SessionNumber: Connection] = [:]
    private var paused: [SessionNumber] = []
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
    }

    private mutating func turn() throws(SystemError) {
        let wait = paused.isEmpty ? Self.tick : Self.pausedTick
        for event in try poller.wait(milliseconds: wait) {
            switch event.token {
            case Self.mailboxToken: for command in mailbox.takeAll() { obey(command) }
            case Self.listenerToken: acceptAll()
            default:
                guard let connection = connections[event.token] else { continue }
                connection.ready(event)
                settle(connection)
            }
        }
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
            guard let endpoint = Endpoint(accepted.1), shared.door.enter(endpoint) else {
                continue
            }
            let number = shared.nextSession()
            let lane = lanes[Int(number % UInt64(lanes.count))]
            lane.post(.accepted(number, accepted.0, endpoint))
        }
    }

    private mutating func obey(_ command: LinkCommand) {
        switch command {
        case .dial(let number, let dial, let endpoints, let expected, let known):
            let connection = Connection(
                number, shared: shared, poller: poller,
                dialling: .init(
                    dial: dial, endpoints: endpoints, expected: expected, known: known))
            connections[number] = connection
            connection.connectNext("no address")
            settle(connection)
        case .accepted(let number, let socket, let endpoint):
            let connection = Connection(number, shared: shared, poller: poller, dialling: nil)
            connections[number] = connection
            connection.answer(socket, from: endpoint)
            settle(connection)
        case .send(let number, let message): with(number) { $0.send(message) }
        case .close(let number, let reason): with(number) { $0.close(saying: reason) }
        case .request(let number, let request, let layer):
            with(number) { $0.request(request, layer) }
        case .sendGroup(let number, let request, let buffer):
            guard connections[number] != nil else {
                shared.leaving.put(buffer)
                shared.report(.served(number, request: request, byteCount: 0))
                return
            }
            with(number) { $0.sendGroup(request, buffer) }
        case .cancelServing(let number, let request): with(number) { $0.cancelServing(request) }
        case .stop: isRunning = false
        }
    }

    private mutating func with(_ number: SessionNumber, _ body: (Connection) -> Void) {
        guard let connection = connections[number] else { return }
        body(connection)
        settle(connection)
    }
}
