import Testing
import Wire

@Suite struct RelayMessageTests {
    private let key = SigningKey.random().publicKey

    @Test func `come back as they were`() throws {
        let chunk = [UInt8](repeating: 9, count: RelayMessage.chunkMax)
        let all: [RelayMessage] = [
            .reserve, .reserved, .refused(circuit: 0, .full), .refused(circuit: .max, .spent),
            .connect(circuit: 2, to: key), .incoming(circuit: 3, from: key), .opened(circuit: 300),
            .close(circuit: 1, .broken), .allow(circuit: 1, bytes: RelayMessage.window),
            .bytes(circuit: 5, [0]), .bytes(circuit: .max, chunk),
        ]
        for message in all {
            let bytes = Message.relay(message).bytes
            #expect(bytes.count <= Limits.recordPayloadMax)
            #expect(try Message(bytes: bytes) == .relay(message))
        }
    }

    @Test func `no chunk is empty or long, no allowance none or above a window`() {
        let long = [UInt8](repeating: 9, count: RelayMessage.chunkMax + 1)
        #expect(throws: WireError.tooLarge("chunk of a circuit")) {
            try Message(bytes: Message.relay(.bytes(circuit: 1, long)).bytes)
        }
        #expect(throws: WireError.truncated) { try Message(bytes: [151, 1]) }
        for count in [0, RelayMessage.window + 1] {
            #expect(throws: WireError.invalid("allowance of a circuit")) {
                try Message(bytes: Message.relay(.allow(circuit: 1, bytes: count)).bytes)
            }
        }
    }

    @Test func `unknown words and reasons and bytes left over are refused`() {
        #expect(throws: WireError.invalid("word about relaying")) {
            try Message(bytes: [150, 9, 1])
        }
        #expect(throws: WireError.invalid("reason of a relay")) {
            try Message(bytes: [150, 3, 1, 9])
        }
        #expect(throws: WireError.trailingBytes) { try Message(bytes: [150, 1, 0]) }
        #expect(throws: WireError.truncated) { try Message(bytes: [150, 4, 2, 1, 2, 3]) }
    }
}
