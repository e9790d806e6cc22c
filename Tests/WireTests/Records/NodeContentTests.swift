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
        content.reach = .unreachable
        content.relays = (0..<NodeContent.relaysMax).map { _ in
            PeerAddress(key: SigningKey.random().publicKey, endpoints: [endpoint, endpoint])
        }
        content.mirror = MirrorOffer(marks: [7, 8], room: 1 << 40)
        let unsigned = UnsignedRecord(
            publisher: key.publicKey, sequence: 1, issued: 1, expires: 2,
            content: .node(content))
        let record = try unsigned.signed(key.sign(unsigned.signingInput))
        #expect(record.content == .node(content))
        #expect(content.services.contains(.catalogue) && !content.services.contains(.blobs))
    }

    @Test func `the largest fits a record, a third relay does not`() throws {
        let key = SigningKey.random()
        let six = try #require(
            Endpoint(bytes: [0x26] + [UInt8](repeating: 7, count: 15), port: 65_535))
        func record(relays: Int) throws -> Record {
            var content = NodeContent(
                endpoints: .init(repeating: six, count: Limits.endpointsMax),
                services: [.catalogue, .blobs, .relay, .holds])
            content.label = String(repeating: "l", count: Limits.labelBytesMax)
            content.region = String(repeating: "r", count: Limits.regionBytesMax)
            content.software = String(repeating: "s", count: Limits.softwareBytesMax)
            content.sealing = .init(key: Blake3.hash([1]), notAfter: .max)
            content.reach = .unreachable
            content.mirror = MirrorOffer(
                marks: (1...MirrorOffer.marksMax).map { UInt64($0) }, room: .max)
            content.relays = (0..<relays).map { _ in
                PeerAddress(
                    key: SigningKey.random().publicKey,
                    endpoints: .init(repeating: six, count: PeerAddress.endpointsMax))
            }
            let unsigned = UnsignedRecord(
                publisher: key.publicKey, sequence: 1, issued: 1, expires: 2,
                content: .node(content))
            return try unsigned.signed(key.sign(unsigned.signingInput))
        }
        #expect(try record(relays: 2).bytes.count <= Limits.recordBytesMax)
        #expect(throws: WireError.tooLarge("peers")) { try record(relays: 3) }
    }
}
