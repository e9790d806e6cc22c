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
}
