/// A part of a pattern over module paths.
indirect enum PatternNode {
    case byte(UInt8)
    case set([ClosedRange<UInt8>], isNegated: Bool)
    case sequence([PatternNode])
    case choice([PatternNode])
    case repeated(PatternNode, min: Int, max: Int)
    case ahead(PatternNode, isNegated: Bool)
    case start
    case end
}

/// Reads a pattern by recursive descent.
struct PatternReader {
    let bytes: [UInt8]
    var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }
    var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func take(_ text: String) -> Bool {
        guard bytes[position...].starts(with: text.utf8) else { return false }
        position += text.utf8.count
        return true
    }

    mutating func readChoice(depth: Int) -> PatternNode? {
        guard depth <= 16 else { return nil }
        var branches: [PatternNode] = []
        repeat {
            guard let branch = readSequence(depth: depth) else { return nil }
            branches.append(branch)
        } while take("|")
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func readSequence(depth: Int) -> PatternNode? {
        var nodes: [PatternNode] = []
        while let byte = next, byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") {
            guard let atom = readAtom(depth: depth), let node = readRepetition(of: atom) else {
                return nil
            }
            nodes.append(node)
        }
        return .sequence(nodes)
    }

    private mutating func readAtom(depth: Int) -> PatternNode? {
        if take("(?!") { return readGroup(depth: depth).map { .ahead($0, isNegated: true) } }
        if take("(?=") { return readGroup(depth: depth).map { .ahead($0, isNegated: false) } }
        if take("(?:") { return readGroup(depth: depth) }
        if take("(?") { return nil }
        if take("(") { return readGroup(depth: depth) }
        if take("[") { return readClass() }
        if take("^") { return .start }
        if take("$") { return .end }
        if take(".") { return .set([0x0a...0x0a], isNegated: true) }
        if take("\\") { return readEscape() }
        guard let byte = next, !"*+?{}])".utf8.contains(byte) else { return nil }
        position += 1
        return .byte(byte)
    }

    private mutating func readGroup(depth: Int) -> PatternNode? {
        guard let node = readChoice(depth: depth + 1), take(")") else { return nil }
        return node
    }

    private mutating func readEscape() -> PatternNode? {
        guard let byte = next else { return nil }
        position += 1
        let digits: ClosedRange<UInt8> = 0x30...0x39
        let word: [ClosedRange<UInt8>] = [digits, 0x41...0x5a, 0x61...0x7a, 0x5f...0x5f]
        switch byte {
        case UInt8(ascii: "d"): return .set([digits], isNegated: false)
        case UInt8(ascii: "D"): return .set([digits], isNegated: true)
        case UInt8(ascii: "w"): return .set(word, isNegated: false)
        case UInt8(ascii: "W"): return .set(word, isNegated: true)
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: return nil
        default: return .byte(byte)
        }
    }

    private mutating func readClass() -> PatternNode? {
        let isNegated = take("^")
        var ranges: [ClosedRange<UInt8>] = []
        while let byte = next {
            position += 1
            if byte == UInt8(ascii: "]"), !ranges.isEmpty {
                return .set(ranges, isNegated: isNegated)
            }
            if byte == UInt8(ascii: "\\") {
                guard let escape = readEscape() else { return nil }
                switch escape {
                case .byte(let literal): ranges.append(literal...literal)
                case .set(let inner, false): ranges += inner
                default: return nil
                }
            } else if next == UInt8(ascii: "-"), position + 1 < bytes.count,
                bytes[position + 1] != UInt8(ascii: "]")
            {
                let upper = bytes[position + 1]
                guard byte <= upper, upper != UInt8(ascii: "\\") else { return nil }
                position += 2
                ranges.append(byte...upper)
            } else {
                ranges.append(byte...byte)
            }
        }
        return nil
    }

    private mutating func readRepetition(of atom: PatternNode) -> PatternNode? {
        var bounds: (min: Int, max: Int)?
        if take("*") {
            bounds = (0, .max)
        } else if take("+") {
            bounds = (1, .max)
        } else if take("?") {
            bounds = (0, 1)
        } else if take("{") {
            guard let read = readBounds() else { return nil }
            bounds = read
        }
        guard let bounds else { return atom }
        // Lazy or greedy makes no difference to whether the whole text matches.
        _ = take("?")
        // A repetition of a repetition is an error in Python as well.
        guard next.map({ !"*+{".utf8.contains($0) }) ?? true else { return nil }
        return .repeated(atom, min: bounds.min, max: bounds.max)
    }

    private mutating func readBounds() -> (min: Int, max: Int)? {
        guard let low = readNumber() else { return nil }
        if take("}") { return (low, low) }
        guard take(",") else { return nil }
        if take("}") { return (low, .max) }
        guard let high = readNumber(), take("}"), low <= high else { return nil }
        return (low, high)
    }

    private mutating func readNumber() -> Int? {
        let start = position
        while let byte = next, (0x30...0x39).contains(byte) { position += 1 }
        return Int(String(decoding: bytes[start..<position], as: UTF8.self))
            .flatMap { $0 <= 1_000 ? $0 : nil }
    }
}
