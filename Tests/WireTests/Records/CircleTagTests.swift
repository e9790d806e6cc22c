import Testing
import Wire

@Suite struct CircleTagTests {
    private static let secret = [UInt8](repeating: 7, count: 32)
    private static func key(_ byte: UInt8) throws -> NodeKey {
        try #require(NodeKey(bytes: [UInt8](repeating: byte, count: 32)))
    }

    /// The tags of Python's `hmac` over the bytes that the page names.
    @Test func `tags are what another program computes`() throws {
        let (a, b) = (try Self.key(1), try Self.key(2))
        let proof = CircleTag.proof(secret: Self.secret, hour: 497_222, from: a, to: b)
        #expect(Hexadecimal.encode(proof) == "ebf311a54236bf5a0f4c40b1736566b0")
        #expect(
            Hexadecimal.encode(CircleTag.domain(secret: Self.secret))
                == "1ff4e65f03a0a4a2c8f603750ad9b3d1")
        let layer = Digest(words: (1, 2, 3, 4))
        #expect(
            Hexadecimal.encode(CircleTag.domain(publisher: a, layer: layer))
                == "afe2864e750f1e3053dc3758701071f5")
    }

    @Test func `a tag shown to one peer is of no use with another, nor later`() throws {
        let (a, b, c) = (try Self.key(1), try Self.key(2), try Self.key(3))
        let proof = CircleTag.proof(secret: Self.secret, hour: 9, from: a, to: b)
        #expect(proof.count == CircleTag.byteCount)
        for other in [
            CircleTag.proof(secret: Self.secret, hour: 9, from: a, to: c),
            CircleTag.proof(secret: Self.secret, hour: 9, from: b, to: a),
            CircleTag.proof(secret: Self.secret, hour: 10, from: a, to: b),
            CircleTag.proof(secret: [8] + Self.secret.dropFirst(), hour: 9, from: a, to: b),
        ] {
            #expect(other != proof)
        }
    }
}
