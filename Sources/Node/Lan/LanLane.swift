import Host
import Swarm
import Wire

/// The thread that looks at the interfaces, sends beacons and hears those of others. Apart from the
/// loop, so that a flood of datagrams costs the loop no more than it lets through.
final class LanLane: Sendable {
    /// What the loop asks of the lane.
    enum Command: Sendable {
        /// Look at the interfaces, and listen behind them.
        case survey
        /// Send to all machines behind an interface.
        case send([UInt8], over: LanInterface)
        /// Send to one machine.
        case answer([UInt8], to: Endpoint, interface: UInt32)
        /// End.
        case stop
    }

    private let mailbox: Mailbox<Command>
    private let sockets: [DatagramSocket]
    /// Why there is no socket of a version.
    let failures: [DatagramSocket.Version: SystemError]
    private let thread = LaneThread()

    /// A lane with open sockets and no thread yet. Where the system has no IPv6, IPv4 does alone,
    /// and the other way round; throws when neither can be had.
    init(port: UInt16 = Beacon.port) throws(SystemError) {
        mailbox = try Mailbox()
        var sockets: [DatagramSocket] = []
        var failures: [DatagramSocket.Version: SystemError] = [:]
        for version in [DatagramSocket.Version.four, .six] {
            do throws(SystemError) {
                sockets.append(try DatagramSocket(version, port: port))
            } catch {
                failures[version] = error
            }
        }
        if sockets.isEmpty, let failure = failures[.four] { throw failure }
        (self.sockets, self.failures) = (sockets, failures)
    }

    /// The port of the lane's sockets.
    var port: UInt16? { try? sockets.first?.port() }

    /// Starts the thread, which tells what it finds and hears.
    func start(
        report: @escaping @Sendable (Input) -> Void, log: @escaping @Sendable (String) -> Void
    ) throws(SystemError) {
        let (mailbox, sockets, failures) = (mailbox, sockets, failures)
        let poller = try Poller()
        try thread.start("lan") {
            var worker = LanWorker(
                mailbox: mailbox, sockets: sockets, failures: failures, poller: poller,
                report: report, log: log)
            worker.run()
        }
    }

    /// Gives the lane something to do.
    func post(_ command: Command) {
        mailbox.post(command)
    }

    /// Waits for the end that `stop` asked for.
    func join() { thread.join() }
}

/// The inside of the lane's thread.
struct LanWorker: ~Copyable {
    private static let mailboxToken = UInt64.max
    /// Datagrams taken from a socket in a span of so many milliseconds, whether they come at once
    /// or one by one: 3,200 a second. What comes faster is dropped by the system.
    private static let datagramsPerSpan = 64
    private static let span: Int32 = 20
    /// Bytes read of one datagram: enough to tell that it is too long to be a beacon.
    private static let bytesMax = Beacon.byteCount + 1
    /// All machines of the link (RFC 919): never passed on by a router.
    private static let everyone: [UInt8] = [255, 255, 255, 255]
    /// Interfaces of whose trouble with listening the owner is told.
    private static let toldMax = 64

    private let mailbox: Mailbox<LanLane.Command>
    private let sockets: [DatagramSocket]
    private let failures: [DatagramSocket.Version: SystemError]
    private let poller: Poller
    private let report: @Sendable (Input) -> Void
    private let log: @Sendable (String) -> Void
    private var told: Set<String> = []
    private var resting: Set<Int> = []
    /// Datagrams that were taken from each socket in this span.
    private var taken: [Int: Int] = [:]
    /// Monotonic nanoseconds when it is over, and all are read again.
    private var spanEnd: UInt64 = 0
    private var isRunning = true

    init(
        mailbox: Mailbox<LanLane.Command>, sockets: [DatagramSocket],
        failures: [DatagramSocket.Version: SystemError], poller: Poller,
        report: @escaping @Sendable (Input) -> Void, log: @escaping @Sendable (String) -> Void
    ) {
        self.mailbox = mailbox
        self.sockets = sockets
        self.failures = failures
        self.poller = poller
        self.report = report
        self.log = log
    }

