/// Looks for keys and tokens in text that is about to be shared, piece by piece. Says which line
/// and what kind, never the text itself: an error must not leak what it guards.
public struct SecretScanner: Sendable {
    /// Something that looks like a secret.
    public struct Finding: Hashable, Sendable {
        /// Line, counted from 1.
        public let line: Int
        /// What it looks like.
        public let kind: String
    }

    private struct Shape {
        let start: [UInt8]
        let kind: String
        /// Fewest bytes of the alphabet that must follow.
        let restMin: Int

        init(_ start: String, _ kind: String, restMin: Int) {
            self.start = Array(start.utf8)
            self.kind = kind
            self.restMin = restMin
        }
    }

    private static let shapes = [
        Shape("hf_", "a Hugging Face token", restMin: 30),
        Shape("sk-ant-", "an Anthropic key", restMin: 20),
        Shape("sk-", "an API key", restMin: 24),
        Shape("ghp_", "a GitHub token", restMin: 30),
        Shape("gho_", "a GitHub token", restMin: 30),
        Shape("ghs_", "a GitHub token", restMin: 30),
        Shape("github_pat_", "a GitHub token", restMin: 30),
        Shape("glpat-", "a GitLab token", restMin: 20),
        Shape("AKIA", "an AWS access key", restMin: 16),
        Shape("ASIA", "an AWS access key", restMin: 16),
        Shape("AIza", "a Google API key", restMin: 35),
        Shape("xoxb-", "a Slack token", restMin: 20),
        Shape("xoxp-", "a Slack token", restMin: 20),
        Shape("npm_", "an npm token", restMin: 36),
        Shape("pypi-AgEIcHlwaS5vcmc", "a PyPI token", restMin: 20),
        Shape("AGE-SECRET-KEY-1", "an age secret key", restMin: 20),
        Shape("PRIVATE KEY-----", "a private key", restMin: 0),
    ]

    private static let lookAhead = 64

    private var pending: [UInt8] = []
    private var line = 1
    private var previous: UInt8 = 0x0a
    /// The first finding, if any.
    public private(set) var finding: Finding?

    /// A scanner at the start of a file.
    public init() {}

    /// Looks through the next bytes of the file.
    public mutating func update(_ bytes: [UInt8]) {
        pending += bytes
        scan(upTo: pending.count - Self.lookAhead)
    }

    /// Looks through what is left and gives the first finding of the file.
    public mutating func finish() -> Finding? {
        scan(upTo: pending.count)
        return finding
    }

    private mutating func scan(upTo end: Int) {
        guard end > 0 else { return }
        for position in 0..<end where finding == nil {
            let byte = pending[position]
            if byte == 0x0a { line += 1 }
            let startsWord = !Self.isTokenByte(previous)
            if "hsgAxnpP".utf8.contains(byte), startsWord,
                let shape = Self.shapes.first(where: { isThere($0, at: position) })
            {
                finding = Finding(line: line, kind: shape.kind)
            }
            previous = byte
        }
        pending.removeFirst(end)
    }

    private func isThere(_ shape: Shape, at position: Int) -> Bool {
        let rest = pending[position...]
        guard rest.starts(with: shape.start) else { return false }
        let tail = rest.dropFirst(shape.start.count).prefix(shape.restMin)
        guard tail.count == shape.restMin, tail.allSatisfy({ Self.isTokenByte($0) }) else {
            return false
        }
        // A word of one letter repeated is a placeholder, as in documentation.
        return shape.restMin == 0 || Set(tail).count > 3
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        (0x61...0x7a).contains(byte | 0x20) || (0x30...0x39).contains(byte)
            || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
    }
}
