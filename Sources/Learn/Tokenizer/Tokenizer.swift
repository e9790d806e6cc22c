import Host

/// Text to the ids that a model was trained on, and back.
public struct Tokenizer: Sendable {
    private let file: TokenizerFileParts
    private let config: TokenizerConfig
    private let added: AddedTokens
    private let postProcessor: PostProcessor
    private let work = Lock<BytePairModel.Work?>(nil)

    /// What of a read file encoding and decoding use.
    private struct TokenizerFileParts: Sendable {
        let normalizers: [Normalizer]
        let preTokenizers: [PreTokenizer]
        let model: BytePairModel
        let decoders: [Decoder]?
    }

    /// The tokenizer of a `tokenizer.json` and, where there is one, a `tokenizer_config.json`.
    public init(json: [UInt8], config: [UInt8]? = nil) throws(LearnError) {
        let file = try TokenizerFile(json)
        try self.init(
            file, try config.map { bytes throws(LearnError) in try TokenizerConfig(bytes) })
    }

    /// The tokenizer of the files that came before `tokenizer.json`: `vocab.json` and
    /// `merges.txt`, as GPT-2 has them.
    public static func legacy(
        vocab: [UInt8], merges: [UInt8], config: [UInt8]? = nil
    ) throws(LearnError) -> Tokenizer {
        let file = try TokenizerFile(vocabulary: vocab, merges: merges)
        return try Tokenizer(
            file, try config.map { bytes throws(LearnError) in try TokenizerConfig(bytes) })
    }

    private init(_ file: TokenizerFile, _ given: TokenizerConfig?) throws(LearnError) {
        let config = given ?? TokenizerConfig()
        var tokens = file.added
        // Older folders list added tokens in the configuration only.
        for token in config.added where !tokens.contains(where: { $0.id == token.id }) {
            let known = file.model.vocabulary.id(of: Array(token.content.utf8))
            if known ?? token.id == token.id { tokens.append(token) }
        }
        // A token with a role is found in texts even if no list has it.
        for name in TokenizerConfig.roleNames {
            guard let content = config.roles[name],
                !tokens.contains(where: { $0.content.utf8.elementsEqual(content.utf8) }),
                let id = file.model.vocabulary.id(of: Array(content.utf8))
            else { continue }
            var token = AddedToken(content: content, id: id)
            token.isSpecial = true
            token.isNormalized = false
            tokens.append(token)
        }
        added = try AddedTokens(tokens, file.normalizers)
        self.file = TokenizerFileParts(
            normalizers: file.normalizers, preTokenizers: file.preTokenizers, model: file.model,
            decoders: file.decoders)
        self.config = config
        var processor = file.postProcessor ?? PostProcessor()
        let isSaid = config.addsBeginning != nil || config.addsEnd != nil
        if isSaid {
            let adds: [(Bool?, String)] = [
                (config.addsBeginning, "bos_token"), (config.addsEnd, "eos_token"),
            ]
            processor = PostProcessor()
            for (index, (adds, name)) in adds.enumerated() where adds == true {
                guard let content = config.roles[name] else { continue }
                let bytes = Array(content.utf8)
                guard let id = added.id(of: bytes) ?? file.model.vocabulary.id(of: bytes) else {
                    throw .tokenizer(.unknownToken(content, namedBy: "tokenizer_config.\(name)"))
                }
                if index == 0 { processor.before = [id] } else { processor.after = [id] }
            }
        }
        postProcessor = processor
    }
}

extension Tokenizer {
    /// The ids that `addSpecial` puts before a text.
    var idsBeforeText: [UInt32] { postProcessor.before }

    /// The ids of a text. `addSpecial` puts around it what the model expects, such as a token for
    /// its beginning; a chat template's text has that already and is encoded without.
    public func encode(_ text: String, addSpecial: Bool = true) throws(LearnError) -> [UInt32] {
        let bytes = Array(text.utf8)
        guard bytes.count <= TokenizerLimits.textBytesMax else {
            throw .tokenizer(.tooLarge(what: "text", limit: TokenizerLimits.textBytesMax))
        }
        // One caller at a time gets the remembered words, another begins with none.
        var state =
            work.withLock { kept in
                defer { kept = nil }
                return kept
            } ?? BytePairModel.Work()
        var ids = addSpecial ? postProcessor.before : []
        ids.reserveCapacity(bytes.count / 3 + 8)
        for part in try added.cut(bytes, file.normalizers) {
            switch part {
            case .token(let id): ids.append(id)
            case .text(let bytes, let startsText):
                var pieces = PieceText(bytes, startsText: startsText)
                for step in file.preTokenizers { try step.apply(to: &pieces) }
                file.model.encode(pieces, to: &ids, &state)
            }
        }
        if addSpecial { ids += postProcessor.after }
        work.withLock { $0 = state }
        return ids
    }

