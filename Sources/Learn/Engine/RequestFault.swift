/// Why a request to run a model cannot be answered.
public enum RequestFault: Hashable, Sendable, CustomStringConvertible {
    /// More tokens than the model has positions for.
    case tooLong(tokens: Int, limit: Int)
    /// No token at all.
    case empty
    /// A token that the model does not have.
    case noToken(Int, vocabulary: Int)
    /// A setting outside its range.
    case setting(name: String, allowed: String)
    /// Rules by a name from before they were frozen.
    case notFrozen(name: String, now: String)
    /// Memory that the system does not give.
    case noMemory(bytes: Int)
    /// Logits that are not numbers: the weights overflow.
    case notFinite(position: Int)

    /// One sentence for a person.
    public var description: String {
        switch self {
        case .tooLong(let tokens, let limit):
            "\(tokens) tokens are asked for, the model has \(limit) positions"
        case .empty: "the prompt is empty"
        case .noToken(let token, let vocabulary):
            "token \(token) does not exist: the model has 0 to \(vocabulary - 1)"
        case .setting(let name, let allowed): "\(name) must be \(allowed)"
        case .notFrozen(let name, let now):
            "\(name) is a name from before the rules were frozen, when their bits still changed; "
                + "since then they are \(now)"
        case .noMemory(let bytes): "the system gives no \(bytes >> 20) MiB of memory"
        case .notFinite(let position):
            "the model gives no finite numbers at position \(position)"
        }
    }
}
