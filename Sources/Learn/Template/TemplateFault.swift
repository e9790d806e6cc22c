/// Why a chat template cannot be run.
public enum TemplateFault: Hashable, Sendable, CustomStringConvertible {
    /// A construct that is not understood; line and what stands there.
    case notUnderstood(line: Int, String)

    /// One sentence for a person.
    public var description: String {
        switch self {
        case .notUnderstood(let line, let what):
            "chat template, line \(line): \(what) is not understood"
        }
    }
}