    mutating func run() {
        do throws(SystemError) {
            try poller.add(mailbox.wake, token: Self.mailboxToken, reads: true, writes: false)
            for (index, socket) in sockets.enumerated() {
                try poller.add(
                    socket.descriptor, token: UInt64(index), reads: true, writes: false)
            }
            while isRunning { try turn() }
        } catch {
            log("nodes of the local network are not looked for any more: \(error)")
        }
    }

    private mutating func turn() throws(SystemError) {
        let events = try poller.wait(milliseconds: resting.isEmpty ? -1 : Self.span)
        // Another event may end the wait before the rest is over.
        let isOver = Clock.monotonic() >= spanEnd
        for index in resting where isOver {
            try poller.change(
                sockets[index].descriptor, token: UInt64(index), reads: true, writes: false)
        }
        if isOver { resting = [] }
        for event in events where !resting.contains(Int(truncatingIfNeeded: event.token)) {
            if event.token == Self.mailboxToken {
                for command in mailbox.takeAll() { obey(command) }
            } else {
                try hear(Int(event.token))
            }
        }
    }

    private mutating func hear(_ index: Int) throws(SystemError) {
        let now = Clock.monotonic()
        if now >= spanEnd {
            spanEnd = now + UInt64(Self.span) * 1_000_000
            taken = [:]
        }
        while taken[index, default: 0] < Self.datagramsPerSpan {
            guard let arrival = sockets[index].receive(limit: Self.bytesMax) else { return }
            taken[index, default: 0] += 1
            guard let source = Endpoint(arrival.source) else { continue }
            report(.beaconHeard(arrival.bytes, from: source, interface: arrival.interface))
        }
        resting.insert(index)
        try poller.change(
            sockets[index].descriptor, token: UInt64(index), reads: false, writes: false)
    }

    private mutating func obey(_ command: LanLane.Command) {
        switch command {
        case .survey:
            let entries = Interfaces.entries()
            for entry in entries where entry.reachesAll { listen(behind: entry) }
            report(.lanSurveyed(entries.compactMap { LanInterface($0) }))
        case .send(let bytes, let interface):
            report(.beaconSent(over: interface, failure: send(bytes, over: interface)))
        case .answer(let bytes, let target, let interface):
            // A lost answer is made up for by the next beacon.
            guard let address = Address(target) else { return }
            try? socket(target.bytes.count)?.send(bytes, to: address, interface: interface)
        case .stop: isRunning = false
        }
    }

    private func socket(_ addressBytes: Int) -> DatagramSocket? {
        sockets.first { $0.version == (addressBytes == 4 ? .four : .six) }
    }

    /// Hears the group behind an interface with IPv6; the system forgets it when that goes.
    private mutating func listen(behind entry: Interfaces.Entry) {
        guard entry.address.bytes.count == 16, let socket = socket(16) else { return }
        do throws(SystemError) {
            try socket.join(Beacon.group, interface: entry.number)
        } catch {
            let text = "no beacon is heard over \(entry.name) (IPv6): \(error.reason)"
            if told.count < Self.toldMax, told.insert(text).inserted { log(text) }
        }
    }

    /// Sends a beacon; gives why it did not leave.
    private func send(_ bytes: [UInt8], over interface: LanInterface) -> String? {
        let source = interface.address.bytes
        guard let socket = socket(source.count) else {
            return failures[source.count == 4 ? .four : .six].map { LanUse.words($0) }
        }
        let group = source.count == 4 ? Self.everyone : Beacon.group
        guard let target = Address(bytes: group, port: Beacon.port) else { return nil }
        do throws(SystemError) {
            try socket.send(bytes, to: target, from: source, interface: interface.number)
            return nil
        } catch {
            return error.reason
        }
    }
}

extension LanInterface {
    /// An address of an interface as the system gave it.
    init?(_ entry: Interfaces.Entry) {
        guard let address = Endpoint(entry.address) else { return nil }
        self.init(
            number: entry.number, name: entry.name, address: address,
            prefixBits: entry.prefixBits, reachesAll: entry.reachesAll)
    }
}
