/// Why coded bytes cannot be read, or bytes cannot be coded.
public enum CodingError: Error, Equatable, CustomStringConvertible {
    /// They are not what an encoder writes: the first rule that is broken.
    case malformed(String)
    /// They were coded against a parent that is not given.
    case parentMissing
    /// The coded form would be longer than there is room for.
    case tooLong

    /// For people.
    public var description: String {
        switch self {
        case .malformed(let rule): "the coded bytes are not valid: \(rule)"
        case .parentMissing: "the bytes are coded against a parent that is not here"
        case .tooLong: "the coded form is longer than the bytes"
        }
    }
}
