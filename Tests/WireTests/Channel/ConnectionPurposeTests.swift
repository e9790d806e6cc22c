import Testing

@testable import Wire

@Suite struct ConnectionPurposeTests {
    @Test(arguments: [ConnectionPurpose.session, .stripe])
    func `both sides learn what a connection is for, however they shake hands`(
        _ purpose: ConnectionPurpose
    ) throws {
        let (a, b) = (HandshakeTests.Party(), HandshakeTests.Party())
        let met = try HandshakeTests.play(a, b, purpose: purpose)
        #expect(met.dialler.purpose == purpose && met.listener.purpose == purpose)
        let again = try HandshakeTests.play(a, b, known: met.dialler.known, purpose: purpose)
        #expect(again.frames == 2)
        #expect(again.dialler.purpose == purpose && again.listener.purpose == purpose)
        let key = Sodium.random(count: 32)
        let (c, d) = (HandshakeTests.Party(swarmKey: key), HandshakeTests.Party(swarmKey: key))
        let hidden = try HandshakeTests.play(c, d, purpose: purpose)
        #expect(hidden.dialler.purpose == purpose && hidden.listener.purpose == purpose)
        // What is remembered of a peer that has forgotten its key leads to a second start.
        let strange = try HandshakeTests.play(
            a, HandshakeTests.Party(), known: met.dialler.known, purpose: purpose)
        #expect(strange.listener.purpose == purpose)
    }

    @Test func `a session says nothing, as older nodes do`() {
        #expect(ConnectionPurpose.session.bytes.isEmpty)
        #expect(ConnectionPurpose.stripe.bytes == [1])
    }

    @Test(arguments: [[0], [2], [255], [1, 1], [1, 0]] as [[UInt8]])
    func `another purpose is refused by name`(_ bytes: [UInt8]) {
        #expect(throws: WireError.unsupported("connection purpose")) {
            try ConnectionPurpose(bytes: bytes[...])
        }
    }

    @Test func `a certificate has its length`() {
        let party = HandshakeTests.Party()
        #expect(party.identity.certificate.bytes.count == TransportCertificate.byteCount)
    }
}
