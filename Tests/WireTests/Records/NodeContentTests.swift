import Testing
import Wire

@Suite struct NodeContentTests {
    @Test func `all facts come back, also services of the future`() throws {
        let key = SigningKey.random()
        let endpoint = try #require(Endpoint(bytes: [1, 2, 3, 4], port: 5))
        var content = NodeContent(endpoints: [endpoint], services: .init(rawValue: 0xff01))
        content.label = "lab"
        content.region = "eu"
        content.software = "plasmid/1"
        content.sealing = .init(key: Blake3.hash([1]), notAfter: 77)
        let unsigned = UnsignedRecord(
            publisher: key.publicKey, sequence: 1, issued: 1, expires: 2,
            content: .node(content))
        let record = try unsigned.signed(key.sign(unsigned.signingInput))
        #expect(record.content == .node(content))
        #expect(content.services.contains(.catalogue) && !content.services.contains(.blobs))
    }
}
