import Testing
import Wire

@Suite struct HoldingsContentTests {
    private func layers(_ count: Int) -> [Digest] {
        (0..<count).map { Blake3.hash([UInt8($0 & 255), UInt8($0 >> 8)]) }
    }

    @Test func `every layer is in exactly the record of its prefix`() {
        let layers = layers(3000)
        let parts = HoldingsContent.split(layers)
        #expect(parts.count > 1 && parts.allSatisfy { $0.set.count <= HoldingsContent.layersMax })
        #expect(parts.map(\.set.count).reduce(0, +) == 3000)
        for layer in layers { #expect(parts.contains { $0.contains(layer) }) }
    }

    @Test func `few layers need one record and none need none`() {
        #expect(HoldingsContent.split(layers(10)).count == 1)
        #expect(HoldingsContent.split([]).isEmpty)
    }

    @Test func `a full record fits its limit`() throws {
        let key = SigningKey.random()
        let content = HoldingsContent(
            layers: layers(HoldingsContent.layersMax), prefixBits: 0, prefix: 0)
        let unsigned = UnsignedRecord(
            publisher: key.publicKey, sequence: 1, issued: 1, expires: 2,
            content: .holdings(content))
        let record = try unsigned.signed(key.sign(unsigned.signingInput))
        #expect(record.bytes.count <= Limits.recordBytesMax)
    }
}
