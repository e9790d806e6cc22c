import Testing
import Wire

@Suite struct PeerAddressTests {
    private func endpoint(_ last: UInt8) throws -> Endpoint {
        try #require(Endpoint(bytes: [9, 9, 9, last], port: 4747))
    }

    @Test func `more endpoints than one message takes are cut`() throws {
        let peer = PeerAddress(
            key: MessageTests.peer.key, endpoints: try (0..<9).map { try endpoint($0) })
        #expect(peer.endpoints.count == PeerAddress.endpointsMax)
        let message = Message.neighbour(.refuse([peer]))
        #expect(try Message(bytes: message.bytes) == message)
    }

    @Test func `a message with more peers or endpoints than allowed is refused`() throws {
        let many = [PeerAddress](
            repeating: MessageTests.peer, count: NeighbourMessage.peersMax + 1)
        #expect(throws: WireError.tooLarge("peers")) {
            try Message(bytes: Message.neighbour(.refuse(many)).bytes)
        }
        var bytes = Message.neighbour(.refuse([MessageTests.peer])).bytes
        bytes[3 + 32] = UInt8(PeerAddress.endpointsMax + 1)
        #expect(throws: WireError.tooLarge("addresses")) { try Message(bytes: bytes) }
    }
}
