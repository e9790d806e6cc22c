import Testing

@testable import Learn

@Suite struct LetterCaseTests {
    @Test func `letters fold and fall`() {
        let table = LetterCase.shared
        #expect(table.folded(0x4b) == 0x6b && table.folded(0x212a) == 0x6b)
        #expect(Set(table.variants(0x73)) == [0x53, 0x73, 0x17f])
        #expect(table.lowercased(Array("ÀẞΣ".utf8)) == Array("àßσ".utf8))
    }
}
