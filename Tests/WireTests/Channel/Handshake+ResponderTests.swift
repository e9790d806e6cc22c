import Testing

@testable import Wire

@Suite struct HandshakeResponderTests {
    @Test func `another network is told so and refused on both sides`() throws {
        let a = HandshakeTests.Party()
        let b = HandshakeTests.Party(network: Blake3.hash([2]))
        #expect(throws: WireError.otherNetwork) { try HandshakeTests.play(a, b) }
    }

    @Test func `nodes without a common suite part with a reason`() throws {
        let b = HandshakeTests.Party(suites: [.chaChaPoly])
        var hello = Hello(pattern: .xx, suites: [], network: Blake3.hash([1]))
        hello.noise = HandshakeTests.fresh().publicKey
        let side = Listening.start(b.identity, ephemeral: HandshakeTests.fresh())
        guard case .refused(_, let reply) = try side.receive(hello.bytes, at: 1) else {
            Issue.record("not refused")
            return
        }
        #expect(try Choice(bytes: reply).answer == .noSuite)
    }

    @Test func `an expired certificate is refused`() throws {
        let (a, b) = (HandshakeTests.Party(), HandshakeTests.Party())
        let (_, hello) = try Dialling.start(
            a.identity, ephemeral: HandshakeTests.fresh(), fallback: HandshakeTests.fresh(),
            expected: nil, known: nil)
        let side = Listening.start(b.identity, ephemeral: HandshakeTests.fresh())
        guard case .next = try side.receive(hello, at: HandshakeTests.wall) else {
            Issue.record("no answer")
            return
        }
        let late = HandshakeTests.wall + 90 * 86_400_000
        let known = try HandshakeTests.play(a, b).dialler.known
        let (_, greeting) = try Dialling.start(
            a.identity, ephemeral: HandshakeTests.fresh(), fallback: HandshakeTests.fresh(),
            expected: nil, known: known)
        let other = Listening.start(b.identity, ephemeral: HandshakeTests.fresh())
        #expect(throws: WireError.expired) { _ = try other.receive(greeting, at: late) }
    }
}
