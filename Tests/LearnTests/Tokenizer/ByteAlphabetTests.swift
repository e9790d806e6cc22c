import Testing

@testable import Learn

@Suite struct ByteAlphabetTests {
    @Test func `every byte has one letter`() {
        #expect(Set(ByteAlphabet.scalars).count == 256)
        let all = (0...255).map { UInt8($0) }
        #expect(ByteAlphabet.bytes(spelledBy: ByteAlphabet.spelled(all)) == all)
        #expect(ByteAlphabet.bytes(spelledBy: Array("\u{144}".utf8)) == nil)
        #expect(ByteAlphabet.byte(of: 0x120) == 0x20)
    }
}
