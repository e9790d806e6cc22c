@testable import Learn

/// A tokenizer of a few letters, with parts given as JSON.
enum TinyTokenizer {
    static func make(
        model: String? = nil, normalizer: String = "null", preTokenizer: String = "null",
        decoder: String = "null", postProcessor: String = "null", added: String = "",
        config: String? = nil
    ) throws -> Tokenizer {
        let standard = #"""
            {"type": "BPE", "unk_token": "?", "merges": ["a b", ["ab", "c"]],
            "vocab": {"?": 0, "a": 1, "b": 2, "c": 3, "ab": 4, "abc": 5, " ": 6, "\u2581": 7}}
            """#
        let json = """
            {"version": "1.0", "added_tokens": [\(added)], "normalizer": \(normalizer),
            "pre_tokenizer": \(preTokenizer), "model": \(model ?? standard),
            "decoder": \(decoder), "post_processor": \(postProcessor)}
            """
        return try Tokenizer(json: Array(json.utf8), config: config.map { Array($0.utf8) })
    }
}
