/// Reads a regular expression with the meaning that Oniguruma gives it in its Ruby syntax, which
/// is how `tokenizers` reads the patterns of `Split` and `Replace`.
///
/// What could change a match and is not known is refused: references to groups, conditions,
/// subroutine calls, `\G`, `\R`, `\X`, `\K`, POSIX brackets and the flag `x`.
struct PatternParser {
    private(set) var text: [UInt32]
    var position = 0
    private var depth = 0
    /// Whether case is ignored here.
    var ignoresCase = false
    /// Whether `.` takes line ends here.
    private var dotTakesAll = false

    /// The tree of a pattern.
    static func parse(_ pattern: String) throws(LearnError) -> PatternNode {
        guard pattern.utf8.count <= TokenizerLimits.patternBytesMax else {
            let limit = TokenizerLimits.patternBytesMax
            throw .tokenizer(.tooLarge(what: "split pattern", limit: limit))
        }
        var parser = PatternParser(text: pattern.unicodeScalars.map(\.value))
        let node = try parser.parseChoice()
        guard parser.position == parser.text.count else { throw parser.fault("a ) without a (") }
        return node
    }

    private init(text: [UInt32]) {
        self.text = text
    }

    /// The fault of what stands here.
    func fault(_ reason: String) -> LearnError {
        .tokenizer(.pattern(at: position + 1, reason: reason))
    }

    /// The scalar here, if there is one.
    var current: UInt32? { position < text.count ? text[position] : nil }

    /// Whether `word` stands here; it is then passed.
    mutating func take(_ word: String) -> Bool {
        let scalars = word.unicodeScalars.map(\.value)
        guard text[position...].starts(with: scalars) else { return false }
        position += scalars.count
        return true
    }

    /// The scalar here, which is passed.
    mutating func next() throws(LearnError) -> UInt32 {
        guard let scalar = current else { throw fault("the pattern ends here") }
        position += 1
        return scalar
    }

    private mutating func parseChoice() throws(LearnError) -> PatternNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= TokenizerLimits.patternDepthMax else { throw fault("nested too deeply") }
        let (hadCase, hadDot) = (ignoresCase, dotTakesAll)
        defer { (ignoresCase, dotTakesAll) = (hadCase, hadDot) }
        var branches: [PatternNode] = []
        repeat { branches.append(try parseSequence()) } while take("|")
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func parseSequence() throws(LearnError) -> PatternNode {
        var nodes: [PatternNode] = []
        var lastLetter: UInt32?
        while let scalar = current, scalar != UInt32(ascii: "|"), scalar != UInt32(ascii: ")") {
            // `(?i)` without a group holds to the end of the enclosing group, branches included.
            if let rest = try parseBareFlags() {
                nodes.append(rest)
                break
            }
            let start = position
            let atom = try parseAtom()
            let isLetter = position == start + 1 && ignoresCase
            try refuseLongFolding(lastLetter, isLetter ? scalar : nil)
            lastLetter = isLetter ? scalar : nil
            nodes.append(try parseQuantifiers(of: atom))
        }
        return nodes.count == 1 ? nodes[0] : nodes.isEmpty ? .empty : .sequence(nodes)
    }

    /// Oniguruma lets `(?i:ss)` match one sharp s, and so on; we do not, and say so.
    private func refuseLongFolding(
        _ first: UInt32?, _ second: UInt32?
    ) throws(LearnError) {
        guard let second, second >= 0x80 || first != nil else { return }
        let pairs = ["ss", "ff", "fi", "fl", "st"]
        let long: [ClosedRange<UInt32>] = [
            0xdf...0xdf, 0x149...0x149, 0x1f0...0x1f0, 0x390...0x390, 0x3b0...0x3b0,
            0x587...0x587, 0x1e96...0x1e9e, 0x1f50...0x1f56, 0x1f80...0x1ffc, 0xfb00...0xfb17,
        ]
        var isLong = long.contains { $0.contains(second) }
        if let first, first < 0x80, second < 0x80 {
            let pair = [first | 0x20, second | 0x20]
            isLong = isLong || pairs.contains { $0.unicodeScalars.map(\.value) == pair }
        }
        if isLong { throw fault("letters that fold to several in any case are not supported") }
    }

    private mutating func parseBareFlags() throws(LearnError) -> PatternNode? {
        let start = position
        guard take("(?") else { return nil }
        let (hadCase, hadDot) = (ignoresCase, dotTakesAll)
        if try parseFlags(), take(")") { return try parseRest() }
        position = start
        (ignoresCase, dotTakesAll) = (hadCase, hadDot)
        return nil
    }

    private mutating func parseRest() throws(LearnError) -> PatternNode {
        try parseChoice()
    }

