/// One step that changes a text before it is cut into pieces.
enum Normalizer: Sendable {
    /// A form of Unicode.
    case form(CanonicalForm)
    /// Lower case.
    case lowercase
    /// White space gone at the ends.
    case strip(left: Bool, right: Bool)
    /// Combining marks gone.
    case stripAccents
    /// Matches replaced by a text.
    case replace(SplitPattern, [UInt8])
    /// A text before every text that is not empty.
    case prepend([UInt8])
    /// Bytes written as letters.
    case byteLevel

    /// `text` after this step.
    func apply(to text: [UInt8]) throws(LearnError) -> [UInt8] {
        let result: [UInt8]
        switch self {
        case .form(let form): result = form.apply(to: text)
        case .lowercase: result = LetterCase.shared.lowercased(text)
        case .strip(let left, let right): result = Self.stripped(text, left, right)
        case .stripAccents: result = Self.withoutAccents(text)
        case .replace(let pattern, let content):
            result = try Self.replaced(text, pattern, content)
        case .prepend(let prefix): result = text.isEmpty ? text : prefix + text
        case .byteLevel: result = ByteAlphabet.spelled(text)
        }
        guard result.count <= TokenizerLimits.textBytesMax * 2 else {
            let limit = TokenizerLimits.textBytesMax * 2
            throw .tokenizer(.tooLarge(what: "normalised text", limit: limit))
        }
        return result
    }

    private static func stripped(_ text: [UInt8], _ left: Bool, _ right: Bool) -> [UInt8] {
        let tables = UnicodeTables.shared
        var start = 0
        var end = text.count
        while left, start < end {
            let (value, length) = text.scalar(at: start)
            guard tables.traits(of: value).contains(.space) else { break }
            start += length
        }
        while right, end > start {
            let previous = text.scalarStart(before: end)
            guard tables.traits(of: text.scalar(at: previous).value).contains(.space) else { break }
            end = previous
        }
        return Array(text[start..<end])
    }

    private static func withoutAccents(_ text: [UInt8]) -> [UInt8] {
        let tables = UnicodeTables.shared
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        for scalar in text.scalars where !tables.traits(of: scalar).contains(.accent) {
            result.append(scalar: scalar)
        }
        return result
    }

    /// `text` with every match of `pattern` replaced.
    static func replaced(
        _ text: [UInt8], _ pattern: SplitPattern, _ content: [UInt8]
    ) throws(LearnError) -> [UInt8] {
        var matches: [PieceText.Piece] = []
        try pattern.find(in: text, text.indices, into: &matches)
        let size = text.count + matches.count * content.count
        guard size <= TokenizerLimits.textBytesMax * 4 else {
            let limit = TokenizerLimits.textBytesMax * 4
            throw .tokenizer(.tooLarge(what: "text after Replace", limit: limit))
        }
        var result: [UInt8] = []
        result.reserveCapacity(size)
        var last = 0
        for match in matches {
            result += text[last..<Int(match.start)]
            result += content
            last = Int(match.end)
        }
        return result + text[last...]
    }

    /// The steps of a component, those of sequences side by side.
    static func steps(_ part: TokenizerPart, depth: Int = 0) throws(LearnError) -> [Normalizer] {
        switch try part.type() {
        case "Sequence":
            return try part.sequence("normalizers", depth: depth) {
                part, depth throws(LearnError) in
                try steps(part, depth: depth)
            }
        case "Lowercase":
            try part.allow([])
            return [.lowercase]
        case "Strip":
            try part.allow(["strip_left", "strip_right"])
            return [
                .strip(
                    left: try part.flag("strip_left", default: true),
                    right: try part.flag("strip_right", default: true))
            ]
        case "StripAccents":
            try part.allow([])
            return [.stripAccents]
        case "Replace":
            try part.allow(["pattern", "content"])
            return [.replace(try part.pattern("pattern"), Array(try part.text("content").utf8))]
        case "Prepend":
            try part.allow(["prepend"])
            return [.prepend(Array(try part.text("prepend").utf8))]
        case "ByteLevel":
            try part.allow([])
            return [.byteLevel]
        case let type:
            guard let form = CanonicalForm(rawValue: type) else { throw part.unknown(type) }
            try part.allow([])
            return [.form(form)]
        }
    }
}
