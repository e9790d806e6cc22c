/// Why a tokenizer cannot be used.
public enum TokenizerFault: Hashable, Sendable, CustomStringConvertible {
    /// A part of `tokenizer.json` that is not understood, by name.
    case notUnderstood(String)

    /// One sentence for a person.
    public var description: String {
        switch self {
        case .notUnderstood(let part): "tokenizer.json: \(part) is not understood"
        }
    }
}
