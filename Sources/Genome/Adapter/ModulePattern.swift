/// A regular expression over module paths, of the kind that PEFT configurations use: literals,
/// `.`, classes, groups, alternatives, repetition, anchors and look-ahead.
///
/// Ours, because it must neither read graphemes nor run away: work is bounded, and what runs out
/// of it counts as not understood.
struct ModulePattern {
    private indirect enum Node {
        case byte(UInt8)
        case set([ClosedRange<UInt8>], isNegated: Bool)
        case sequence([Node])
        case choice([Node])
        case repeated(Node, min: Int, max: Int, isLazy: Bool)
        case ahead(Node, isNegated: Bool)
        case start
        case end
    }

    private let root: Node

    /// Longest pattern in bytes.
    static let bytesMax = 4_096
    /// Most steps of one match.
    private static let stepsMax = 200_000

    /// The pattern of a text; nil if it uses what is not understood.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.bytesMax, bytes.allSatisfy({ (0x20...0x7e).contains($0) }) else {
            return nil
        }
        var reader = PatternReader(bytes)
        guard let root = reader.readChoice(depth: 0), reader.isAtEnd else { return nil }
        self.root = root
    }

    /// Whether the whole of `text` matches (Python's `re.fullmatch`); nil if it cannot be told
    /// within the bound.
    func matchesWhole(_ text: String) -> Bool? {
        let bytes = Array(text.utf8)
        var steps = Self.stepsMax
        let isMatch = Self.match(root, bytes, 0, &steps) { position, _ in
            position == bytes.count
        }
        return steps > 0 ? isMatch : nil
    }

    private static func match(
        _ node: Node, _ bytes: [UInt8], _ position: Int, _ steps: inout Int,
        _ next: (Int, inout Int) -> Bool
    ) -> Bool {
        steps -= 1
        guard steps > 0 else { return false }
        switch node {
        case .byte(let byte):
            return position < bytes.count && bytes[position] == byte && next(position + 1, &steps)
        case .set(let ranges, let isNegated):
            guard position < bytes.count else { return false }
            let isInside = ranges.contains { $0.contains(bytes[position]) }
            return isInside != isNegated && next(position + 1, &steps)
        case .sequence(let nodes):
            return match(nodes[...], bytes, position, &steps, next)
        case .choice(let nodes):
            for node in nodes where match(node, bytes, position, &steps, next) { return true }
            return false
        case .repeated(let inner, let min, let max, let isLazy):
            return matchRepeated(
                inner, min: min, max: max, isLazy: isLazy, bytes, position, &steps, next)
        case .ahead(let inner, let isNegated):
            let isThere = match(inner, bytes, position, &steps) { _, _ in true }
            return isThere != isNegated && next(position, &steps)
        case .start: return position == 0 && next(position, &steps)
        case .end: return position == bytes.count && next(position, &steps)
        }
    }

    private static func match(
        _ nodes: ArraySlice<Node>, _ bytes: [UInt8], _ position: Int, _ steps: inout Int,
        _ next: (Int, inout Int) -> Bool
    ) -> Bool {
        guard let first = nodes.first else { return next(position, &steps) }
        return match(first, bytes, position, &steps) { reached, steps in
            match(nodes.dropFirst(), bytes, reached, &steps, next)
        }
    }

    private static func matchRepeated(
        _ inner: Node, min: Int, max: Int, isLazy: Bool, _ bytes: [UInt8], _ position: Int,
        _ steps: inout Int, _ next: (Int, inout Int) -> Bool
    ) -> Bool {
        func oneMore(_ steps: inout Int) -> Bool {
            guard max > 0 else { return false }
            return match(inner, bytes, position, &steps) { reached, steps in
                // An empty turn changes nothing and would repeat for ever.
                guard reached > position || min > 0 else { return false }
                return matchRepeated(
                    inner, min: Swift.max(min - 1, 0), max: max - 1, isLazy: isLazy, bytes,
                    reached, &steps, next)
            }
        }
        if min > 0 { return oneMore(&steps) }
        if isLazy { return next(position, &steps) || oneMore(&steps) }
        return oneMore(&steps) || next(position, &steps)
    }

    /// Reads a pattern by recursive descent.
    private struct PatternReader {
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

        mutating func readChoice(depth: Int) -> Node? {
            guard depth <= 16 else { return nil }
            var branches: [Node] = []
            repeat {
                guard let branch = readSequence(depth: depth) else { return nil }
                branches.append(branch)
            } while take("|")
            return branches.count == 1 ? branches[0] : .choice(branches)
        }

        private mutating func readSequence(depth: Int) -> Node? {
            var nodes: [Node] = []
            while let byte = next, byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") {
                guard let atom = readAtom(depth: depth), let node = readRepetition(of: atom) else {
                    return nil
                }
                nodes.append(node)
            }
            return .sequence(nodes)
        }

        private mutating func readAtom(depth: Int) -> Node? {
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

        private mutating func readGroup(depth: Int) -> Node? {
            guard let node = readChoice(depth: depth + 1), take(")") else { return nil }
            return node
        }

        private mutating func readEscape() -> Node? {
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

        private mutating func readClass() -> Node? {
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

        private mutating func readRepetition(of atom: Node) -> Node? {
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
            let isLazy = take("?")
            // A repetition of a repetition is an error in Python as well.
            guard next.map({ !"*+{".utf8.contains($0) }) ?? true else { return nil }
            return .repeated(atom, min: bounds.min, max: bounds.max, isLazy: isLazy)
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
}
