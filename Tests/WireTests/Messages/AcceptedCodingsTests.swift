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

    @Test func `an unknown coding is refused`() {
        var bytes = Message.coded(request: 7, .delta, byteCount: 5).bytes
        #expect(bytes == [181, 7, 2, 5])
        bytes[2] = 3
        #expect(throws: WireError.unsupported("group coding")) { try Message(bytes: bytes) }
    }
}
