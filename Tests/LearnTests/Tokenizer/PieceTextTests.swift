import Testing

@testable import Learn

@Suite struct PieceTextTests {
    @Test func `pieces are rewritten and empty ones are gone`() {
        var text = PieceText([1, 2, 3], startsText: true)
        text.pieces = [PieceText.Piece(0, 1), PieceText.Piece(1, 3)]
        text.rewrite { bytes, isFirst in isFirst ? [] : bytes + bytes }
        #expect(text.bytes == [2, 3, 2, 3])
        #expect(text.pieces == [PieceText.Piece(0, 4)])
        #expect(PieceText([], startsText: true).pieces.isEmpty)
        text = PieceText([0x20], startsText: false)
        text.isSpelled = true
        text.spellOut()
        #expect(text.bytes == Array("\u{120}".utf8))
    }
}
