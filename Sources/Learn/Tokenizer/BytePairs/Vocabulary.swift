/// Tokens and their ids.
struct Vocabulary: Sendable {
    private var tokens: ByteStringTable
    /// The id of every token by its number in `tokens`.
    private var ids: [UInt32] = []
    /// The number in `tokens` of every id; -1 where an id has none.
    private var numbers: [Int32] = []

    /// An empty vocabulary with room for so many tokens.
    init(capacity: Int) {
        tokens = ByteStringTable(capacity: capacity)
        ids.reserveCapacity(capacity)
    }

    /// Number of tokens.
    var count: Int { tokens.count }

    /// One more than the greatest id.
    var idEnd: Int { numbers.count }

    /// Adds a token. Ids stay below twice the limit of tokens, so that their table stays small.
    mutating func insert(_ token: [UInt8], id: Int64) throws(LearnError) {
        guard tokens.count < TokenizerLimits.vocabularyMax else {
            throw .tokenizer(.tooLarge(what: "vocabulary", limit: TokenizerLimits.vocabularyMax))
        }
        guard id >= 0, id < 2 * Int64(TokenizerLimits.vocabularyMax) else {
            let limit = 2 * TokenizerLimits.vocabularyMax
            throw .tokenizer(.malformed(at: "model.vocab", expected: "ids from 0 to \(limit)"))
        }
        let (number, isNew) = tokens.number(of: token)
        if isNew { ids.append(UInt32(id)) } else { ids[number] = UInt32(id) }
        while numbers.count <= Int(id) { numbers.append(-1) }
        numbers[Int(id)] = Int32(number)
    }

    /// The id of `text[start..<end]`.
    @inline(__always)
    func id(_ text: [UInt8], _ start: Int, _ end: Int) -> UInt32? {
        tokens.find(text, start, end).map { ids[$0] }
    }

    /// The id of a token.
    func id(of token: [UInt8]) -> UInt32? { id(token, 0, token.count) }

    /// The token of an id.
    func token(of id: UInt32) -> [UInt8]? {
        guard Int(id) < numbers.count, numbers[Int(id)] >= 0 else { return nil }
        return tokens[Int(numbers[Int(id)])]
    }

    /// Every token with its id.
    var entries: [(token: [UInt8], id: UInt32)] {
        ids.indices.map { (tokens[$0], ids[$0]) }
    }
}
