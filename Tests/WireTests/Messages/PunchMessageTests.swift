import Testing
import Wire

@Suite struct PunchMessageTests {
    private func endpoints(_ count: Int) -> [Endpoint] {
        (0..<count).compactMap { Endpoint(bytes: [9, 9, 9, UInt8($0)], port: 4747) }
    }

    @Test func `come back as they were`() throws {
        let all: [PunchMessage] = [
            .offer(number: 1, endpoints(PunchMessage.endpointsMax)), .answer(number: 2, []),
            .answer(number: .max, endpoints(1)), .go(number: 3),
        ]
        for message in all {
            #expect(try Message(bytes: Message.punch(message).bytes) == .punch(message))
        }
    }

    @Test func `too many addresses and unknown words are refused`() {
        let many = Message.punch(.offer(number: 1, endpoints(PunchMessage.endpointsMax + 1)))
        #expect(throws: WireError.tooLarge("addresses")) { try Message(bytes: many.bytes) }
        #expect(throws: WireError.invalid("word about a punch")) {
            try Message(bytes: [152, 4, 0, 0, 0, 0, 0, 0, 0, 1])
        }
    }
}
