import Testing

@testable import Wire

@Suite struct HandshakeTests {
    static let wall: UInt64 = 1_790_000_000_000

    /// A node with keys of its own.
    struct Party {
        let key = SigningKey.random()
        let identity: HandshakeIdentity

        init(
            network: Digest = Blake3.hash([1]), suites: [CipherSuite] = CipherSuite.available,
            swarmKey: [UInt8]? = nil
        ) {
            let transport = ExchangeKey(secret: Sodium.random(count: 32))
            let notAfter = HandshakeTests.wall + 1_000_000
            let input = TransportCertificate.signingInput(
                network: network, transportKey: transport.publicKey, notAfter: notAfter)
            identity = HandshakeIdentity(
                network: network, transport: transport,
                certificate: TransportCertificate(
                    node: key.publicKey, notAfter: notAfter, signature: key.sign(input)),
                suites: suites, swarmKey: swarmKey)
        }
    }

    static func fresh() -> ExchangeKey { ExchangeKey(secret: Sodium.random(count: 32)) }

    /// Plays frames to and fro; both channels, or the error that ended it.
    static func play(
        _ dialler: Party, _ listener: Party, expected: NodeKey? = nil, known: KnownPeer? = nil,
        purpose: ConnectionPurpose = .session,
        change: (Int, [UInt8]) -> [UInt8] = { $1 }
    ) throws -> (dialler: EstablishedChannel, listener: EstablishedChannel, frames: Int) {
        let (start, hello) = try Dialling.start(
            dialler.identity, ephemeral: fresh(), fallback: fresh(),
            expected: expected, known: known, purpose: purpose)
        var sides = [start, Listening.start(listener.identity, ephemeral: fresh())]
        var channels: [EstablishedChannel?] = [nil, nil]
        var frame: [UInt8]? = hello
        var turn = 1
        var frames = 0
        while let text = frame {
            let sent = change(frames, text)
            frames += 1
            switch try sides[turn].receive(sent, at: wall) {
            case .next(let next, let send):
                sides[turn] = next
                frame = send
            case .established(let channel, let send):
                channels[turn] = channel
                frame = send
            case .refused(let error, let send):
                _ = try sides[1 - turn].receive(send, at: wall)
                throw error
            }
            turn = 1 - turn
        }
        return (try #require(channels[0]), try #require(channels[1]), frames)
    }

    private func talk(_ from: inout EstablishedChannel, _ to: inout EstablishedChannel) throws {
        let frame = Frame.seal(.ping(42), with: &from.send)
        var plain = [UInt8](repeating: 0, count: frame.count - 18)
        var elements = plain.mutableSpan
        var span = elements.mutableBytes
        let sealed = Array(frame.dropFirst(2))
        try to.receive.open(sealed.span.bytes, into: &span)
        #expect(try Message(bytes: Array(plain.dropLast())) == .ping(42))
    }

    @Test func `strangers meet in three frames, know each other, and can talk`() throws {
        let (a, b) = (Party(), Party())
        var (first, second, frames) = try Self.play(a, b)
        #expect(frames == 3)
        #expect(first.peer == b.key.publicKey && second.peer == a.key.publicKey)
        #expect(first.handshakeHash == second.handshakeHash)
        try talk(&first, &second)
        try talk(&second, &first)
    }

    @Test func `known peers meet in two frames`() throws {
        let (a, b) = (Party(), Party())
        let known = try Self.play(a, b).dialler.known
        var (first, second, frames) = try Self.play(a, b, expected: b.key.publicKey, known: known)
        #expect(frames == 2)
        try talk(&first, &second)
    }

    @Test func `a peer with a new transport key is met by falling back`() throws {
        let (a, b) = (Party(), Party())
        let old = KnownPeer(
            transportKey: Blake3.hash([9]), suite: CipherSuite.available[0])
        let (first, _, frames) = try Self.play(a, b, known: old)
        #expect(frames == 5 && first.peer == b.key.publicKey)
    }

    @Test func `the responder chooses a suite that both have`() throws {
        let (a, b) = (Party(suites: [.chaChaPoly]), Party())
        #expect(try Self.play(a, b).dialler.known.suite == .chaChaPoly)
        #expect(try Self.play(b, a).dialler.known.suite == .chaChaPoly)
    }

    @Test func `private swarms admit their own only`() throws {
        let key = [UInt8](repeating: 8, count: 32)
        let (a, b) = (Party(swarmKey: key), Party(swarmKey: key))
        var (first, second, frames) = try Self.play(a, b)
        #expect(frames == 5)
        try talk(&first, &second)
        let stranger = Party(swarmKey: [UInt8](repeating: 7, count: 32))
        #expect(throws: WireError.self) { try Self.play(a, stranger) }
        #expect(throws: WireError.notAuthentic("private swarm key")) {
            try Self.play(Party(), b)
        }
        #expect(throws: WireError.notAuthentic("private swarm key")) {
            try Self.play(a, Party())
        }
    }
}
