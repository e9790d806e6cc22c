/// What a node brings to every handshake.
public struct HandshakeIdentity: Sendable {
    /// The network it belongs to.
    public let network: Digest
    /// Its transport key.
    public let transport: ExchangeKey
    /// Its node key's word for the transport key.
    public let certificate: TransportCertificate
    /// Suites it has, best first.
    public let suites: [CipherSuite]
    /// The key of a private swarm (32 bytes), nil in an open network.
    public let swarmKey: [UInt8]?

    /// All that a handshake needs but the ephemeral key and the time.
    public init(
        network: Digest, transport: ExchangeKey, certificate: TransportCertificate,
        suites: [CipherSuite], swarmKey: [UInt8]? = nil
    ) {
        self.network = network
        self.transport = transport
        self.certificate = certificate
        self.suites = suites
        self.swarmKey = swarmKey
    }

    func check(
        _ payload: [UInt8], of handshake: NoiseHandshake, at wallMilliseconds: UInt64
    ) throws(WireError) -> TransportCertificate {
        try TransportCertificate(
            bytes: payload, network: network, transportKey: handshake.remoteStatic ?? [],
            wallMilliseconds: wallMilliseconds)
    }

    /// The same of an initiator, who says too what it wants.
    func checkCaller(
        _ payload: [UInt8], of handshake: NoiseHandshake, at wallMilliseconds: UInt64
    ) throws(WireError) -> (TransportCertificate, ConnectionPurpose) {
        let end = min(payload.count, TransportCertificate.byteCount)
        let purpose = try ConnectionPurpose(bytes: payload[end...])
        let certificate = try check(
            Array(payload[..<end]), of: handshake, at: wallMilliseconds)
        return (certificate, purpose)
    }
}

/// What is remembered of a peer to reach it in one round trip.
public struct KnownPeer: Equatable, Sendable {
    /// Its X25519 transport key.
    public let transportKey: Digest
    /// The suite used last.
    public let suite: CipherSuite

    /// A remembered peer.
    public init(transportKey: Digest, suite: CipherSuite) {
        self.transportKey = transportKey
        self.suite = suite
    }
}

/// A channel whose two ends have proven their keys.
public struct EstablishedChannel {
    /// The other node.
    public let peer: NodeKey
    /// What the initiator wants it for.
    public let purpose: ConnectionPurpose
    /// What to remember of the other node.
    public let known: KnownPeer
    /// From here to there.
    public var send: CipherState
    /// From there to here.
    public var receive: CipherState
    /// Unique to this channel and equal on both sides.
    public let handshakeHash: [UInt8]

    init(
        _ handshake: NoiseHandshake, suite: CipherSuite, peer: NodeKey,
        purpose: ConnectionPurpose
    ) throws(WireError) {
        guard let key = Digest(bytes: handshake.remoteStatic ?? []) else {
            throw .notAuthentic("transport key")
        }
        self.peer = peer
        self.purpose = purpose
        known = KnownPeer(transportKey: key, suite: suite)
        (send, receive) = handshake.split()
        handshakeHash = handshake.handshakeHash
    }
}

/// What a received handshake frame leads to.
public enum HandshakeStep {
    /// Send this frame, if any, and go on with the next one received.
    case next(Handshake, send: [UInt8])
    /// Send this frame, if any; the channel stands.
    case established(EstablishedChannel, send: [UInt8]?)
    /// Send this frame and close: the responder refuses, for the given reason.
    case refused(WireError, send: [UInt8])
}

/// One side of a handshake, waiting for a frame. Each phase is a case with only what that
/// phase may use; receiving consumes it.
public enum Handshake {
    /// Initiator: hello sent, waiting for the choice.
    case dialling(Dialling)
    /// Initiator in a private swarm: message 1 sent, waiting for message 2.
    case proving(Proving)
    /// Responder: waiting for the hello.
    case listening(Listening)
    /// Responder in a private swarm: choice sent, waiting for message 1.
    case challenged(Challenged)
    /// Responder: message 2 sent, waiting for the initiator's identity.
    case awaitingIdentity(AwaitingIdentity)

    /// Takes the next frame.
    public consuming func receive(
        _ frame: [UInt8], at wallMilliseconds: UInt64
    ) throws(WireError) -> HandshakeStep {
        switch self {
        case .dialling(let phase): try phase.receive(frame, at: wallMilliseconds)
        case .proving(let phase): try phase.receive(frame, at: wallMilliseconds)
        case .listening(let phase): try phase.receive(frame, at: wallMilliseconds)
        case .challenged(let phase): try phase.receive(frame, at: wallMilliseconds)
        case .awaitingIdentity(let phase): try phase.receive(frame, at: wallMilliseconds)
        }
    }
}
