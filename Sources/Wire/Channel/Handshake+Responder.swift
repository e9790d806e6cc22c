/// The responder waits for a hello.
public struct Listening {
    private let identity: HandshakeIdentity
    private let ephemeral: ExchangeKey
    /// Whether the initiator was asked to start again: that happens once.
    private let isSecond: Bool

    /// Waits for a hello; `ephemeral` must be fresh random.
    public static func start(
        _ identity: HandshakeIdentity, ephemeral: ExchangeKey
    ) -> Handshake {
        .listening(Listening(identity: identity, ephemeral: ephemeral, isSecond: false))
    }

    func receive(_ frame: [UInt8], at wall: UInt64) throws(WireError) -> HandshakeStep {
        let hello = try Hello(bytes: frame)
        guard hello.network == identity.network else {
            return .refused(.otherNetwork, send: Choice(.otherNetwork).bytes)
        }
        let version = min(hello.versionMax, Hello.versions.upperBound)
        guard version >= hello.versionMin, Hello.versions.contains(version) else {
            return .refused(.unsupported("versions"), send: Choice(.noVersion).bytes)
        }
        guard let suite = identity.suites.first(where: { hello.suites & $0.bit != 0 }) else {
            return .refused(.unsupported("cipher suites"), send: Choice(.noSuite).bytes)
        }
        guard hello.pattern.usesPreSharedKey == (identity.swarmKey != nil) else {
            return .refused(
                .notAuthentic("private swarm key"), send: Choice(.wrongSwarm).bytes)
        }
        let choice = Choice(.accepted, version: version, suite: suite)
        switch hello.pattern {
        case .xx: return try answerXX(hello, choice)
        case .ik: return try answerIK(hello, choice, at: wall)
        case .xxPsk3: return challenge(hello, choice)
        case .ikPsk2: return try askForXX()
        }
    }

    private func handshake(_ hello: Hello, _ choice: Choice) -> NoiseHandshake {
        NoiseHandshake(
            pattern: hello.pattern, suite: choice.suite, isInitiator: false,
            prologue: hello.header + choice.header, own: identity.transport,
            ephemeral: ephemeral, preSharedKey: identity.swarmKey)
    }

    private func answerXX(_ hello: Hello, _ choice: Choice) throws(WireError) -> HandshakeStep {
        var handshake = handshake(hello, choice)
        _ = try handshake.readMessage(hello.noise)
        var reply = choice
        reply.noise = try handshake.writeMessage(identity.certificate.bytes)
        let phase = AwaitingIdentity(
            identity: identity, handshake: handshake, suite: choice.suite)
        return .next(.awaitingIdentity(phase), send: reply.bytes)
    }

    /// An initiator that remembers an old transport key of ours, or a suite that we would not
    /// choose, is asked to start with XX.
    private func answerIK(
        _ hello: Hello, _ choice: Choice, at wall: UInt64
    ) throws(WireError) -> HandshakeStep {
        var handshake = handshake(hello, choice)
        let payload: [UInt8]
        do {
            payload = try handshake.readMessage(hello.noise)
        } catch {
            return try askForXX()
        }
        let (certificate, purpose) = try identity.checkCaller(payload, of: handshake, at: wall)
        var reply = choice
        reply.noise = try handshake.writeMessage(identity.certificate.bytes)
        let channel = try EstablishedChannel(
            handshake, suite: choice.suite, peer: certificate.node, purpose: purpose)
        return .established(channel, send: reply.bytes)
    }

    private func askForXX() throws(WireError) -> HandshakeStep {
        guard !isSecond else { throw .invalid("a second hello that cannot be answered") }
        let again = Listening(identity: identity, ephemeral: ephemeral, isSecond: true)
        return .next(.listening(again), send: Choice(.startWithXX).bytes)
    }

    private func challenge(_ hello: Hello, _ choice: Choice) -> HandshakeStep {
        let phase = Challenged(
            identity: identity, handshake: handshake(hello, choice), suite: choice.suite)
        return .next(.challenged(phase), send: choice.bytes)
    }
}

/// The responder of a private swarm has sent its choice.
public struct Challenged {
    let identity: HandshakeIdentity
    let handshake: NoiseHandshake
    let suite: CipherSuite

    func receive(_ frame: [UInt8], at wall: UInt64) throws(WireError) -> HandshakeStep {
        var handshake = handshake
        _ = try handshake.readMessage(frame)
        let reply = try handshake.writeMessage(identity.certificate.bytes)
        let phase = AwaitingIdentity(identity: identity, handshake: handshake, suite: suite)
        return .next(.awaitingIdentity(phase), send: reply)
    }
}

/// The responder has shown its identity and waits for the initiator's.
public struct AwaitingIdentity {
    let identity: HandshakeIdentity
    let handshake: NoiseHandshake
    let suite: CipherSuite

    func receive(_ frame: [UInt8], at wall: UInt64) throws(WireError) -> HandshakeStep {
        var handshake = handshake
        let payload = try handshake.readMessage(frame)
        let (certificate, purpose) = try identity.checkCaller(payload, of: handshake, at: wall)
        let channel = try EstablishedChannel(
            handshake, suite: suite, peer: certificate.node, purpose: purpose)
        return .established(channel, send: nil)
    }
}
