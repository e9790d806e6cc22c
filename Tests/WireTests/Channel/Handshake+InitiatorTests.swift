import Testing

@testable import Wire

@Suite struct HandshakeInitiatorTests {
    @Test func `another node than the expected one is refused`() throws {
        let (a, b) = (HandshakeTests.Party(), HandshakeTests.Party())
        #expect(throws: WireError.wrongPeer) {
            try HandshakeTests.play(a, b, expected: SigningKey.random().publicKey)
        }
    }

    @Test func `a changed byte in any frame ends the handshake`() throws {
        let (a, b) = (HandshakeTests.Party(), HandshakeTests.Party())
        var lengths: [Int] = []
        _ = try HandshakeTests.play(a, b) { _, frame in
            lengths.append(frame.count)
            return frame
        }
        for (frame, length) in lengths.enumerated() {
            for index in stride(from: 0, to: length, by: 7) {
                #expect(throws: (any Error).self, "frame \(frame) byte \(index)") {
                    try HandshakeTests.play(a, b) { number, bytes in
                        var bytes = bytes
                        if number == frame { bytes[index] ^= 1 }
                        return bytes
                    }
                }
            }
        }
    }
}
