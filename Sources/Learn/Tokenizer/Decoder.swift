/// One step from tokens back to text.
enum Decoder: Sendable {
    /// Letters of the byte alphabet become bytes.
    case byteLevel
    /// Tokens like `<0x0A>` become bytes.
    case byteFallback
    /// All tokens become one.
    case fuse
    /// A character gone at the ends of each token, so many times at most.
    case strip(scalar: UInt32, start: Int, end: Int)
    /// Matches in each token replaced by a text.
    case replace(SplitPattern, [UInt8])
    /// A letter becomes a space, or nothing at the beginning if it was put there.
    case metaspace(letter: UInt32, dropsFirst: Bool)
    /// A suffix becomes a space, or nothing at the end.
    case suffix([UInt8])

    private static let replacement = Array("\u{fffd}".utf8)

    /// The tokens after this step.
    func apply(to tokens: [[UInt8]]) throws(LearnError) -> [[UInt8]] {
        switch self {
        case .byteLevel:
            let bytes = tokens.flatMap { ByteAlphabet.bytes(spelledBy: $0) ?? $0 }
            return [Array(String(decoding: bytes, as: UTF8.self).utf8)]
        case .byteFallback: return Self.fallBack(tokens)
        case .fuse: return [Array(tokens.joined())]
        case .strip(let scalar, let start, let end):
            return tokens.map { Self.stripped($0, scalar, start, end) }
        case .replace(let pattern, let content):
            var result: [[UInt8]] = []
            for token in tokens {
                result.append(try Normalizer.replaced(token, pattern, content))
            }
            return result
        case .metaspace(let letter, let dropsFirst):
            return tokens.enumerated().map { index, token in
                var result: [UInt8] = []
                for scalar in token.scalars {
                    if scalar != letter {
                        result.append(scalar: scalar)
                    } else if index > 0 || !dropsFirst {
                        result.append(0x20)
                    }
                }
                return result
            }
        case .suffix(let suffix):
            var result: [[UInt8]] = []
            for (index, token) in tokens.enumerated() {
                let content: [UInt8] = index == tokens.count - 1 ? [] : [0x20]
                result.append(try Normalizer.replaced(token, .text(suffix), content))
            }
            return result
        }
    }

    private static func fallBack(_ tokens: [[UInt8]]) -> [[UInt8]] {
        var result: [[UInt8]] = []
        var waiting: [UInt8] = []
        func flush() {
            guard !waiting.isEmpty else { return }
            if String(validating: waiting, as: UTF8.self) != nil {
                result.append(waiting)
            } else {
                result += waiting.map { _ in replacement }
            }
            waiting = []
        }
        for token in tokens {
            if let byte = byte(of: token) {
                waiting.append(byte)
            } else {
                flush()
                result.append(token)
            }
        }
        flush()
        return result
    }

    /// The byte of `<0x0A>`.
    static func byte(of token: [UInt8]) -> UInt8? {
        guard token.count == 6, token.starts(with: Array("<0x".utf8)), token[5] == 0x3e else {
            return nil
        }
        return UInt8(String(decoding: token[3..<5], as: UTF8.self), radix: 16)
    }

    private static func stripped(
        _ token: [UInt8], _ scalar: UInt32, _ start: Int, _ end: Int
    ) -> [UInt8] {
        var scalars = token.scalars[...]
        var left = start
        while left > 0, scalars.first == scalar {
            scalars = scalars.dropFirst()
            left -= 1
        }
        left = end
        while left > 0, scalars.last == scalar {
            scalars = scalars.dropLast()
            left -= 1
        }
        var result: [UInt8] = []
        for scalar in scalars { result.append(scalar: scalar) }
        return result
    }

    /// The steps of a component, those of sequences side by side.
    static func steps(_ part: TokenizerPart, depth: Int = 0) throws(LearnError) -> [Decoder] {
        switch try part.type() {
        case "Sequence":
            return try part.sequence("decoders", depth: depth) { part, depth throws(LearnError) in
                try steps(part, depth: depth)
            }
        case "ByteLevel":
            try part.allow(["add_prefix_space", "trim_offsets", "use_regex"])
            return [.byteLevel]
        case "ByteFallback":
            try part.allow([])
            return [.byteFallback]
        case "Fuse":
            try part.allow([])
            return [.fuse]
        case "Strip":
            try part.allow(["content", "start", "stop"])
            return [
                .strip(
                    scalar: try part.scalar("content"), start: try part.count("start"),
                    end: try part.count("stop"))
            ]
        case "Replace":
            try part.allow(["pattern", "content"])
            return [.replace(try part.pattern("pattern"), Array(try part.text("content").utf8))]
        case "Metaspace":
            try part.allow([
                "replacement", "prepend_scheme", "split", "add_prefix_space", "str_rep",
            ])
            let prepending = try PreTokenizer.Prepending(part)
            return [
                .metaspace(
                    letter: try part.scalar("replacement", default: "\u{2581}"),
                    dropsFirst: prepending != .never)
            ]
        case "BPEDecoder":
            try part.allow(["suffix"])
            return [.suffix(Array((try part.optionalText("suffix") ?? "</w>").utf8))]
        case let type: throw part.unknown(type)
        }
    }
}
