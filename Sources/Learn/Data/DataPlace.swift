/// Where a record stands: a file and the line on which it begins, from 1.
public struct DataPlace: Hashable, Sendable, CustomStringConvertible {
    /// The file as it was named.
    public let file: String
    /// The line, from 1.
    public let line: Int

    /// A place.
    public init(file: String, line: Int) {
        self.file = file
        self.line = line
    }

    /// `poems.jsonl, line 3`
    public var description: String { "\(file), line \(line)" }
}
