import Testing
import Wire

@Suite struct AcceptedCodingsTests {
    private func message(_ accepts: AcceptedCodings?) -> Message {
        .get(
            GroupRequest(
                request: 1, layer: Blake3.hash([1]), blob: Blake3.hash([2]), group: 3,
                accepts: accepts))
    }

    @Test func `only a request that accepts codings is one of the new type`() throws {
        let plain = message(nil).bytes
        let dense = message(AcceptedCodings()).bytes
        #expect(plain[0] == 38 && dense[0] == 180)
        #expect(dense == [180] + plain.dropFirst() + [0])
        guard case .get(let read) = try Message(bytes: dense) else {
            Issue.record("another message")
            return
        }
        #expect(read.accepts == AcceptedCodings() && read.isWhole)
    }

    @Test func `parents are few and each is named once`() throws {
        let blobs = (0..<UInt8(AcceptedCodings.parentsMax)).map { Blake3.hash([$0]) }
        let most = AcceptedCodings(parents: .init(layer: Blake3.hash([9]), blobs: blobs))
        var bytes = message(most).bytes
        #expect(try Message(bytes: bytes) == message(most))
        let count = bytes.count - 32 * (blobs.count + 1) - 1
        #expect(bytes[count] == 8)
        bytes[count] = 9
        #expect(throws: WireError.tooLarge("parents")) {
            try Message(bytes: bytes + [UInt8](repeating: 0, count: 32))
        }
        bytes[count] = 8
        bytes.replaceSubrange(bytes.count - 32..<bytes.count, with: blobs[0].bytes)
        #expect(throws: WireError.invalid("parents")) { try Message(bytes: bytes) }
    }

    /// The example of docs/formats/channel.md.
    @Test func `the example of the document is read and written`() throws {
        func digest(_ byte: UInt8) throws -> Digest {
            try #require(Digest(bytes: [UInt8](repeating: byte, count: 32)))
        }
        let request = GroupRequest(
            request: 1, layer: try digest(1), blob: try digest(2), group: 3,
            accepts: AcceptedCodings(
                parents: .init(layer: try digest(3), blobs: [try digest(4)])))
        let bytes =
            [0xb4, 1] + (try digest(1)).bytes + (try digest(2)).bytes + [3, 0, 0, 1]
            + (try digest(3)).bytes + (try digest(4)).bytes
        #expect(try Message(bytes: bytes) == .get(request) && Message.get(request).bytes == bytes)
        let answer = Message.coded(request: 1, .delta, byteCount: 700_000)
        #expect(answer.bytes == [0xb5, 1, 2, 0xe0, 0xdc, 0x2a])
    }

    @Test func `an unknown coding is refused`() {
        var bytes = Message.coded(request: 7, .delta, byteCount: 5).bytes
        #expect(bytes == [181, 7, 2, 5])
        bytes[2] = 3
        #expect(throws: WireError.unsupported("group coding")) { try Message(bytes: bytes) }
    }
}
