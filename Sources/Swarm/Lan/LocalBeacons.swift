import Wire

/// How nodes of one local network find each other with no ticket: each tells all machines of its
/// networks now and then that it listens, answers who is new, and dials whom it hears of. A beacon
/// is never believed: who is there, the handshake of an ordinary dial shows.
public struct LocalBeacons: Sendable {
    /// What a node needs to know of itself to send beacons.
    public struct Identity: Sendable {
        /// Random bytes of this run.
        let tag: BeaconTag
        /// The node's network.
        let network: BeaconNetwork
        /// What the node's TCP listener is bound to.
        let listener: Endpoint

        /// An identity; the listener's port is not 0.
        public init(tag: BeaconTag, network: BeaconNetwork, listener: Endpoint) {
            precondition(listener.port != 0, "a node that listens has a port")
            self.tag = tag
            self.network = network
            self.listener = listener
        }
    }

    /// What is to be done, in order.
    enum Effect: Equatable, Sendable {
        /// Look at the interfaces; answered by `surveyed`.
        case survey
        /// Send to all machines behind an interface; answered by `sent`.
        case send([UInt8], over: LanInterface)
        /// Send to one machine, from the interface by which it was heard.
        case answer([UInt8], to: Endpoint, interface: UInt32)
        /// Dial a node of which only the address is known.
        case dial(Endpoint)
        /// Something the owner should find in the log.
        case log(String)
    }

    /// A beacon of somebody else in this network, and where its node listens.
    struct Heard: Equatable, Sendable {
        let beacon: Beacon
        /// Where the datagram came from.
        let source: Endpoint
        let interface: UInt32

        /// Where its node listens.
        var place: Endpoint { source.with(port: beacon.port) }
    }

    private struct Answer: Sendable {
        let due: UInt64
        let target: Endpoint
        let interface: UInt32
    }

    /// What came of beacons so far.
    public private(set) var counters = LanCounters()
    /// The addresses that beacons are sent from now.
    public private(set) var interfaces: [LanInterface] = []
    /// Labels of interfaces over which no beacon could be sent last, with the reason in the
    /// system's words.
    public private(set) var troubles = OrderedTable<String, String>()

    /// The last failure to send, with the interface's label; nil while there was none.
    public private(set) var lastFailure: String?

    private let identity: Identity
    private var near: [LanInterface] = []
    private var machines = FoundMachines()
    private var told: Set<String> = []
    private var answers: [Answer] = []
    private var answering = LanLimits.answers
    private var dialling = LanLimits.dials
    private var feeling = LanLimits.feelers
    private var nextSurvey: UInt64 = 0
    private var nextBeacon = UInt64.max
    private var pause = LanLimits.pauseMin
    private var generator: SeededGenerator

    /// Machines that are remembered.
    var machineCount: Int { machines.count }

    init(_ identity: Identity, seed: UInt64) {
        self.identity = identity
        generator = SeededGenerator(seed: seed)
    }

    // MARK: Sending

    /// When `wake` is due, in monotonic nanoseconds.
    var deadline: UInt64 {
        answers.reduce(min(nextSurvey, nextBeacon)) { min($0, $1.due) }
    }

    mutating func wake(at now: UInt64) -> [Effect] {
        var effects: [Effect] = []
        if now >= nextSurvey {
            nextSurvey = now + LanLimits.surveyPause
            effects.append(.survey)
        }
        if now >= nextBeacon {
            let bytes = beacon(isAnswer: false)
            effects += interfaces.map { .send(bytes, over: $0) }
            nextBeacon = now + pause + UInt64.random(in: 0..<pause / 4, using: &generator)
            pause = min(pause * 2, LanLimits.pauseMax)
        }
        let due = answers.filter { $0.due <= now }
        answers.removeAll { $0.due <= now }
        for answer in due {
            counters.answered += 1
            effects.append(
                .answer(
                    beacon(isAnswer: true), to: answer.target, interface: answer.interface))
        }
        return effects
    }

    private func beacon(isAnswer: Bool) -> [UInt8] {
        Beacon(tag: identity.tag, port: identity.listener.port, isAnswer: isAnswer)
            .bytes(in: identity.network)
    }

