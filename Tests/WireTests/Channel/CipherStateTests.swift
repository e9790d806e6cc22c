import Testing

@testable import Wire

@Suite struct CipherStateTests {
    private func seal(_ state: inout CipherState, _ plain: [UInt8]) -> [UInt8] {
        var sealed = [UInt8](repeating: 0, count: plain.count + 16)
        var elements = sealed.mutableSpan
        var span = elements.mutableBytes
        state.seal(plain.span.bytes, into: &span)
        return sealed
    }

    private func open(_ state: inout CipherState, _ sealed: [UInt8]) throws -> [UInt8] {
        var plain = [UInt8](repeating: 0, count: sealed.count - 16)
        var elements = plain.mutableSpan
        var span = elements.mutableBytes
        try state.open(sealed.span.bytes, into: &span)
        return plain
    }

    @Test(arguments: CipherSuite.available)
    func `frames open in order only, also across a change of key`(suite: CipherSuite) throws {
        let key = [UInt8](repeating: 9, count: 32)
        var sender = CipherState(suite: suite, key: key)
        var receiver = CipherState(suite: suite, key: key)
        let first = seal(&sender, [1])
        let second = seal(&sender, [2])
        var early = receiver
        #expect(throws: WireError.notAuthentic("frame")) { _ = try open(&early, second) }
        #expect(try open(&receiver, first) == [1])
        #expect(throws: WireError.notAuthentic("frame")) { _ = try open(&receiver, first) }
        #expect(try open(&receiver, second) == [2])
        sender.rekey()
        let third = seal(&sender, [3])
        var stale = receiver
        #expect(throws: WireError.notAuthentic("frame")) { _ = try open(&stale, third) }
        receiver.rekey()
        #expect(try open(&receiver, third) == [3])
        #expect(sender.bytes == 17 && receiver.bytes == 17)
    }
}
