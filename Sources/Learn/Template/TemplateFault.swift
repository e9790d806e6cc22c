/// Why a chat template cannot be run.
public enum TemplateFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// A construct that is not understood; line and what stands there.
    case notUnderstood(line: Int, String)
    /// Something that cannot be done with the values at hand; line and what.
    case failed(line: Int, String)
    /// The template itself refuses the conversation, in its own words.
    case raised(line: Int, String)
    /// The template asks for what a template may not have.
    case forbidden(line: Int, String)
    /// More of something than a template may use; line and which limit.
    case exceeds(line: Int, limit: String)

    /// One sentence for a person.
    public var description: String {
        switch self {
        case .notUnderstood(let line, let what):
            "chat template, line \(line): \(what) is not understood"
        case .failed(let line, let what): "chat template, line \(line): \(what)"
        case .raised(let line, let message):
            "chat template, line \(line), refuses the conversation: \(message)"
        case .forbidden(let line, let what): "chat template, line \(line): \(what) is forbidden"
        case .exceeds(let line, let limit): "chat template, line \(line): more than \(limit)"
        }
    }
}
