import Host
import Swarm
import Wire

/// The thread that sends and hears datagrams inside sessions, and answers strangers. It alone has
/// the keys of what it hears. Apart from the loop, so that a storm of datagrams costs one thread at
/// most, and the loop only what sessions' peers have sealed.
final class DatagramLane: Sendable {
    /// What the loop asks of the lane.
    enum Command: Sendable {
        /// Choose a key for a session's peer, and hear by it.
        case offer(SessionNumber)
        /// Seal for a session's peer by what it offered.
        case use(SessionNumber, DatagramOffer)
        /// Forget a session's keys.
        case end(SessionNumber)
        /// Send a message.
        case send(SessionNumber, Message, to: Endpoint)
        /// Ask a node, as a stranger, where it sees this one.
        case ask(Endpoint)
        /// End.
        case stop
    }

    /// Bytes that may wait in the system, where it allows so many: a burst of 800 of the longest.
    private static let waitingBytes: Int32 = 1 << 20

    private let mailbox: Mailbox<Command>
    private let sockets: [DatagramSocket]
    private let network: BeaconNetwork
    private let latest = Lock(DatagramCounters())
    private let thread = LaneThread()
    /// The port of its sockets.
    let port: UInt16

    /// A lane with open sockets and no thread yet, at the addresses that a TCP listener bound to
    /// `bound` answers at. Its port is the listener's number, or the one after it where beacons
    /// have that; any free one where another program has it.
    init(bound: Address, network: BeaconNetwork) throws(SystemError) {
        mailbox = try Mailbox()
        self.network = network
        let wanted = bound.port == Beacon.port ? bound.port + 1 : bound.port
        let first: DatagramSocket
        do throws(SystemError) {
            first = try Self.open(bound.bytes, wanted)
        } catch {
            guard error.isAddressInUse, wanted != 0 else { throw error }
            first = try Self.open(bound.bytes, 0)
        }
        port = try first.port()
        var sockets = [first]
        if bound.isUnspecified {
            // Sessions of the other version have theirs where the system has one.
            let other = [UInt8](repeating: 0, count: bound.bytes.count == 4 ? 16 : 4)
            if let second = try? Self.open(other, port) { sockets.append(second) }
        }
        self.sockets = sockets
    }

    private static func open(
        _ bytes: [UInt8], _ port: UInt16
    ) throws(SystemError) -> DatagramSocket {
        guard let address = Address(bytes: bytes, port: port) else {
            throw SystemError("bind", "an address of \(bytes.count) bytes", code: 0)
        }
        return try DatagramSocket(at: address, waiting: waitingBytes)
    }

    /// What came of datagrams so far.
    var counters: DatagramCounters { latest.withLock { $0 } }

    /// Starts the thread, which tells the core what it hears.
    func start(
        report: @escaping @Sendable (Input) -> Void, log: @escaping @Sendable (String) -> Void
    ) throws(SystemError) {
        let (mailbox, sockets, network, port) = (mailbox, sockets, network, port)
        let latest = latest
        let poller = try Poller()
        try thread.start("datagrams") {
            var worker = DatagramWorker(
                mailbox: mailbox, sockets: sockets, poller: poller, port: port,
                desk: DatagramDesk(network: network, secret: Sodium.random(count: 32)),
                report: report, publish: { counters in latest.withLock { $0 = counters } },
                log: log)
            worker.run()
        }
    }

    /// Gives the lane something to do.
    func post(_ command: Command) { mailbox.post(command) }

    /// Waits for the end that `stop` asked for.
    func join() { thread.join() }
}

/// The inside of the lane's thread.
struct DatagramWorker: ~Copyable {
    private static let mailboxToken = UInt64.max
    /// Datagrams taken from a socket before the loop's wishes are looked at again: a fifth of a
    /// millisecond of the costliest ones.
    private static let datagramsPerTurn = 64

    private let mailbox: Mailbox<DatagramLane.Command>
    private let sockets: [DatagramSocket]
    private let poller: Poller
    private let port: UInt16
    private let report: @Sendable (Input) -> Void
    private let publish: @Sendable (DatagramCounters) -> Void
    private let log: @Sendable (String) -> Void
    private var desk: DatagramDesk
    private var inbox = DatagramInbox(limit: DatagramKind.bytesMax)
    private var outgoing = [UInt8](repeating: 0, count: DatagramKind.bytesMax)
    private var isRunning = true

    init(
        mailbox: Mailbox<DatagramLane.Command>, sockets: [DatagramSocket], poller: Poller,
        port: UInt16, desk: consuming DatagramDesk, report: @escaping @Sendable (Input) -> Void,
        publish: @escaping @Sendable (DatagramCounters) -> Void,
        log: @escaping @Sendable (String) -> Void
    ) {
        self.mailbox = mailbox
        self.sockets = sockets
        self.poller = poller
        self.port = port
        self.desk = desk
        self.report = report
        self.publish = publish
        self.log = log
    }

    mutating func run() {
        do throws(SystemError) {
            try poller.add(mailbox.wake, token: Self.mailboxToken, reads: true, writes: false)
            for (index, socket) in sockets.enumerated() {
                try poller.add(
                    socket.descriptor, token: UInt64(index), reads: true, writes: false)
            }
            while isRunning {
                for event in try poller.wait(milliseconds: -1) {
                    if event.token == Self.mailboxToken {
                        for command in mailbox.takeAll() { obey(command) }
                    } else {
                        hear(sockets[Int(event.token)])
                    }
                }
                publish(desk.counters)
            }
        } catch {
            log("no datagrams are heard any more, everything goes over TCP: \(error)")
        }
    }

    private mutating func hear(_ socket: DatagramSocket) {
        let now = Clock.monotonic()
        for _ in 0..<Self.datagramsPerTurn {
            guard let count = inbox.take(from: socket) else { return }
            let arrival = desk.take(inbox.bytes, count: count, at: now) {
                inbox.source.flatMap { Endpoint($0) }
            }
            switch arrival {
            case .message(let session, let message):
                guard let source = inbox.source.flatMap({ Endpoint($0) }) else { continue }
                report(.datagram(session, message, from: source))
            case .reply(let answer):
                guard let target = inbox.source else { continue }
                send(answer, answer.count, to: target)
            case .seen(let place, let other): report(.seen(place, by: other))
            case .nothing: break
            }
        }
    }

    private mutating func obey(_ command: DatagramLane.Command) {
        switch command {
        case .offer(let session):
            let offer = DatagramOffer.random(port: port)
            desk.hear(session, by: offer)
            report(.datagramsOffered(session, offer))
        case .use(let session, let offer): desk.seal(session, by: offer)
        case .end(let session): desk.end(session)
        case .send(let session, let message, let target):
            guard let address = Address(target),
                let count = desk.write(message, for: session, into: &outgoing)
            else { return }
            send(outgoing, count, to: address)
        case .ask(let target):
            guard let address = Address(target) else { return }
            let number = Sodium.random(count: ColdQuestion.wordBytes)
            let question = desk.ask(target, number: number, at: Clock.monotonic())
            send(question, question.count, to: address)
        case .stop: isRunning = false
        }
    }

    /// What does not leave is lost like any other datagram.
    private mutating func send(_ bytes: [UInt8], _ count: Int, to target: Address) {
        let version: DatagramSocket.Version = target.bytes.count == 4 ? .four : .six
        do throws(SystemError) {
            guard let socket = sockets.first(where: { $0.version == version }) else {
                return desk.fail()
            }
            try socket.send(bytes, count: count, to: target)
        } catch {
            desk.fail()
        }
    }
}
