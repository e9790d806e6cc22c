import Testing

@testable import Learn

@Suite struct PreTokenizerTests {
    private func pieces(_ text: String, _ steps: PreTokenizer...) throws -> [String] {
        var piece = PieceText(Array(text.utf8), startsText: true)
        for step in steps { try step.apply(to: &piece) }
        piece.spellOut()
        return piece.pieces.map { String(decoding: piece.bytes[$0.range], as: UTF8.self) }
    }

    @Test func `each step cuts in its way`() throws {
        #expect(
            try pieces("a b1", .byteLevel(addsSpace: true, splits: true))
                == ["\u{120}a", "\u{120}b", "1"])
        #expect(try pieces("a12", .traits(.digit, .isolated)) == ["a", "1", "2"])
        #expect(try pieces("a12", .traits(.digit, .contiguous)) == ["a", "12"])
        #expect(try pieces("it's é!?", .whitespace) == ["it", "'", "s", "é", "!?"])
        #expect(try pieces(" a  b", .traits(.space, .removed)) == ["a", "b"])
        #expect(try pieces("a$b.", .traits(.punctuation, .isolated)) == ["a", "$", "b", "."])
        #expect(
            try pieces("a  b", .metaspace(letter: 0x2581, .first, splits: true))
                == ["▁a", "▁", "▁b"])
    }

    @Test func `unknown steps are refused`() {
        for step in [
            #"{"type": "BertPreTokenizer"}"#, #"{"type": "UnicodeScripts"}"#, #"{"type": 1}"#,
            #"{"type": "Split", "pattern": {"Regex": "("}, "behavior": "Isolated"}"#,
            #"{"type": "Split", "pattern": {"Regex": "a"}, "behavior": "Other"}"#,
            #"{"type": "Metaspace", "replacement": "ab"}"#,
            #"{"type": "Metaspace", "prepend_scheme": "sometimes"}"#,
        ] {
            #expect(throws: LearnError.self) { try TinyTokenizer.make(preTokenizer: step) }
        }
    }
}
