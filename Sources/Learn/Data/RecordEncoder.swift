import Genome

/// Turns records into tokens and labels, before anything is cut.
struct RecordEncoder {
    /// One record as tokens.
    struct Encoded {
        var tokens: [Int32] = []
        var labels: [Int32] = []
        /// Whether the tokens must stay as they are: not cut, and alone in a row.
        var isExact = false
        /// Whether the record is plain text, which may be cut anywhere.
        var isText = false
        /// Whether prompt and completion share a token.
        var promptMerges = false
    }

    /// The base's tokenizer, if it has one.
    let tokenizer: Tokenizer?
    /// Its chat template, if it has one.
    let format: ChatFormat?
    /// How many tokens the model has.
    let vocabulary: Int
    /// The token that ends a text, if there is one.
    let end: Int32?
    let settings: DataSettings

    /// The tokens and labels of a record.
    func encode(_ content: DataRecord.Content) throws(RecordFault) -> Encoded {
        switch content {
        case .text(let text), .document(let text): return try encode(text: text)
        case .completion(let prompt, let completion):
            return try encode(prompt: prompt, completion: completion)
        case .chat(let messages, let tools): return try encode(messages, tools: tools)
        case .tokens(let tokens, let labels):
            return Encoded(tokens: tokens, labels: labels ?? tokens, isExact: true)
        }
    }

    private func encode(text: String) throws(RecordFault) -> Encoded {
        let tokens = ended(try ids(text, "text"))
        return Encoded(tokens: tokens, labels: tokens, isText: true)
    }

    /// Prompt and completion are tokenised together, as the model will read them, and the tokens
    /// that the prompt alone begins with are not learned. Where a token holds the end of the one
    /// and the start of the other, it is learned.
    private func encode(prompt: String, completion: String) throws(RecordFault) -> Encoded {
        guard let tokenizer else { throw .noTokenizer }
        let tokens = ended(try ids(prompt + completion, "completion"))
        let alone: [UInt32]
        do throws(LearnError) {
            alone = try tokenizer.idsBeforeText + tokenizer.encode(prompt, addSpecial: false)
        } catch {
            throw .refused(error.description)
        }
        let common = zip(tokens, alone).prefix { $0 == Int32(truncatingIfNeeded: $1) }.count
        var labels = tokens
        for index in 0..<common { labels[index] = TrainingExample.masked }
        return Encoded(tokens: tokens, labels: labels, promptMerges: common < alone.count)
    }

    private func encode(
        _ messages: [JSONValue], tools: JSONValue?
    ) throws(RecordFault) -> Encoded {
        guard let tokenizer else { throw .noTokenizer }
        guard let format else { throw .noTemplate }
        let chat = ChatExample(format: format, tokenizer: tokenizer, settings: settings)
        let (ids, isLearned) = try chat.example(messages, tools: tools)
        let tokens = try checked(ids, "messages")
        let labels = zip(tokens, isLearned).map { $1 ? $0 : TrainingExample.masked }
        return Encoded(tokens: tokens, labels: labels)
    }

    private func ids(_ text: String, _ key: String) throws(RecordFault) -> [Int32] {
        guard let tokenizer else { throw .noTokenizer }
        let ids: [UInt32]
        do throws(LearnError) {
            ids = try tokenizer.encode(text)
        } catch {
            throw .refused(error.description)
        }
        return try checked(ids, key)
    }

    /// With the token for the end behind it, unless it stands there.
    private func ended(_ tokens: [Int32]) -> [Int32] {
        guard let end, tokens.last != end else { return tokens }
        return tokens + [end]
    }

    /// A tokenizer may have tokens that the model's matrices have no row for.
    private func checked(_ ids: [UInt32], _ key: String) throws(RecordFault) -> [Int32] {
        if let index = ids.firstIndex(where: { Int($0) >= vocabulary }) {
            throw .noToken(
                key: key, index: index, token: Int64(ids[index]), vocabulary: vocabulary)
        }
        return ids.map { Int32(truncatingIfNeeded: $0) }
    }
}
