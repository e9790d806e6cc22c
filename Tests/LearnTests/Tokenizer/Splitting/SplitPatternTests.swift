import Testing

@testable import Learn

@Suite struct SplitPatternTests {
    @Test func `texts, known patterns and others find their matches`() throws {
        let bytes = Array("aXbXXc".utf8)
        var found: [PieceText.Piece] = []
        try SplitPattern.text([0x58]).find(in: bytes, 0..<6, into: &found)
        #expect(found.map(\.range) == [1..<2, 3..<4, 4..<5])
        found = []
        try SplitPattern(regex: "X+").find(in: bytes, 2..<6, into: &found)
        #expect(found.map(\.range) == [3..<5])
        let text = KnownPattern.byText[0].text
        guard case .known = try SplitPattern(regex: text) else {
            Issue.record("a known pattern is not recognised")
            return
        }
    }
}