    /// The text of ids. `skipSpecial` leaves out tokens such as the one for the end. Ids that
    /// have no token are left out, as `tokenizers` does it: models often have more rows than
    /// their vocabulary has tokens. `text(of:)` tells them apart.
    public func decode(_ ids: [UInt32], skipSpecial: Bool = true) throws(LearnError) -> String {
        var tokens = ids.compactMap { spelling(of: $0, skipSpecial: skipSpecial) }
        guard let decoders = file.decoders else {
            return String(decoding: Array(tokens.joined(separator: [0x20])), as: UTF8.self)
        }
        for decoder in decoders { tokens = try decoder.apply(to: tokens) }
        return String(decoding: Array(tokens.joined()), as: UTF8.self)
    }

    /// Turns ids into text one by one.
    public func makeStream(skipSpecial: Bool = true) -> TokenStream {
        TokenStream(self, skipSpecial: skipSpecial)
    }

    /// What the token of an id reads as before decoding.
    func spelling(of id: UInt32, skipSpecial: Bool) -> [UInt8]? {
        guard let token = added.spelling(of: id) ?? file.model.vocabulary.token(of: id) else {
            return nil
        }
        return skipSpecial && added.isSpecial(token) ? nil : token
    }

    /// Whether decoding knows tokens that stand for one byte each.
    var fallsBackToBytes: Bool {
        file.decoders?.contains { if case .byteFallback = $0 { true } else { false } } ?? false
    }

    /// Whether decoding is nothing but bytes, so that a stream needs no look back.
    var decodesBytes: Bool {
        guard let decoders = file.decoders, decoders.count == 1 else { return false }
        if case .byteLevel = decoders[0] { return true }
        return false
    }
}

extension Tokenizer {
    /// One more than the greatest id, added tokens included.
    public var vocabularySize: Int { max(file.model.vocabulary.idEnd, added.idEnd) }

    /// The id of a token, as the files write it.
    public func id(of token: String) -> UInt32? {
        let bytes = Array(token.utf8)
        return added.id(of: bytes) ?? file.model.vocabulary.id(of: bytes)
    }

    /// The token of an id, as the files write it.
    public func text(of id: UInt32) -> String? {
        if let token = added.token(of: id) { return token.content }
        return file.model.vocabulary.token(of: id).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether an id is that of a token which decoding can leave out.
    public func isSpecial(_ id: UInt32) -> Bool { added.token(of: id)?.isSpecial ?? false }

    /// The token of a role such as `bos_token`, from `tokenizer_config.json`.
    public func token(role: String) -> String? { config.roles[role] }

    /// The token for the beginning of a text.
    public var beginning: String? { config.roles["bos_token"] }
    /// The token for the end of a text.
    public var end: String? { config.roles["eos_token"] }
    /// The token that fills shorter texts up.
    public var padding: String? { config.roles["pad_token"] }
    /// The token for what the vocabulary lacks.
    public var unknown: String? { config.roles["unk_token"] }

    /// The id of the token for the beginning of a text.
    public var beginningID: UInt32? { beginning.flatMap { id(of: $0) } }
    /// The id of the token for the end of a text.
    public var endID: UInt32? { end.flatMap { id(of: $0) } }
    /// The id of the token that fills shorter texts up.
    public var paddingID: UInt32? { padding.flatMap { id(of: $0) } }
    /// The id of the token for what the vocabulary lacks.
    public var unknownID: UInt32? { unknown.flatMap { id(of: $0) } }

    /// The chat template of `tokenizer_config.json`.
    public var chatTemplate: String? { config.chatTemplate }
    /// Its further chat templates, by name.
    public var namedTemplates: [String: String] { config.namedTemplates }
}
