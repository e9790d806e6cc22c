import Genome

/// The member `model` of `tokenizer.json`.
extension BytePairModel {
    /// Reads the model; files from before its type was written hold byte pairs.
    init(_ part: TokenizerPart) throws(LearnError) {
        let type = try part.optionalText("type") ?? "BPE"
        guard type == "BPE" else { throw part.unknown(type) }
        try part.allow([
            "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix",
            "fuse_unk", "byte_fallback", "ignore_merges", "vocab", "merges", "cache_capacity",
        ])
        if let dropout = part.value("dropout"), dropout.number != 0 {
            throw .tokenizer(.notUnderstood("model.dropout, which makes ids random,"))
        }
        var options = Options()
        options.unknown = try part.optionalText("unk_token").map { Array($0.utf8) }
        options.prefix = Array((try part.optionalText("continuing_subword_prefix") ?? "").utf8)
        options.suffix = Array((try part.optionalText("end_of_word_suffix") ?? "").utf8)
        options.fusesUnknown = try part.flag("fuse_unk", default: false)
        options.fallsBackToBytes = try part.flag("byte_fallback", default: false)
        options.ignoresMerges = try part.flag("ignore_merges", default: false)
        guard let tokens = part.value("vocab")?.object else {
            throw part.wrong("vocab", "an object")
        }
        var vocabulary = Vocabulary(
            capacity: min(tokens.count, TokenizerLimits.vocabularyMax))
        for member in tokens.members {
            guard let id = member.value.integer else { throw part.wrong("vocab", "ids") }
            try vocabulary.insert(Array(member.name.utf8), id: id)
        }
        try self.init(vocabulary, merges: try Self.merges(part), options)
    }

    /// Merges as `"a b"` or as `["a", "b"]`.
    private static func merges(
        _ part: TokenizerPart
    ) throws(LearnError) -> [(left: [UInt8], right: [UInt8])] {
        guard let elements = part.value("merges")?.array else {
            throw part.wrong("merges", "an array")
        }
        guard elements.count <= TokenizerLimits.mergesMax else {
            let limit = TokenizerLimits.mergesMax
            throw .tokenizer(.tooLarge(what: "list of merges", limit: limit))
        }
        var pairs: [(left: [UInt8], right: [UInt8])] = []
        pairs.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            switch element {
            case .string(let line):
                let bytes = Array(line.utf8)
                guard let space = bytes.firstIndex(of: 0x20),
                    !bytes[(space + 1)...].contains(0x20)
                else { throw part.wrong("merges[\(index)]", "two tokens") }
                pairs.append((Array(bytes[..<space]), Array(bytes[(space + 1)...])))
            case .array(let pair):
                guard pair.count == 2, let left = pair[0].string, let right = pair[1].string
                else { throw part.wrong("merges[\(index)]", "two tokens") }
                pairs.append((Array(left.utf8), Array(right.utf8)))
            default: throw part.wrong("merges[\(index)]", "two tokens")
            }
        }
        return pairs
    }
}
