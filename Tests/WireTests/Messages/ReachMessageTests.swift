import Testing
import Wire

@Suite struct ReachMessageTests {
    @Test func `come back as they were, an outcome that nobody knows is refused`() throws {
        let all: [ReachMessage] = [
            .callBack(number: 1 << 63, port: 4747), .called(number: 7, .reached),
            .called(number: 0, .missed), .called(number: .max, .notNow),
        ]
        for message in all {
            #expect(try Message(bytes: Message.reach(message).bytes) == .reach(message))
        }
        #expect(throws: WireError.invalid("outcome of a call")) {
            try Message(bytes: [149, 0, 0, 0, 0, 0, 0, 0, 1, 4])
        }
        #expect(throws: WireError.truncated) { try Message(bytes: [148, 0, 0, 0, 0, 0, 0, 0, 1]) }
    }
}
