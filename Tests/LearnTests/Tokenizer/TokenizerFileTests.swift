import Testing

@testable import Learn

@Suite struct TokenizerFileTests {
    @Test func `every cut of a file is refused`() throws {
        let json = try SampleTokenizer.bytes("tokenizer.json")
        for length in stride(from: 0, to: json.count - 1, by: 997) {
            #expect(throws: LearnError.self) { try Tokenizer(json: Array(json[..<length])) }
        }
    }

    @Test func `the files of GPT-2 make the same tokenizer`() throws {
        let vocabulary =
            #"{"a": 0, "b": 1, "\u0120": 2, "\u0120a": 3, "\u0120ab": 4, "#
            + #""<|endoftext|>": 5}"#
        let merges = "#version: 0.2\n\u{120} a\n\u{120}a b\n"
        let tokenizer = try Tokenizer.legacy(
            vocab: Array(vocabulary.utf8), merges: Array(merges.utf8),
            config: Array(#"{"eos_token": "<|endoftext|>"}"#.utf8))
        #expect(try tokenizer.encode("ab ab<|endoftext|>") == [0, 1, 4, 5])
        #expect(try tokenizer.decode([4, 0, 5]) == " aba")
        #expect(tokenizer.endID == 5)
    }

    @Test func `what is not known is refused by name`() throws {
        let models = ["WordPiece", "Unigram", "WordLevel"]
        for model in models {
            #expect(throws: LearnError.tokenizer(.notUnderstood("model \(model)"))) {
                try TinyTokenizer.make(model: #"{"type": "\#(model)", "vocab": []}"#)
            }
        }
        for type in ["Precompiled", "BertNormalizer", "Nmt"] {
            #expect(throws: LearnError.tokenizer(.notUnderstood("normalizer \(type)"))) {
                try TinyTokenizer.make(normalizer: #"{"type": "\#(type)"}"#)
            }
        }
        #expect(throws: LearnError.tokenizer(.notUnderstood("document.extra"))) {
            try Tokenizer(json: Array(#"{"extra": 1, "model": {}}"#.utf8))
        }
    }
}
