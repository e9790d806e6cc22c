import Testing
import Wire

@Suite struct TransportCertificateTests {
    private let key = SigningKey.random()
    private let network = Blake3.hash([1])
    private let transport = [UInt8](repeating: 3, count: 32)

    private func certificate(notAfter: UInt64) -> [UInt8] {
        let input = TransportCertificate.signingInput(
            network: network, transportKey: transport, notAfter: notAfter)
        return TransportCertificate(
            node: key.publicKey, notAfter: notAfter, signature: key.sign(input)
        ).bytes
    }

    private func read(
        _ bytes: [UInt8], network: Digest, transport: [UInt8], wall: UInt64
    ) throws -> TransportCertificate {
        try TransportCertificate(
            bytes: bytes, network: network, transportKey: transport, wallMilliseconds: wall)
    }

    @Test func `it holds for its key, network and time only`() throws {
        let wall: UInt64 = 1_790_000_000_000
        let bytes = certificate(notAfter: wall + 1000)
        #expect(
            try read(bytes, network: network, transport: transport, wall: wall).node
                == key.publicKey)
        #expect(throws: WireError.notAuthentic("transport certificate")) {
            try read(bytes, network: Blake3.hash([2]), transport: transport, wall: wall)
        }
        #expect(throws: WireError.notAuthentic("transport certificate")) {
            let other = [UInt8](repeating: 4, count: 32)
            return try read(bytes, network: network, transport: other, wall: wall)
        }
        #expect(throws: WireError.expired) {
            try read(bytes, network: network, transport: transport, wall: wall + 2_000_000)
        }
        #expect(throws: WireError.invalid("certificate life")) {
            let eternal = certificate(notAfter: wall + 400 * 86_400_000)
            return try read(eternal, network: network, transport: transport, wall: wall)
        }
        #expect(throws: WireError.trailingBytes) {
            try read(bytes + [0], network: network, transport: transport, wall: wall)
        }
    }
}
