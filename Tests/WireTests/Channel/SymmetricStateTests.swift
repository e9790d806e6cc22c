import Testing

@testable import Wire

@Suite struct SymmetricStateTests {
    @Test func `short names are padded and long ones hashed`() {
        let short = SymmetricState(protocolName: "Noise_XX", suite: .chaChaPoly)
        #expect(short.hash == Array("Noise_XX".utf8) + [UInt8](repeating: 0, count: 56))
        let name = String(repeating: "N", count: 65)
        let long = SymmetricState(protocolName: name, suite: .chaChaPoly)
        #expect(long.hash == Sodium.blake2b(Array(name.utf8), count: 64))
    }

    @Test func `without a key texts stay plain and are mixed into the hash`() throws {
        var state = SymmetricState(protocolName: "Noise_XX", suite: .chaChaPoly)
        let before = state.hash
        #expect(state.encryptAndHash([1, 2]) == [1, 2])
        #expect(state.hash != before && state.sealedCount(5) == 5)
        state.mixKey([3])
        #expect(state.sealedCount(5) == 21 && state.encryptAndHash([1, 2]).count == 18)
    }
}
