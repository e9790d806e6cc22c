import Genome

/// The parts of a `tokenizer.json`.
///
/// Its sections `truncation` and `padding` are left alone: they say how one training run cut its
/// texts, and a node decides lengths itself.
struct TokenizerFile {
    var added: [AddedToken] = []
    var normalizers: [Normalizer] = []
    var preTokenizers: [PreTokenizer] = []
    var model: BytePairModel
    var postProcessor: PostProcessor?
    /// Nil where the file has none: then tokens are joined by spaces.
    var decoders: [Decoder]?

    /// Reads the file.
    init(_ bytes: [UInt8]) throws(LearnError) {
        let root = try TokenizerPart(
            try Self.json(bytes, file: "tokenizer.json"), path: "document")
        try root.allow([
            "version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer",
            "model", "post_processor", "decoder",
        ])
        if let version = root.value("version"), version.string != "1.0" {
            throw .tokenizer(.notUnderstood("another version than 1.0"))
        }
        if let part = try Self.part(root, "normalizer") {
            normalizers = try Normalizer.steps(part)
        }
        if let part = try Self.part(root, "pre_tokenizer") {
            preTokenizers = try PreTokenizer.steps(part)
        }
        if let part = try Self.part(root, "decoder") { decoders = try Decoder.steps(part) }
        if let part = try Self.part(root, "post_processor") {
            postProcessor = try PostProcessor(part)
        }
        guard let part = try Self.part(root, "model") else { throw root.wrong("model", "a model") }
        model = try BytePairModel(part)
        guard let tokens = root.value("added_tokens") else { return }
        guard let elements = tokens.array else { throw root.wrong("added_tokens", "an array") }
        guard elements.count <= TokenizerLimits.addedTokensMax else {
            let limit = TokenizerLimits.addedTokensMax
            throw .tokenizer(.tooLarge(what: "list of added tokens", limit: limit))
        }
        for (index, element) in elements.enumerated() {
            let path = "added_tokens[\(index)]"
            added.append(try AddedToken(TokenizerPart(element, path: path)))
        }
        for token in added {
            // `tokenizers` takes the vocabulary's id for a token that is there.
            let known = model.vocabulary.id(of: Array(token.content.utf8))
            guard known == nil || known == token.id else {
                let expected = "the id \(known ?? 0) of the vocabulary for \(token.content)"
                throw .tokenizer(.malformed(at: "added_tokens", expected: expected))
            }
        }
    }

    /// A byte-level model of the files that GPT-2 came with.
    init(vocabulary: [UInt8], merges: [UInt8]) throws(LearnError) {
        preTokenizers = [.byteLevel(addsSpace: false, splits: true)]
        decoders = [.byteLevel]
        let part = try TokenizerPart(
            .object(
                JSONObject([
                    JSONObject.Member(
                        name: "vocab", value: try Self.json(vocabulary, file: "vocab.json")),
                    JSONObject.Member(name: "merges", value: try Self.lines(merges)),
                ])), path: "model")
        model = try BytePairModel(part)
    }

    /// The value of a file.
    static func json(_ bytes: [UInt8], file: String) throws(LearnError) -> JSONValue {
        let limits = JSONLimits(
            bytes: TokenizerLimits.fileBytesMax, depth: 32,
            values: TokenizerLimits.vocabularyMax + 3 * TokenizerLimits.mergesMax + 1_000_000)
        do {
            return try JSONParser.parse(bytes, limits: limits)
        } catch {
            throw .tokenizer(.notJSON(file: file, reason: "\(error)"))
        }
    }

    /// The lines of `merges.txt` but for its heading.
    private static func lines(_ bytes: [UInt8]) throws(LearnError) -> JSONValue {
        guard bytes.count <= TokenizerLimits.fileBytesMax,
            let text = String(validating: bytes, as: UTF8.self)
        else {
            throw .tokenizer(.notJSON(file: "merges.txt", reason: "not UTF-8 of at most 64 MiB"))
        }
        let lines = text.utf8.split { $0 == 0x0a || $0 == 0x0d }
        return .array(
            lines.compactMap { line in
                let line = String(Substring(line))
                return line.hasPrefix("#version") ? nil : .string(line)
            })
    }

    private static func part(
        _ root: TokenizerPart, _ name: String
    ) throws(LearnError) -> TokenizerPart? {
        guard let value = root.value(name) else { return nil }
        return try TokenizerPart(value, path: name)
    }
}
