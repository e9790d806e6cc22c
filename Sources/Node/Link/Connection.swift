import Host
import Swarm
import Wire

/// One TCP connection of a link lane: connecting, shaking hands, or carrying a channel.
///
/// A class because the lane's table and the poller's events share it; confined to its lane.
final class Connection {
    /// A dial that this side began.
    struct DialFacts: Sendable {
        let dial: UInt64
        var endpoints: [Endpoint]
        let expected: NodeKey?
        var known: KnownPeer?
        /// Whether it leaves from the port that this node listens on.
        var isFromPort = false
        /// Whether it ends as soon as the other side has shown who it is.
        var isProbe = false
        /// What it is for.
        var purpose = ConnectionPurpose.session
    }

    /// Where the connection is.
    enum Stage {
        /// Nothing is open.
        case idle
        /// TCP is being set up.
        case connecting
        /// Handshake frames are exchanged.
        case shaking(Handshake)
        /// Both ends have proven their keys.
        case standing
        /// Over.
        case closed
    }

    /// Nanoseconds for one TCP set-up.
    static let connectPatience: UInt64 = 5_000_000_000
    /// Nanoseconds for a handshake.
    static let handshakePatience: UInt64 = 10_000_000_000
    /// Nanoseconds for the last bytes of a closing connection.
    static let closingPatience: UInt64 = 2_000_000_000
    /// Bytes read from one connection before others have their turn.
    static let readPerTurn = 4 << 20
    /// Bytes of the buffers between socket and ciphers: four frames of the largest size.
    static let streamBytes = 4 * (Limits.frameBytesMax + Frame.headerBytes)

    let number: SessionNumber
    let shared: LinkShared
    let poller: Poller
    var dialling: DialFacts?
    var stage = Stage.idle
    var socket: Socket?
    var endpoint: Endpoint?
    var isInDoor = false
    var deadline = UInt64.max
    var closing: String?
    /// What the channel runs over.
    var path = SessionPath.direct
    /// Who must be at the other end of a circuit that the peer opened.
    var expectedCaller: NodeKey?
    /// The call that both sides make at once, if it is one, and the others for the same peer.
    var punch: Punch?
    var race: PunchRace?
    /// Circuits that run over sessions of this lane.
    var circuits: CircuitTable?
    private var unconfirmed: LinkEvent?
    private var isConfirmed = false

    // Receiving
    let input = Buffer(capacity: streamBytes)
    var inputStart = 0
    var inputEnd = 0
    var receiving: CipherState?
    let scratch = Buffer(capacity: Limits.frameBytesMax + 1)
    var expected: [UInt64: Expectation] = [:]
    var run: PayloadRun?
    var isPaused = false

    // Sending
    let output = Buffer(capacity: streamBytes)
    var outputStart = 0
    var outputEnd = 0
    var sending: CipherState?
    var keyMade: UInt64 = 0
    var messages: [Message] = []
    var payloads: [OutgoingPayload] = []
    var isWaitingToWrite = false
    var written: UInt64 = 0
    private var reading = PeerReading()

    init(
        _ number: SessionNumber, shared: LinkShared, poller: Poller, dialling: DialFacts?
    ) {
        self.number = number
        self.shared = shared
        self.poller = poller
        self.dialling = dialling
    }

    var isClosed: Bool {
        if case .closed = stage { return true }
        return false
    }

    var isStanding: Bool {
        if case .standing = stage { return true }
        return false
    }

    // MARK: Set-up

    /// Dials the next endpoint; `reason` is why the one before failed.
    func connectNext(_ reason: String) {
        release()
        guard var facts = dialling, !facts.endpoints.isEmpty else {
            stage = .closed
            reportFailure(reason)
            return
        }
        let next = facts.endpoints.removeFirst()
        dialling = facts
        endpoint = next
        guard let address = Address(next) else { return connectNext("not an address") }
        do {
            let socket = try connect(address, isFromPort: facts.isFromPort)
            self.socket = socket
            stage = .connecting
            deadline = Clock.monotonic() + Self.connectPatience
            try poller.add(socket.descriptor, token: number, reads: false, writes: true)
        } catch {
            connectNext(error.reason)
        }
    }

    /// Calls from the port that this node listens on, where that is wanted and can be: an address
    /// that was just called from there cannot be called again at once.
    private func connect(_ address: Address, isFromPort: Bool) throws(SystemError) -> Socket {
        if isFromPort, let own = shared.callingAddress(for: address),
            let socket = try? Socket.connect(address, from: own)
        {
            path = .directFromPort
            return socket
        }
        path = .direct
        return try Socket.connect(address)
    }

    private func reportFailure(_ reason: String) {
        guard let dialling else { return }
        shared.report(
            dialling.isProbe
                ? .probed(dial: dialling.dial, isReached: false)
                : .dialFailed(dial: dialling.dial, reason: reason))
    }

    private func connected() {
        if let failure = socket?.connectFailure() {
            if punch == nil { connectNext(failure.reason) } else { callAgain() }
            return
        }
        if punch == nil { begin() } else { shakeAfterPunch() }
    }

    /// Begins the handshake.
    func begin() {
        do throws(WireError) {
            let (handshake, hello) = try Dialling.start(
                shared.handshakeIdentity, ephemeral: Self.freshKey(), fallback: Self.freshKey(),
                expected: dialling?.expected ?? punch?.expected, known: dialling?.known,
                purpose: dialling?.purpose ?? .session)
            stage = .shaking(handshake)
            deadline = Clock.monotonic() + Self.handshakePatience
            try queueFrame(hello)
            flush()
        } catch {
            fail("\(error)")
        }
    }

