import Genome

extension Samples {
    private static let model = """
        "model":{"type":"BPE","unk_token":"?","byte_fallback":true,"merges":["a b",["ab","c"]],
        "vocab":{"?":0,"a":1,"b":2,"c":3,"ab":4,"abc":5,"\\u0120":6,"\\u2581":7,"<0x0A>":8}}
        """

    /// A tokenizer with most of its parts.
    static let tokenizer = Array(
        """
        {"version":"1.0","added_tokens":[{"id":9,"content":"<x>","lstrip":true,"rstrip":true,
        "single_word":true,"normalized":false,"special":true}],
        "normalizer":{"type":"Sequence","normalizers":[{"type":"NFKC"},{"type":"Lowercase"},
        {"type":"Replace","pattern":{"Regex":"\\\\s+"},"content":" "},{"type":"StripAccents"}]},
        "pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Digits"},
        {"type":"Split","pattern":{"Regex":"\\\\p{L}+"},"behavior":"MergedWithNext"},
        {"type":"ByteLevel"}]},"decoder":{"type":"ByteLevel"},
        "post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"x"}},
        {"Sequence":{"id":"A"}}],"pair":[],"special_tokens":{"x":{"ids":[9]}}},\(model)}
        """.utf8)

    /// A tokenizer of words that begin with a mark.
    static let spacedTokenizer = Array(
        """
        {"normalizer":{"type":"Prepend","prepend":"a"},"pre_tokenizer":{"type":"Metaspace"},
        "decoder":{"type":"Sequence","decoders":[{"type":"ByteFallback"},{"type":"Metaspace"},
        {"type":"Strip","content":" ","start":1,"stop":1},{"type":"Fuse"}]},\(model)}
        """.utf8)

    /// A tokenizer that splits at a pattern.
    static func tokenizer(splitAt pattern: String) -> [UInt8] {
        let text = String(decoding: CanonicalJSON.write(.string(pattern)), as: UTF8.self)
        return Array(
            """
            {"pre_tokenizer":{"type":"Split","pattern":{"Regex":\(text)},
            "behavior":"Isolated"},\(model)}
            """.utf8)
    }
}
