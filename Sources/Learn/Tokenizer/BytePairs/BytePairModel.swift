/// Byte pair encoding: a word falls into characters, and neighbours become one token in the order
/// of the merges.
struct BytePairModel: Sendable {
    /// What the members of `model` say besides vocabulary and merges.
    struct Options: Sendable {
        /// Stands for characters that the vocabulary lacks.
        var unknown: [UInt8]?
        /// Stands before every character of a word but the first.
        var prefix: [UInt8] = []
        /// Stands behind the last character of a word.
        var suffix: [UInt8] = []
        /// Whether unknown characters side by side are one unknown token.
        var fusesUnknown = false
        /// Whether unknown characters become tokens of their bytes.
        var fallsBackToBytes = false
        /// Whether a word that is a token as a whole is not merged.
        var ignoresMerges = false
    }

    /// What encoding needs while it runs; kept from call to call.
    struct Work {
        var queue = MergeQueue()
        var cache = WordCache()
    }

    /// Tokens and ids.
    let vocabulary: Vocabulary
    private let merges: MergeTable
    private let options: Options
    private let unknownID: UInt32?
    /// Ids of `<0x00>` to `<0xFF>`, where the vocabulary has them.
    private let byteIDs: [UInt32?]
    /// Ids of the letters of the byte alphabet, if words can be merged without writing them.
    private let letterIDs: [UInt32]
    /// Whole words in plain bytes, for `ignoresMerges` on spelled text.
    private let wholeWords: ByteStringTable
    private let wholeIDs: [UInt32]

    /// A model of a vocabulary and merges of two tokens each, the first merge first.
    init(
        _ vocabulary: Vocabulary, merges pairs: [(left: [UInt8], right: [UInt8])],
        _ options: Options
    ) throws(LearnError) {
        self.vocabulary = vocabulary
        self.options = options
        unknownID = options.unknown.flatMap { vocabulary.id(of: $0) }
        if let unknown = options.unknown, unknownID == nil {
            throw Self.unknownToken(unknown, in: "model.unk_token")
        }
        var merges = MergeTable(count: pairs.count)
        for (rank, pair) in pairs.enumerated() {
            guard let left = vocabulary.id(of: pair.left) else {
                throw Self.unknownToken(pair.left, in: "model.merges")
            }
            guard let right = vocabulary.id(of: pair.right) else {
                throw Self.unknownToken(pair.right, in: "model.merges")
            }
            let whole = pair.left + pair.right.dropFirst(options.prefix.count)
            guard let id = vocabulary.id(of: whole) else {
                throw Self.unknownToken(whole, in: "model.merges")
            }
            merges.insert(left, right, rank: UInt32(rank), id: id)
        }
        self.merges = merges
        let digits = Array("0123456789ABCDEF".utf8)
        byteIDs = (0..<256).map { byte in
            vocabulary.id(of: Array("<0x".utf8) + [digits[byte >> 4], digits[byte & 15], 0x3e])
        }
        let letters = ByteAlphabet.scalars.compactMap { scalar in
            var letter: [UInt8] = []
            letter.append(scalar: scalar)
            return vocabulary.id(of: letter)
        }
        let isPlain = options.prefix.isEmpty && options.suffix.isEmpty
        letterIDs = isPlain && letters.count == 256 ? letters : []
        var wholeWords = ByteStringTable()
        var wholeIDs: [UInt32] = []
        if options.ignoresMerges, !letterIDs.isEmpty {
            for (token, id) in vocabulary.entries {
                guard let bytes = ByteAlphabet.bytes(spelledBy: token) else { continue }
                if wholeWords.number(of: bytes).isNew { wholeIDs.append(id) }
            }
        }
        self.wholeWords = wholeWords
        self.wholeIDs = wholeIDs
    }

    private static func unknownToken(_ token: [UInt8], in part: String) -> LearnError {
        .tokenizer(.unknownToken(String(decoding: token, as: UTF8.self), namedBy: part))
    }

    /// Adds the ids of every piece to `ids`.
    func encode(_ given: PieceText, to ids: inout [UInt32], _ work: inout Work) {
        var text = given
        if text.isSpelled, letterIDs.isEmpty { text.spellOut() }
        let isSpelled = text.isSpelled
        let bytes = text.bytes
        for piece in text.pieces {
            let (start, end) = (Int(piece.start), Int(piece.end))
            let hash = ByteStringTable.hash(bytes, start, end)
            if options.ignoresMerges, let id = wholeWord(bytes, start, end, isSpelled) {
                ids.append(id)
                continue
            }
            if work.cache.append(bytes, start, end, hash: hash, to: &ids) { continue }
            work.queue.symbols.removeAll(keepingCapacity: true)
            if isSpelled {
                for index in start..<end {
                    work.queue.symbols.append(letterIDs[Int(bytes[index])])
                }
            } else {
                addSymbols(of: bytes, start, end, to: &work.queue.symbols)
            }
            work.queue.run(merges)
            ids.append(contentsOf: work.queue.symbols)
            work.cache.insert(bytes, start, end, hash: hash, ids: work.queue.symbols)
        }
    }

    private func wholeWord(
        _ bytes: [UInt8], _ start: Int, _ end: Int, _ isSpelled: Bool
    ) -> UInt32? {
        if isSpelled { return wholeWords.find(bytes, start, end).map { wholeIDs[$0] } }
        return vocabulary.id(bytes, start, end)
    }

    /// The first tokens of a word: its characters, unknown ones as the options say. As in
    /// `tokenizers`, a waiting unknown token stands behind bytes that were fallen back to.
    private func addSymbols(
        of bytes: [UInt8], _ start: Int, _ end: Int, to symbols: inout [UInt32]
    ) {
        let isPlain = options.prefix.isEmpty && options.suffix.isEmpty
        var isUnknownWaiting = false
        var position = start
        while position < end {
            let next = position + bytes.scalar(at: position).length
            var unit: [UInt8] = []
            if !isPlain {
                if position > start { unit += options.prefix }
                unit += bytes[position..<next]
                if next == end { unit += options.suffix }
            }
            let id = isPlain ? vocabulary.id(bytes, position, next) : vocabulary.id(of: unit)
            if let id {
                if isUnknownWaiting, let unknownID { symbols.append(unknownID) }
                isUnknownWaiting = false
                symbols.append(id)
            } else if let fallback = fallback(isPlain ? Array(bytes[position..<next]) : unit) {
                symbols += fallback
            } else if let unknownID {
                if isUnknownWaiting, !options.fusesUnknown { symbols.append(unknownID) }
                isUnknownWaiting = true
            }
            position = next
        }
        if isUnknownWaiting, let unknownID { symbols.append(unknownID) }
    }

    private func fallback(_ unit: [UInt8]) -> [UInt32]? {
        guard options.fallsBackToBytes else { return nil }
        let ids = unit.compactMap { byteIDs[Int($0)] }
        return ids.count == unit.count ? ids : nil
    }
}