    /// Takes a connection that came in.
    func answer(_ socket: Socket, from endpoint: Endpoint) {
        self.socket = socket
        self.endpoint = endpoint
        isInDoor = true
        stage = .shaking(
            Listening.start(shared.handshakeIdentity, ephemeral: Self.freshKey()))
        deadline = Clock.monotonic() + Self.handshakePatience
        do {
            try poller.add(socket.descriptor, token: number, reads: true, writes: false)
        } catch {
            fail(error.reason)
        }
    }

    static func freshKey() -> ExchangeKey {
        ExchangeKey(secret: Sodium.random(count: 32))
    }

    /// The channel stands.
    func establish(_ channel: EstablishedChannel, needsConfirmation: Bool) {
        guard let endpoint, expectedCaller.map({ $0 == channel.peer }) ?? true,
            punch.map({ $0.expected == channel.peer }) ?? true
        else { return fail("another node is at the other end of the circuit") }
        if let punch {
            guard !punch.isInitiator || winsRace() else { return fail("another call stands") }
            shared.punches.forget(punch.dial)
            race?.isWon = true
            path = .punched
        }
        sending = channel.send
        receiving = channel.receive
        keyMade = Clock.monotonic()
        stage = .standing
        let span = path.isRelayed ? nil : socket?.roundTripMicroseconds.map { $0 * 1000 }
        // Losses far away are often no sign of a full line, so BBR guides what is sent where the
        // system has it.
        if let span, span >= SessionFacts.farRoundTrip { socket?.paceByModel() }
        let facts = SessionFacts(
            peer: channel.peer, endpoint: endpoint,
            isInitiator: punch?.isInitiator ?? (dialling != nil),
            dial: dialling?.dial ?? punch?.dial, path: path, roundTrip: span)
        switch channel.purpose {
        case .session: unconfirmed = .established(number, facts, channel.known)
        case .stripe:
            unconfirmed = .stripeEstablished(number, facts)
            // Circuits belong to sessions.
            circuits = nil
        }
        if !needsConfirmation { confirm() }
    }

    /// A probe was answered by the right key.
    func finishProbe() {
        guard let dial = dialling?.dial else { return }
        release()
        stage = .closed
        shared.report(.probed(dial: dial, isReached: true))
    }

    /// The peer has shown that it holds the keys of the channel: now the loop hears of it.
    func confirm() {
        guard let event = unconfirmed else { return }
        unconfirmed = nil
        isConfirmed = true
        leaveDoor()
        if closing == nil { deadline = .max }
        shared.report(event)
    }

    // MARK: Events

    func ready(_ event: Poller.Event) {
        if case .connecting = stage {
            connected()
            return
        }
        if event.isWritable { flush() }
        if event.isReadable && !isClosed && !isPaused { receive() }
        if event.isGone && !event.isReadable && !isClosed { fail("the connection was reset") }
    }

    func checkTime(_ now: UInt64) {
        if isStanding, reading.isStuck(at: now, isWaiting: isWaitingToWrite, taken: takenBytes) {
            return fail("the peer takes nothing of what is sent to it")
        }
        guard now >= deadline else { return }
        switch stage {
        case .connecting where punch != nil: callForPunch()
        case .connecting: connectNext("no answer within 5 s")
        case .idle where punch != nil: callForPunch()
        case .shaking: fail("no handshake within 10 s")
        case .standing: fail(closing ?? "no word after the handshake")
        case .idle, .closed: break
        }
    }

    /// Bytes that the peer has confirmed.
    private var takenBytes: UInt64 {
        written - min(written, UInt64(max(0, socket?.unconfirmedBytes ?? 0)))
    }

    // MARK: End

    /// Says goodbye, sends what is queued, and closes.
    func close(saying reason: String) {
        guard isStanding, closing == nil else { return }
        closing = reason
        dropPayloads()
        messages.append(.goodbye(reason: String(reason.prefix(60))))
        deadline = Clock.monotonic() + Self.closingPatience
        flush()
    }

    /// Ends the connection because of `reason`.
    func fail(_ reason: String) {
        guard !isClosed else { return }
        if dialling != nil, !isStanding {
            connectNext(reason)
            return
        }
        if let race, !isStanding { return race.isWon ? endPunch(reason) : callAgain() }
        let wasStanding = isConfirmed
        release()
        stage = .closed
        if wasStanding { shared.report(.closed(number, reason: closing ?? reason)) }
    }

    /// Ends the connection without a word to the loop, which is gone.
    func abandon(_ reason: String) {
        if isStanding && closing == nil { close(saying: reason) }
        release()
        stage = .closed
    }

    func release() {
        leaveDoor()
        if let socket { poller.remove(socket.descriptor) }
        socket = nil
        inputStart = 0
        inputEnd = 0
        outputStart = 0
        outputEnd = 0
        isWaitingToWrite = false
        isPaused = false
        messages = []
        dropPayloads()
        if let buffer = run?.buffer { shared.arriving.put(buffer) }
        run = nil
        expected = [:]
    }

    private func leaveDoor() {
        guard isInDoor, let endpoint else { return }
        isInDoor = false
        shared.door.leave(endpoint)
    }
}
