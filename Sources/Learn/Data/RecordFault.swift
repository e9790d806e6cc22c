/// What can be wrong with one record of training data.
public enum RecordFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// Not JSON: the byte of the record, from 0, and what is wrong there.
    case notJSON(String)
    /// JSON, but no object.
    case notObject(found: String)
    /// Longer than the limit in bytes.
    case tooLarge(limit: Int)
    /// No key that says what kind of record this is.
    case noKind(found: [String])
    /// Keys of several kinds of record.
    case mixedKinds([String])
    /// A key that this kind of record does not have.
    case unknownKey(String, kind: String)
    /// A key that this kind of record needs.
    case missingKey(String, kind: String)
    /// A value of another type than its key needs.
    case wrongType(key: String, expected: String)
    /// A value without content.
    case emptyValue(key: String)
    /// A token that the model does not have.
    case noToken(key: String, index: Int, token: Int64, vocabulary: Int)
    /// Another number of labels than of tokens.
    case labelCount(tokens: Int, labels: Int)
    /// More tokens than a sequence holds.
    case tooLong(tokens: Int, limit: Int, mayBeCut: Bool)
    /// No token that is learned.
    case noTarget
    /// A table whose first row does not name the columns that are read.
    case columns([String])
    /// A row with another number of fields than the table has columns.
    case fieldCount(found: Int, columns: Int)
    /// Quotes that are not as RFC 4180 has them.
    case quotes(String)
    /// Text where the model has no tokenizer.
    case noTokenizer
    /// A conversation where the model has no chat template.
    case noTemplate
    /// Text that the tokenizer does not take, or a conversation that the template does not.
    case refused(String)
    /// A template that writes an answer differently once more of the conversation follows.
    case answerChanges(message: Int)
    /// A template that begins an answer with what the finished conversation does not hold.
    case answerBegins(message: Int)

    /// A conversation of which it takes too long to tell what was said.
    case tooMuchWork(what: String, limit: Int)

    /// The rest of a sentence that begins with the place of the record.
    public var description: String {
        switch self {
        case .notJSON(let why): "\(why); write one JSON object on each line"
        case .notObject(let found): "\(found) where a JSON object should be"
        case .tooLarge(let limit):
            "the record is longer than \(limit >> 20) MiB; cut it into several"
        case .noKind(let found):
            "none of the keys text, prompt, messages, input_ids"
                + (found.isEmpty ? "" : " (found: \(Self.list(found)))")
                + "; name the record's content by one of them"
        case .mixedKinds(let keys):
            "the keys \(Self.list(keys)) exclude each other; make several records of it"
        case .unknownKey(let key, let kind):
            "the key \(Self.shown(key)) is not known in a record of \(kind), and what is not known "
                + "is not passed over; remove it"
        case .missingKey(let key, let kind): "a record of \(kind) needs the key \(key)"
        case .wrongType(let key, let expected): "\(key) must be \(expected)"
        case .emptyValue(let key): "\(key) is empty; fill it or remove the record"
        case .noToken(let key, let index, let token, let vocabulary):
            "\(key)[\(index)] is \(token), the model has the tokens 0 to \(vocabulary - 1); "
                + "use data that were made for this base"
        case .labelCount(let tokens, let labels):
            "\(labels) labels for \(tokens) tokens; give one label for each token"
        case .tooLong(let tokens, let limit, let mayBeCut):
            "\(tokens) tokens, a sequence holds \(limit); say a longer --seq or "
                + (mayBeCut ? "--long truncate, skip or split" : "--long skip")
        case .noTarget: "nothing in the record is learned; give it an answer, or remove it"
        case .columns(let found):
            "the columns are \(Self.list(found)); the first row must name text, or prompt and "
                + "completion"
        case .fieldCount(let found, let columns):
            "\(found) fields in a table of \(columns) columns; quote fields that hold commas"
        case .quotes(let why): "\(why); quotes inside a quoted field are written twice"
        case .noTokenizer:
            "text, but the base has no tokenizer; give input_ids, or a base with a tokenizer"
        case .noTemplate:
            "a conversation, but the base has no chat template; give one with --template"
        case .refused(let why): why
        case .answerChanges(let message):
            "the chat template writes messages[\(message)] differently once more follows, "
                + Self.unmarked
        case .answerBegins(let message):
            "the chat template begins messages[\(message)] with what the finished conversation "
                + "does not hold, " + Self.unmarked
        case .tooMuchWork(let what, let limit): Self.tooMuch(what, limit)
        }
    }

    private static func tooMuch(_ what: String, _ limit: Int) -> String {
        "more than \(limit >> 20) Mi \(what) to tell what the assistant said; cut the "
            + "conversation into several, or say --learn all"
    }

    private static let unmarked =
        "so it cannot be told what the assistant said; mark it in the template with "
        + "{% generation %} (--template), or say --learn all"

    private static func list(_ names: [String]) -> String {
        names.prefix(8).map { shown($0) }.joined(separator: ", ") + (names.count > 8 ? ", …" : "")
    }

    private static func shown(_ name: String) -> String {
        name.count > 40 ? "\(name.prefix(40))…" : name
    }
}
