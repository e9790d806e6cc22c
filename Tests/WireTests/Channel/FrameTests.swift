import Testing

@testable import Wire

@Suite struct FrameTests {
    @Test func `a sealed message has its length in front and its kind behind`() throws {
        let key = [UInt8](repeating: 2, count: 32)
        var sender = CipherState(suite: .chaChaPoly, key: key)
        var receiver = CipherState(suite: .chaChaPoly, key: key)
        let frame = Frame.seal(.ping(5), with: &sender)
        let count = try Frame.sealedCount(frame[0], frame[1])
        #expect(count == frame.count - Frame.headerBytes)
        var plain = [UInt8](repeating: 0, count: count - 16)
        var elements = plain.mutableSpan
        var span = elements.mutableBytes
        let sealed = Array(frame.dropFirst(2))
        try receiver.open(sealed.span.bytes, into: &span)
        #expect(plain.last == Frame.Kind.control.rawValue)
        #expect(try Message(bytes: Array(plain.dropLast())) == .ping(5))
    }

    @Test func `lengths without room for tag and kind are refused`() {
        #expect(throws: WireError.truncated) { try Frame.sealedCount(0, 16) }
        #expect(throws: Never.self) { try Frame.sealedCount(0, 17) }
        #expect(throws: Never.self) { try Frame.sealedCount(255, 255) }
    }
}
