/// What can be wrong with a layer's documents or files, in the words of the person who reads it.
public enum GenomeError: Error, Equatable, Sendable {
    /// Not the JSON or document that the format asks for; says where and why.
    case malformed(String)
}
