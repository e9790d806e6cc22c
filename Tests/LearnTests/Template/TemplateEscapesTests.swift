import Testing

@testable import Learn

@Suite("Escapes in a template's text")
struct TemplateEscapesTests {
    private func decoded(_ text: String) -> String? {
        TemplateEscapes.decoded(Array(text.unicodeScalars)[...])
    }

    @Test("are Python's")
    func escapes() {
        #expect(decoded(#"a\n\t\\\'\"b"#) == "a\n\t\\'\"b")
        #expect(decoded(#"\x41\u00e9\U0001F600\101\7"#) == "Aé😀A\u{7}")
        #expect(decoded("a\\\nb") == "ab")
        #expect(decoded(#"\q\d"#) == #"\q\d"#)
    }

    @Test("that name no character are refused")
    func refusals() {
        for text in [#"\x4"#, #"\xzz"#, #"\ud83d"#, #"\U00110000"#, #"\N{DASH}"#, #"\u+123"#] {
            #expect(decoded(text) == nil)
        }
    }
}
