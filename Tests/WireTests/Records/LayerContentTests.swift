import Testing
import Wire

@Suite struct LayerContentTests {
    private func full() -> LayerContent {
        var content = LayerContent(
            layer: Blake3.hash([1]), manifestSize: 16 << 20,
            type: String(repeating: "t", count: 32), name: String(repeating: "n", count: 64),
            version: String(repeating: "1", count: 32),
            licence: String(repeating: "L", count: 128), size: .max, files: .max)
        content.weights = Blake3.hash([2])
        content.baseWeights = Blake3.hash([3])
        content.label = String(repeating: "l", count: 32)
        content.rank = .max
        content.tags = (0..<4).map { "\($0)" + String(repeating: "g", count: 20) }
        content.parents = (0..<2).map { Blake3.hash([UInt8($0), 9]) }
        content.language = "en"
        content.summary = String(repeating: "s", count: 96)
        content.isPeerToPeer = false
        return content
    }

    private func record(_ content: RecordContent) throws -> Record {
        let key = SigningKey.random()
        let unsigned = UnsignedRecord(
            publisher: key.publicKey, sequence: 1, issued: 1, expires: 2, content: content)
        return try unsigned.signed(key.sign(unsigned.signingInput))
    }

    @Test func `all facts come back`() throws {
        #expect(try record(.layer(full())).content == .layer(full()))
    }

    @Test func `a mirror names the publisher and has no summary`() throws {
        let publisher = SigningKey.random().publicKey
        var expected = full()
        expected.summary = nil
        let content = try record(.mirror(full(), publisher: publisher)).content
        #expect(content == .mirror(expected, publisher: publisher))
    }

    @Test func `names over their limits are refused`() {
        var content = full()
        content.name += "n"
        #expect(throws: WireError.tooLarge("name")) { try record(.layer(content)) }
    }
}
