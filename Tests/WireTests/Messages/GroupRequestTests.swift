import Testing
import Wire

@Suite struct GroupRequestTests {
    @Test func `leaves beyond the group are refused`() throws {
        let digest = Blake3.hash([])
        let whole = GroupRequest(request: 1, layer: digest, blob: digest, group: 0)
        var bytes = Message.get(whole).bytes
        bytes[bytes.count - 2] = 60
        bytes[bytes.count - 1] = 4
        #expect(throws: Never.self) { try Message(bytes: bytes) }
        bytes[bytes.count - 1] = 5
        #expect(throws: WireError.tooLarge("leaf count")) { try Message(bytes: bytes) }
        bytes[bytes.count - 2] = 64
        #expect(throws: WireError.tooLarge("first leaf")) { try Message(bytes: bytes) }
    }

    @Test func `a part is asked for by a type of its own, and has leaves`() throws {
        let digest = Blake3.hash([])
        let part = GroupRequest(request: 1, layer: digest, blob: digest, group: 2, leaves: 8..<16)
        var bytes = Message.get(part).bytes
        #expect(bytes == [183, 1] + digest.bytes + digest.bytes + [2, 8, 8])
        #expect(try Message(bytes: bytes) == .get(part) && !part.isWhole)
        #expect(part.part(size: 3 << 20)?.leaves == 8..<16)
        #expect(part.part(size: 2 << 20) == nil, "there is no third group")
        #expect(part.part(size: 2 << 20 + 20_000) == nil, "the third group has two leaves")
        bytes[bytes.count - 1] = 0
        #expect(throws: WireError.invalid("leaf count")) { try Message(bytes: bytes) }
        let whole = GroupRequest(request: 1, layer: digest, blob: digest, group: 0)
        #expect(whole.part(size: 1 << 20) == nil)
    }
}