    /// Takes the interfaces as they are now. Where there is a new one the pauses begin at their
    /// shortest again: there may be machines behind it that never heard of this node.
    mutating func surveyed(_ found: [LanInterface], at now: UInt64) {
        near = found.filter(\.address.isPrivate)
        let carrying = found.filter { $0.carriesBeacons(of: identity.listener) }
            .prefix(LanLimits.interfacesMax)
        let isGrown = carrying.contains { !interfaces.contains($0) }
        interfaces = Array(carrying)
        let labels = Set(interfaces.map(\.label))
        troubles.removeAll { label, _ in !labels.contains(label) }
        guard isGrown else { return }
        pause = LanLimits.pauseMin
        let delay = UInt64.random(in: 0..<LanLimits.answerDelay, using: &generator)
        nextBeacon = min(nextBeacon, now + delay)
    }

    /// A beacon left from an address, or did not and why. Trouble that lasts is told once for each
    /// interface and cause, and never ends anything. Once only is none: a new IPv6 address cannot
    /// send before the system has looked whether another machine has it.
    mutating func sent(over interface: LanInterface, failure: String?) -> [Effect] {
        let label = interface.label
        guard let failure else {
            counters.sent += 1
            troubles[label] = nil
            return []
        }
        counters.failed += 1
        let isLasting = troubles[label] == failure
        troubles[label] = failure
        lastFailure = "\(label): \(failure)"
        let text = "no beacon leaves over \(label): \(failure)"
        guard isLasting, told.count < LanLimits.troublesMax, told.insert(text).inserted else {
            return []
        }
        return [
            .log(text + "; nodes behind it are met by ticket (plasmid join), or when they call")
        ]
    }

    // MARK: Hearing

    /// Reads a datagram; nil, and counted, unless it is a beacon of another node of this network
    /// from a private network or link that this machine is in.
    mutating func read(
        _ bytes: [UInt8], from source: Endpoint, arrivedBy interface: UInt32
    ) -> Heard? {
        counters.heard += 1
        guard source.isPrivate, near.contains(where: { $0.isNear(source, arrivedBy: interface) })
        else {
            counters.drop(.foreign)
            return nil
        }
        do throws(WireError) {
            let beacon = try Beacon(bytes: bytes, in: identity.network)
            guard beacon.tag != identity.tag else {
                counters.drop(.own)
                return nil
            }
            return Heard(beacon: beacon, source: source, interface: interface)
        } catch {
            switch error {
            case .otherNetwork: counters.drop(.otherNetwork)
            case .unsupported: counters.drop(.otherVersion)
            default: counters.drop(.malformed)
            }
            return nil
        }
    }

    /// Takes a beacon that was read. `isMet` says whether a session with its node stands or is
    /// being made, `sessions` how many stand.
    mutating func take(
        _ heard: Heard, isMet: Bool, sessions: Int, at now: UInt64
    ) -> [Effect] {
        let tag = heard.beacon.tag
        let isAsked = !heard.beacon.isAnswer && !isMet && isFound(through: heard)
        let wanted = machines.change(heard.place, tag: tag, at: now) { place in
            (answer: isAsked && !place.isAnswered, dial: place.mayDial(at: now))
        }
        guard let wanted else {
            counters.drop(.crowded)
            return []
        }
        if wanted.answer { answer(heard, at: now) }
        guard wanted.dial, !isMet else { return [] }
        let isWithin =
            sessions < LanLimits.sessionsEnough
            ? dialling.take(at: now) : feeling.take(at: now)
        guard isWithin else {
            counters.spared += 1
            return []
        }
        counters.dialled += 1
        _ = machines.change(heard.place, tag: tag, at: now) { $0.noteDial(at: now) }
        return [.dial(heard.place)]
    }

    /// Whether the sender would find this node at the address that an answer comes from.
    private func isFound(through heard: Heard) -> Bool {
        interfaces.contains {
            $0.number == heard.interface
                && $0.address.bytes.count == heard.source.bytes.count
        }
    }

    /// An answer goes to the beacons' port whatever port the datagram names, so that nobody can
    /// have this node send to another service.
    private mutating func answer(_ heard: Heard, at now: UInt64) {
        guard answers.count < LanLimits.answersMax, answering.take(at: now) else {
            counters.spared += 1
            return
        }
        let tag = heard.beacon.tag
        _ = machines.change(heard.place, tag: tag, at: now) { $0.isAnswered = true }
        let delay = UInt64.random(in: 0..<LanLimits.answerDelay, using: &generator)
        answers.append(
            Answer(
                due: now + delay, target: heard.source.with(port: Beacon.port),
                interface: heard.interface))
    }
}
