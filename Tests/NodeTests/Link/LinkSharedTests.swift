import Host
import Testing
import Wire

@testable import Node

@Suite("What links share")
struct LinkSharedTests {
    static func identity(
        _ seed: UInt8, lifeMilliseconds: UInt64 = Limits.transportKeyLifeMilliseconds,
        network: Digest = NetworkFile.standard.id
    ) throws -> HandshakeIdentity {
        let key = try #require(SigningKey(seed: [UInt8](repeating: seed, count: 32)))
        let transport = ExchangeKey(secret: Sodium.random(count: 32))
        let notAfter = Clock.wallMilliseconds() + lifeMilliseconds
        let input = TransportCertificate.signingInput(
            network: network, transportKey: transport.publicKey, notAfter: notAfter)
        let certificate = TransportCertificate(
            node: key.publicKey, notAfter: notAfter, signature: key.sign(input))
        return HandshakeIdentity(
            network: network, transport: transport, certificate: certificate,
            suites: CipherSuite.available)
    }

    @Test func `session numbers never repeat`() throws {
        let shared = LinkShared(identity: try Self.identity(1), report: { _ in }) { _ in }
        let numbers = (0..<1000).map { _ in shared.nextSession() }
        #expect(Set(numbers).count == 1000)
    }

    @Test func `a certificate is renewed once half of its time is over`() throws {
        let shared = LinkShared(identity: try Self.identity(1), report: { _ in }) { _ in }
        let fresh = try Self.identity(2)
        shared.renewIfDue { fresh }
        #expect(shared.handshakeIdentity.certificate != fresh.certificate)
        let life = Limits.transportKeyLifeMilliseconds / 2 - 1000
        let old = LinkShared(
            identity: try Self.identity(1, lifeMilliseconds: life), report: { _ in }
        ) { _ in }
        old.renewIfDue { fresh }
        #expect(old.handshakeIdentity.certificate == fresh.certificate)
    }

    @Test func `a buffer holds a group and a frame that comes between`() {
        #expect(LinkShared.bufferBytes > HashTree.groupBytes + Limits.frameBytesMax)
    }
}
