import Testing
import Wire

@Suite struct PlainTextTests {
    @Test(arguments: ["a\nb", "a\u{1b}[2J", "a\u{202e}b", "a\u{200b}b", "a\u{85}", "\u{feff}a"])
    func `characters that fool a terminal or a reader are refused`(text: String) {
        #expect(!PlainText.isPlain(text))
        #expect(PlainText.decode(Array(text.utf8)) == nil)
        #expect(PlainText.isPlain(PlainText.shown(text)))
    }

    @Test(arguments: ["", "poems", "Grüße an München", "日本語", "a-b_c.d/e@1", "naïve café"])
    func `names of people and places stay as they are`(text: String) {
        #expect(PlainText.isPlain(text) && PlainText.shown(text) == text)
        #expect(PlainText.decode(Array(text.utf8)) == text)
    }

    @Test func `what is not UTF-8 is refused`() {
        let bad: [[UInt8]] = [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xe2, 0x82]]
        for bytes in bad { #expect(PlainText.decode(bytes) == nil) }
    }
}
