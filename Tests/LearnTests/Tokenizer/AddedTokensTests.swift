import Testing

@testable import Learn

@Suite struct AddedTokensTests {
    @Test func `tokens are found before and after normalisation`() throws {
        let tokenizer = try TinyTokenizer.make(
            normalizer: #"{"type": "Lowercase"}"#,
            added: #"{"id": 8, "content": "[A]", "normalized": false}, "#
                + #"{"id": 9, "content": "B!", "normalized": true}"#)
        #expect(try tokenizer.encode("[A]b![a]B!") == [8, 9, 0, 1, 0, 9])
        #expect(tokenizer.id(of: "B!") == 9)
        #expect(tokenizer.text(of: 9) == "B!")
        #expect(tokenizer.vocabularySize == 10)
    }

    @Test func `an id that the vocabulary contradicts is refused`() {
        #expect(throws: LearnError.self) {
            try TinyTokenizer.make(added: #"{"id": 5, "content": "a"}"#)
        }
    }
}
