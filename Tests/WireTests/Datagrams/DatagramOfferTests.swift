import Testing
import Wire

@Suite struct DatagramOfferTests {
    @Test func `an offer comes back, and one without a port does not`() throws {
        let offer = DatagramOffer(
            channel: 7, key: [UInt8](repeating: 9, count: 32), port: 4_748)
        let bytes = Message.datagrams(offer).bytes
        #expect(bytes.count == 43 && bytes[0] == 182)
        #expect(try Message(bytes: bytes) == .datagrams(offer))
        #expect(throws: WireError.invalid("port")) {
            try Message(bytes: Array(bytes.dropLast(2)) + [0, 0])
        }
        #expect(throws: WireError.self) { try Message(bytes: bytes + [0]) }
        #expect(throws: WireError.self) { try Message(bytes: Array(bytes.dropLast())) }
    }
}
