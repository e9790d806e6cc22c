import Testing
import Wire

@Suite struct SearchRequestTests {
    @Test func `carries a question of at most 16 KiB`() throws {
        let question = [UInt8](repeating: 0x20, count: Limits.questionBytesMax)
        let message = Message.search(SearchRequest(number: 3, question: question))
        #expect(try Message(bytes: message.bytes) == message)
        #expect(throws: WireError.tooLarge("question")) {
            try Message(bytes: message.bytes + [0x20])
        }
        #expect(throws: WireError.truncated) { try Message(bytes: [156, 0, 0]) }
    }

    @Test func `is passed over by who does not know it`() throws {
        // Kinds from 128 up: an older node reads this one as unknown and goes on.
        #expect(try Message(bytes: [250, 1, 2, 3]) == .unknown(type: 250))
    }
}