    /// Reads `i`, `m` and `-`; false if something else stands here.
    private mutating func parseFlags() throws(LearnError) -> Bool {
        var isOn = true
        var count = 0
        while let scalar = current {
            switch scalar {
            case UInt32(ascii: "-"): isOn = false
            case UInt32(ascii: "i"): ignoresCase = isOn
            case UInt32(ascii: "m"): dotTakesAll = isOn
            case UInt32(ascii: "a")...UInt32(ascii: "z"): throw fault("this flag is not supported")
            default: return count > 0
            }
            count += 1
            position += 1
        }
        return false
    }

    private mutating func parseAtom() throws(LearnError) -> PatternNode {
        let scalar = try next()
        switch scalar {
        case UInt32(ascii: "("): return try parseGroup()
        case UInt32(ascii: "["): return .set(try parseClass())
        case UInt32(ascii: "."):
            let newline = ScalarSet([0x0a...0x0a])
            return .set(dotTakesAll ? ScalarSet().complement : newline.complement)
        case UInt32(ascii: "^"): return .anchor(.lineStart)
        case UInt32(ascii: "$"): return .anchor(.lineEnd)
        case UInt32(ascii: "\\"): return try parseEscape()
        case UInt32(ascii: "*"), UInt32(ascii: "+"), UInt32(ascii: "?"):
            position -= 1
            throw fault("nothing to repeat")
        default: return .set(literal(scalar))
        }
    }

    /// A scalar, in any case where case is ignored.
    func literal(_ scalar: UInt32) -> ScalarSet {
        guard ignoresCase else { return ScalarSet([scalar...scalar]) }
        return ScalarSet(LetterCase.shared.variants(scalar).map { $0...$0 })
    }

    private mutating func parseGroup() throws(LearnError) -> PatternNode {
        let (hadCase, hadDot) = (ignoresCase, dotTakesAll)
        defer { (ignoresCase, dotTakesAll) = (hadCase, hadDot) }
        let wrap: (PatternNode) -> PatternNode
        if !take("?") {
            wrap = { $0 }
        } else if take(":") {
            wrap = { $0 }
        } else if take("=") {
            wrap = { .ahead($0, isNegative: false) }
        } else if take("!") {
            wrap = { .ahead($0, isNegative: true) }
        } else if take("<=") {
            wrap = { .behind($0, isNegative: false) }
        } else if take("<!") {
            wrap = { .behind($0, isNegative: true) }
        } else if take(">") {
            wrap = { .atomic($0) }
        } else if take("#") {
            while try next() != UInt32(ascii: ")") {}
            return .empty
        } else if take("<") || take("P<") {
            while try next() != UInt32(ascii: ">") {}
            wrap = { $0 }
        } else if try parseFlags(), take(":") {
            wrap = { $0 }
        } else {
            throw fault("this kind of group is not supported")
        }
        let inner = try parseChoice()
        guard take(")") else { throw fault("a ( without a )") }
        return wrap(inner)
    }

    private mutating func parseQuantifiers(of atom: PatternNode) throws(LearnError) -> PatternNode {
        var node = atom
        var count = 0
        while let (least, most, isInterval) = try parseQuantifier() {
            count += 1
            guard count <= 4 else { throw fault("too many quantifiers in a row") }
            var greed = PatternNode.Greed.greedy
            if isInterval, least == most {
                // In this syntax a fixed interval is always greedy: `{2}?` makes it optional.
            } else if take("?") {
                greed = .lazy
            } else if !isInterval, take("+") {
                greed = .possessive
            }
            node = .repetition(node, least: least, most: most, greed)
        }
        return node
    }

    private mutating func parseQuantifier() throws(LearnError) -> (Int, Int?, Bool)? {
        if take("*") { return (0, nil, false) }
        if take("+") { return (1, nil, false) }
        if take("?") { return (0, 1, false) }
        let start = position
        guard take("{") else { return nil }
        let least = parseNumber()
        var most = least
        let hasComma = take(",")
        if hasComma { most = parseNumber() }
        // Braces that are no interval stand for themselves.
        guard take("}"), least != nil || most != nil else {
            position = start
            return nil
        }
        let limit = TokenizerLimits.patternNodesMax
        guard least ?? 0 <= limit, most ?? 0 <= limit else { throw fault("repeated too often") }
        if let most, most < least ?? 0 { throw fault("an interval from more to less") }
        return (least ?? 0, most, true)
    }

    private mutating func parseNumber() -> Int? {
        var value: Int?
        while let scalar = current, (0x30...0x39).contains(scalar) {
            value = min((value ?? 0) * 10 + Int(scalar - 0x30), 1_000_000_000)
            position += 1
        }
        return value
    }
}

extension UInt32 {
    /// The value of an ASCII character.
    init(ascii scalar: Unicode.Scalar) { self = scalar.value }
}
