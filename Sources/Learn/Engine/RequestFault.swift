/// Why a request to run a model cannot be answered.
public enum RequestFault: Hashable, Sendable, CustomStringConvertible {
    /// More tokens than the model has positions for.
    case tooLong(tokens: Int, limit: Int)

    /// One sentence for a person.
    public var description: String {
        switch self {
        case .tooLong(let tokens, let limit):
            "the prompt has \(tokens) tokens, the model takes \(limit)"
        }
    }
}
