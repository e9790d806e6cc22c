import Testing

@testable import Learn

@Suite struct PatternScannerTests {
    private func contraction(_ text: String, anyCase: Bool) -> Int {
        let bytes = Array(text.utf8)
        return PatternScanner.contraction(bytes, 0, bytes.count, anyCase: anyCase)
    }

    @Test func `contractions are found`() {
        #expect(contraction("'s", anyCase: false) == 2)
        #expect(contraction("'S", anyCase: false) == 0)
        #expect(contraction("'Ll", anyCase: true) == 3)
        #expect(contraction("'l", anyCase: true) == 0)
        #expect(contraction("'rE!", anyCase: true) == 3)
        #expect(contraction("'\u{17f}", anyCase: true) == 3)
        #expect(contraction("'", anyCase: true) == 0)
        #expect(contraction("'\u{160}", anyCase: true) == 0)
    }

    @Test func `white space gives its last character to what follows`() {
        let traits = UnicodeTables.shared.traits
        let bytes = Array("  \n \n  a".utf8)
        var scanner = PatternScanner(end: bytes.count)
        scanner.look(at: 0, bytes, traits)
        #expect(scanner.spaceEnd(0, takesLineEnds: true, bytes, traits) == 5)
        #expect(scanner.spaceEnd(0, takesLineEnds: false, bytes, traits) == 6)
    }
}
