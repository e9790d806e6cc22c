import Host
import Swarm
import Wire

/// What all link lanes share: keys, buffers, the door, and where their news goes.
final class LinkShared: Sendable {
    /// Bytes of a buffer: a group, and room behind it for the kind byte of its last frame or for
    /// a control frame that comes between.
    static let bufferBytes = HashTree.groupBytes + Limits.frameBytesMax + 1
    /// Buffers for groups that arrive: what the core asks for at most, and a little more.
    static let arrivingMax = 28
    /// Buffers for groups that leave: a few for each peer that reads, one for each that does not.
    static let leavingMax = ServeQueue.sendingHardMax

    /// Groups that arrive.
    let arriving = Pool(bufferBytes: bufferBytes, limit: arrivingMax)
    /// Groups that leave.
    let leaving = Pool(bufferBytes: bufferBytes, limit: leavingMax)
    /// Half-open connections.
    let door: Door
    /// How hard the lanes work.
    let pressure: LinkPressure
    /// News for the loop.
    let report: @Sendable (LinkEvent) -> Void
    /// Groups for the store, which puts the buffer back.
    let deliver: @Sendable (GroupArrival) -> Void
    /// Calls that both sides make at once, by the host that may call meanwhile.
    let punches = PunchTable()
    /// Where this node listens; nil where it does not.
    let listening: Address?
    private let identity: Lock<HandshakeIdentity>
    private let lastSession = Lock(SessionNumber(0))

    /// Shared state of the lanes of one node.
    init(
        identity: HandshakeIdentity, listening: Address? = nil,
        pressure: LinkPressure = LinkPressure(), door: Door = Door(),
        report: @escaping @Sendable (LinkEvent) -> Void,
        deliver: @escaping @Sendable (GroupArrival) -> Void
    ) {
        self.identity = Lock(identity)
        self.pressure = pressure
        self.door = door
        self.listening = listening
        self.report = report
        self.deliver = deliver
    }

    /// What this node brings to a handshake.
    var handshakeIdentity: HandshakeIdentity { identity.withLock { $0 } }

    /// The address of this machine from which `other` is called when it is to see the port that
    /// this node listens on; nil where that cannot be.
    func callingAddress(for other: Address) -> Address? {
        guard let listening, listening.port != 0 else { return nil }
        let any = [UInt8](repeating: 0, count: other.bytes.count)
        let isSame = listening.bytes.count == other.bytes.count
        guard isSame || listening.isUnspecified else { return nil }
        return isSame ? listening : Address(bytes: any, port: listening.port)
    }

    /// Replaces the certificate by what `make` gives, once half of its time is over.
    func renewIfDue(_ make: () -> HandshakeIdentity) {
        let halfLife = Limits.transportKeyLifeMilliseconds / 2
        let end = handshakeIdentity.certificate.notAfter
        guard Clock.wallMilliseconds() + halfLife > end else { return }
        let fresh = make()
        identity.withLock { $0 = fresh }
    }

    /// A session number that was never used and that the same of `count` lanes has as `other`.
    func nextSession(like other: SessionNumber, of count: Int) -> SessionNumber {
        let count = UInt64(count)
        return lastSession.withLock { last in
            last += 1
            while last % count != other % count { last += 1 }
            return last
        }
    }

    /// A session number that was never used.
    func nextSession() -> SessionNumber {
        lastSession.withLock { last in
            last += 1
            return last
        }
    }
}
