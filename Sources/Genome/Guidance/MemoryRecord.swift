import Wire

/// One thing that a memory holds: a line of its JSON Lines files.
public struct MemoryRecord: Hashable, Sendable {
    /// Longest line in bytes: a text and a vector of the widest models.
    public static let lineBytesMax = 1 << 20

    /// Longest text in bytes: what fits into a prompt beside others.
    public static let textBytesMax = 8_192

    /// Most numbers of a vector: wider than any model in use.
    public static let widthMax = 65_536

    /// How much it matters where nothing is said.
    public static let importanceDefault = 0.5

    /// What is remembered, on one line.
    public let text: String
    /// How much it matters, 0 to 1.
    public let importance: Double
    /// Seconds since 1970 when it happened; nil where nothing is said.
    public let time: Int64?
    /// The text as its publisher's model has it; nil where it is to be computed.
    public let vector: [Float]?

    /// A record.
    public init(
        text: String, importance: Double = importanceDefault, time: Int64? = nil,
        vector: [Float]? = nil
    ) {
        self.text = text
        self.importance = importance
        self.time = time
        self.vector = vector
    }

    /// The record of a line. Members that are not known are left alone. Line breaks and tabs in
    /// the text become single blanks, so that a text cannot begin a line of its own.
    public init(line: [UInt8]) throws(GenomeError) {
        let limits = JSONLimits(bytes: Self.lineBytesMax, depth: 16, values: 2 * Self.widthMax)
        let value = try JSONParser.parse(line, limits: limits)
        guard value.object != nil else {
            throw .field(path: "", .wrongType(expected: "an object"))
        }
        guard let raw = value["text"] else { throw .field(path: "text", .missing) }
        guard let written = raw.string else {
            throw .field(path: "text", .wrongType(expected: "text"))
        }
        text = Self.oneLine(written)
        guard (1...Self.textBytesMax).contains(text.utf8.count), PlainText.isPlain(text) else {
            throw .field(
                path: "text", .notAllowed("plain text of 1 to \(Self.textBytesMax) bytes"))
        }
        importance = try Self.number(value["importance"]) ?? Self.importanceDefault
        guard (0...1).contains(importance) else {
            throw .field(path: "importance", .notAllowed("a number from 0 to 1"))
        }
        if let written = value["time"] {
            try Schema.time.check(written, at: "time")
            time = written.integer
        } else {
            time = nil
        }
        vector = try Self.vector(value["vector"])
    }

    private static func oneLine(_ text: String) -> String {
        text.unicodeScalars.split { ["\n", "\r", "\t", " ", "\u{2028}", "\u{2029}"].contains($0) }
            .map { String($0) }.joined(separator: " ")
    }

    private static func number(_ value: JSONValue?) throws(GenomeError) -> Double? {
        guard let value else { return nil }
        guard let number = value.number ?? value.string.flatMap({ Double($0) }) else {
            throw .field(path: "importance", .wrongType(expected: "a number"))
        }
        return number
    }

    private static func vector(_ value: JSONValue?) throws(GenomeError) -> [Float]? {
        guard let value else { return nil }
        guard let list = value.array, (1...widthMax).contains(list.count) else {
            throw .field(path: "vector", .notAllowed("a list of 1 to \(widthMax) numbers"))
        }
        var vector: [Float] = []
        for element in list {
            guard let number = element.number.map({ Float($0) }), number.isFinite else {
                throw .field(path: "vector", .notAllowed("a list of finite numbers"))
            }
            vector.append(number)
        }
        guard vector.contains(where: { $0 != 0 }) else {
            throw .field(path: "vector", .notAllowed("not all zeros: it has no direction"))
        }
        return vector
    }

    /// The text that stands before a conversation; empty where nothing is remembered.
    public static func prompt(_ texts: [String]) -> String {
        texts.isEmpty ? "" : (["Remembered:"] + texts.map { "- \($0)" }).joined(separator: "\n")
    }
}
