import Testing

@testable import Node

@Suite("The width of text")
struct TextWidthTests {
    @Test(
        "counts columns, not characters",
        arguments: [
            ("abc", 3), ("é", 1), ("e\u{301}", 1), ("漢字", 4), ("😀", 2), ("", 0),
        ])
    func columns(_ text: String, _ width: Int) { #expect(TextWidth.columns(text) == width) }

    @Test("fits and pads, and never lets an escape through")
    func fits() {
        #expect(TextWidth.fitted("abcdef", to: 4) == "abc…")
        #expect(TextWidth.fitted("漢字漢字", to: 4) == "漢…")
        #expect(TextWidth.fitted("abc", to: 3) == "abc")
        #expect(TextWidth.fitted("abc", to: 0) == "")
        #expect(!TextWidth.fitted("a\u{1b}[2Jb", to: 80).contains("\u{1b}"))
        #expect(TextWidth.padded("ab", to: 4) == "ab  ")
        #expect(TextWidth.padded("ab", to: 4, isRight: true) == "  ab")
    }
}
