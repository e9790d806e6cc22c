/// Why a tokenizer cannot be used, or cannot take a text.
public enum TokenizerFault: Hashable, Sendable, CustomStringConvertible {
    /// A part of `tokenizer.json` that is not understood, by name.
    case notUnderstood(String)
    /// A file that is not JSON, with its name and where it breaks.
    case notJSON(file: String, reason: String)
    /// A member of `tokenizer.json` that is absent or of another kind; says what was expected.
    case malformed(at: String, expected: String)
    /// More of something than the limit allows.
    case tooLarge(what: String, limit: Int)
    /// A token that another part names, but the vocabulary lacks.
    case unknownToken(String, namedBy: String)
    /// A split pattern that cannot be read: where, in characters from 1, and why.
    case pattern(at: Int, reason: String)
    /// A split pattern that takes too many steps on a text.
    case patternTooSlow(limit: Int)

    /// One sentence for a person.
    public var description: String {
        switch self {
        case .notUnderstood(let part):
            "tokenizer.json: \(part) is not understood; use a model whose tokenizer does without it"
        case .notJSON(let file, let reason): "\(file): \(reason); fetch the file again"
        case .malformed(let path, let expected):
            "tokenizer.json: \(path) should be \(expected); fetch the file again"
        case .tooLarge(let what, let limit): "the \(what) is larger than the limit of \(limit)"
        case .unknownToken(let token, let part):
            "tokenizer.json: \(part) names the token \(token), which the vocabulary lacks"
        case .pattern(let position, let reason):
            "tokenizer.json: split pattern, character \(position): \(reason)"
        case .patternTooSlow(let limit):
            "a split pattern takes more than \(limit) steps on this text; shorten the text"
        }
    }
}
