/// Opens the tokenizer of a model's files.
extension Tokenizer {
    /// The tokenizer that stands beside a model: `tokenizer.json`, or the older `vocab.json` and
    /// `merges.txt`; nil if there is none.
    public init?(_ files: LayerFiles) throws(LearnError) {
        let limit = TokenizerLimits.fileBytesMax
        let config = try files.bytes("tokenizer_config.json", limit: limit)
        if let json = try files.bytes("tokenizer.json", limit: limit) {
            try self.init(json: json, config: config)
            return
        }
        guard let vocabulary = try files.bytes("vocab.json", limit: limit),
            let merges = try files.bytes("merges.txt", limit: limit)
        else { return nil }
        self = try Tokenizer.legacy(vocab: vocabulary, merges: merges, config: config)
    }
}
