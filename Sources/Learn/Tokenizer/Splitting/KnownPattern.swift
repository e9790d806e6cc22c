/// The split patterns of published byte-level tokenizers, matched by hand.
///
/// They are one pattern with switches. A pattern is recognised by its exact text; every other goes
/// to the engine, which gives the same matches.
struct KnownPattern: Equatable, Sendable {
    /// `'s`, `'t` and their like as pieces of their own.
    enum Contractions: Sendable { case none, lowercase, anyCase }
    /// What a word may be.
    enum Words: Sendable {
        /// ` ?\p{L}+`
        case spaced
        /// `[^\r\n\p{L}\p{N}]?\p{L}+`
        case led
        /// `[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+`
        case marked
    }
    var contractions: Contractions
    var words: Words
    /// Most digits of a number; 0 for ` ?\p{N}+`.
    var digitsMax: Int
    /// Whether line ends follow punctuation, and end a run of white space.
    var takesLineEnds: Bool

    private static let anyCase = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|"
    private static let lineEnds = #" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#

    /// What ByteLevel splits with.
    static let gpt2 = KnownPattern(
        contractions: .lowercase, words: .spaced, digitsMax: 0, takesLineEnds: false)

    /// The patterns by their text.
    static let byText: [(text: String, pattern: KnownPattern)] = {
        let llama3 = KnownPattern(
            contractions: .anyCase, words: .led, digitsMax: 3, takesLineEnds: true)
        var qwen2 = llama3
        qwen2.digitsMax = 1
        var marked = qwen2
        marked.words = .marked
        let words = #"[^\r\n\p{L}\p{N}]?\p{L}+"#
        let rest = #" ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#
        let markedRest =
            #"[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|"#
            + #"\s*[\r\n]+|\s+(?!\S)|\s+"#
        return [
            ("'s|'t|'re|'ve|'m|'ll|'d|" + rest, gpt2),
            ("'(?:[sdmt]|ll|ve|re)|" + rest, gpt2),
            (anyCase + words + #"|\p{N}{1,3}|"# + lineEnds, llama3),
            (anyCase + words + #"|\p{N}|"# + lineEnds, qwen2),
            (anyCase + markedRest, marked),
        ]
    }()

    /// Adds the matches of `bytes[range]` to `pieces`; they lie side by side and leave no gap.
    func split(_ bytes: [UInt8], _ range: Range<Int>, into pieces: inout [PieceText.Piece]) {
        let traits = UnicodeTables.shared.traits
        var scanner = PatternScanner(end: range.upperBound)
        var position = range.lowerBound
        while position < range.upperBound {
            scanner.look(at: position, bytes, traits)
            let end = matchEnd(scanner, position, bytes, traits)
            pieces.append(PieceText.Piece(position, end))
            position = end
        }
    }

    /// Where the match at `position` ends; every position has one.
    @inline(__always)
    private func matchEnd(
        _ at: PatternScanner, _ position: Int, _ bytes: [UInt8], _ traits: [UInt16]
    ) -> Int {
        if at.scalar == 0x27, contractions != .none {
            let length = PatternScanner.contraction(
                bytes, position, at.end, anyCase: contractions == .anyCase)
            if length > 0 { return position + length }
        }
        let letters: ScalarTraits = words == .marked ? [.letter, .mark] : .letter
        if let end = wordEnd(at, position, letters, bytes, traits) { return end }
        if let end = numberEnd(at, position, bytes, traits) { return end }
        let others = letters.union([.number, .space])
        var start = position
        if at.scalar == 0x20, at.next < at.end { start = at.next }
        var end = at.skip(from: start, others, isWanted: false, bytes, traits)
        if end > start {
            if takesLineEnds { end = at.skip(from: end, .lineEnd, isWanted: true, bytes, traits) }
            return end
        }
        return at.spaceEnd(position, takesLineEnds: takesLineEnds, bytes, traits)
    }

    @inline(__always)
    private func wordEnd(
        _ at: PatternScanner, _ position: Int, _ letters: ScalarTraits, _ bytes: [UInt8],
        _ traits: [UInt16]
    ) -> Int? {
        let mayLead =
            words == .spaced
            ? at.scalar == 0x20
            : at.traits.isDisjoint(with: [.letter, .number, .lineEnd])
        if mayLead {
            let end = at.skip(from: at.next, letters, isWanted: true, bytes, traits)
            if end > at.next { return end }
        }
        guard !at.traits.isDisjoint(with: letters) else { return nil }
        return at.skip(from: at.next, letters, isWanted: true, bytes, traits)
    }

    @inline(__always)
    private func numberEnd(
        _ at: PatternScanner, _ position: Int, _ bytes: [UInt8], _ traits: [UInt16]
    ) -> Int? {
        if digitsMax == 0 {
            let start = at.scalar == 0x20 ? at.next : position
            let end = at.skip(from: start, .number, isWanted: true, bytes, traits)
            return end > start ? end : nil
        }
        guard at.traits.contains(.number) else { return nil }
        return at.skip(
            from: at.next, .number, isWanted: true, most: digitsMax - 1, bytes, traits)
    }
}
