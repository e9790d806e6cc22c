/// The initiator has sent its hello.
public struct Dialling {
    private let identity: HandshakeIdentity
    private let ephemeral: ExchangeKey
    private let fallback: ExchangeKey
    private let expected: NodeKey?
    private let purpose: ConnectionPurpose
    private let hello: Hello
    private let handshake: NoiseHandshake?

    /// Starts a handshake with the node `expected` (nil: whoever answers), in one round trip
    /// when it is `known`. `ephemeral` and `fallback` (for a second start) must be fresh random.
    public static func start(
        _ identity: HandshakeIdentity, ephemeral: ExchangeKey, fallback: ExchangeKey,
        expected: NodeKey?, known: KnownPeer?, purpose: ConnectionPurpose = .session
    ) throws(WireError) -> (Handshake, hello: [UInt8]) {
        let isKnown = known.map { identity.suites.contains($0.suite) } ?? false
        guard let known, isKnown, identity.swarmKey == nil else {
            return startXX(
                identity, ephemeral: fallback, expected: expected, purpose: purpose)
        }
        var hello = Hello(pattern: .ik, suites: [known.suite], network: identity.network)
        let choice = Choice(
            .accepted, version: Hello.versions.upperBound, suite: known.suite)
        var handshake = NoiseHandshake(
            pattern: .ik, suite: known.suite, isInitiator: true,
            prologue: hello.header + choice.header, own: identity.transport,
            ephemeral: ephemeral, remoteStatic: known.transportKey.bytes)
        hello.noise = try handshake.writeMessage(
            identity.certificate.bytes + purpose.bytes)
        let phase = Dialling(
            identity: identity, ephemeral: ephemeral, fallback: fallback, expected: expected,
            purpose: purpose, hello: hello, handshake: handshake)
        return (.dialling(phase), hello.bytes)
    }

    private static func startXX(
        _ identity: HandshakeIdentity, ephemeral: ExchangeKey, expected: NodeKey?,
        purpose: ConnectionPurpose
    ) -> (Handshake, hello: [UInt8]) {
        let pattern: NoisePattern = identity.swarmKey == nil ? .xx : .xxPsk3
        var hello = Hello(pattern: pattern, suites: identity.suites, network: identity.network)
        if pattern == .xx { hello.noise = ephemeral.publicKey }
        let phase = Dialling(
            identity: identity, ephemeral: ephemeral, fallback: ephemeral, expected: expected,
            purpose: purpose, hello: hello, handshake: nil)
        return (.dialling(phase), hello.bytes)
    }

    func receive(_ frame: [UInt8], at wall: UInt64) throws(WireError) -> HandshakeStep {
        let choice = try Choice(bytes: frame)
        switch choice.answer {
        case .accepted: break
        case .otherNetwork: throw .otherNetwork
        case .noVersion: throw .unsupported("the peer speaks no version of ours")
        case .noSuite: throw .unsupported("the peer has no cipher of ours")
        case .busy: throw .unsupported("the peer is busy")
        case .wrongSwarm: throw .notAuthentic("private swarm key")
        case .startWithXX:
            guard hello.pattern == .ik else { throw .invalid("answer") }
            let (next, hello) = Self.startXX(
                identity, ephemeral: fallback, expected: expected, purpose: purpose)
            return .next(next, send: hello)
        }
        guard Hello.versions.contains(choice.version), hello.suites & choice.suite.bit != 0,
            identity.suites.contains(choice.suite)
        else { throw .invalid("choice") }
        return try go(on: choice, at: wall)
    }

    private func go(on choice: Choice, at wall: UInt64) throws(WireError) -> HandshakeStep {
        if var handshake {
            let payload = try handshake.readMessage(choice.noise)
            let channel = try finish(handshake, payload, choice.suite, at: wall)
            return .established(channel, send: nil)
        }
        var handshake = NoiseHandshake(
            pattern: hello.pattern, suite: choice.suite, isInitiator: true,
            prologue: hello.header + choice.header, own: identity.transport,
            ephemeral: ephemeral, preSharedKey: identity.swarmKey)
        let first = try handshake.writeMessage([])
        guard hello.pattern == .xx else {
            guard choice.noise.isEmpty else { throw .invalid("choice") }
            let proving = Proving(
                dialling: self, handshake: handshake, suite: choice.suite)
            return .next(.proving(proving), send: first)
        }
        return try answer(handshake, choice.noise, choice.suite, at: wall)
    }

    /// Reads message 2 and writes message 3 with our identity.
    func answer(
        _ handshake: NoiseHandshake, _ message: [UInt8], _ suite: CipherSuite, at wall: UInt64
    ) throws(WireError) -> HandshakeStep {
        var handshake = handshake
        let payload = try handshake.readMessage(message)
        let certificate = try identity.check(payload, of: handshake, at: wall)
        try checkExpected(certificate.node)
        let reply = try handshake.writeMessage(identity.certificate.bytes + purpose.bytes)
        let channel = try EstablishedChannel(
            handshake, suite: suite, peer: certificate.node, purpose: purpose)
        return .established(channel, send: reply)
    }

    private func finish(
        _ handshake: NoiseHandshake, _ payload: [UInt8], _ suite: CipherSuite, at wall: UInt64
    ) throws(WireError) -> EstablishedChannel {
        let certificate = try identity.check(payload, of: handshake, at: wall)
        try checkExpected(certificate.node)
        return try EstablishedChannel(
            handshake, suite: suite, peer: certificate.node, purpose: purpose)
    }

    private func checkExpected(_ node: NodeKey) throws(WireError) {
        guard expected == nil || expected == node else { throw .wrongPeer }
    }
}

/// The initiator of a private swarm has sent message 1.
public struct Proving {
    let dialling: Dialling
    let handshake: NoiseHandshake
    let suite: CipherSuite

    func receive(_ frame: [UInt8], at wall: UInt64) throws(WireError) -> HandshakeStep {
        try dialling.answer(handshake, frame, suite, at: wall)
    }
}
