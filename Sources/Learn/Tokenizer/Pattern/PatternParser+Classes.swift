/// Escapes and bracketed classes.
extension PatternParser {
    /// What stands behind a backslash outside of brackets.
    mutating func parseEscape() throws(LearnError) -> PatternNode {
        guard let scalar = current else { throw fault("the pattern ends here") }
        let anchors: [Unicode.Scalar: PatternNode.Anchor] = [
            "A": .textStart, "z": .textEnd, "Z": .textEndOrLineEnd, "b": .wordEdge,
            "B": .noWordEdge,
        ]
        if let letter = Unicode.Scalar(scalar), let anchor = anchors[letter] {
            position += 1
            return .anchor(anchor)
        }
        if let set = try parseClassEscape(isBracketed: false) { return .set(set) }
        return .set(literal(try parseCharacterEscape()))
    }

    /// `\w` inside of brackets, where Oniguruma leaves out six superscripts and fractions of
    /// Latin-1 that it takes for word characters elsewhere.
    private static let bracketedWord = ScalarSet(.word).intersection(
        ScalarSet([0xb2...0xb3, 0xb9...0xb9, 0xbc...0xbe]).complement)

    /// `\s`, `\p{L}` and their like; nil if the escape is one character.
    private mutating func parseClassEscape(
        isBracketed: Bool
    ) throws(LearnError) -> ScalarSet? {
        guard let scalar = current, let letter = Unicode.Scalar(scalar) else { return nil }
        let set: ScalarSet?
        switch letter {
        case "s", "S": set = ScalarSet(.space)
        case "w", "W": set = isBracketed ? Self.bracketedWord : ScalarSet(.word)
        case "d", "D": set = ScalarSet(property: "Nd")
        case "h", "H": set = ScalarSet([0x30...0x39, 0x41...0x46, 0x61...0x66])
        case "p", "P": return try parseProperty(isBracketed)
        default: return nil
        }
        position += 1
        guard let set else { return nil }
        return letter.properties.isUppercase ? set.complement : set
    }

    private mutating func parseProperty(_ isBracketed: Bool) throws(LearnError) -> ScalarSet {
        var isNegative = try next() == UInt32(ascii: "P")
        guard take("{") else { throw fault("a property is written in braces") }
        if take("^") { isNegative.toggle() }
        let start = position
        while try next() != UInt32(ascii: "}") {}
        let name = String(
            String.UnicodeScalarView(text[start..<(position - 1)].compactMap { Unicode.Scalar($0) })
        )
        let isWord = isBracketed && name.lowercased() == "word"
        guard let set = isWord ? Self.bracketedWord : ScalarSet(property: name) else {
            position = start
            throw fault("the property \(name) is not known")
        }
        return isNegative ? set.complement : set
    }

    /// One character that is written with a backslash.
    private mutating func parseCharacterEscape() throws(LearnError) -> UInt32 {
        let scalar = try next()
        guard let letter = Unicode.Scalar(scalar) else { throw fault("no character") }
        switch letter {
        case "t": return 0x09
        case "n": return 0x0a
        case "v": return 0x0b
        case "f": return 0x0c
        case "r": return 0x0d
        case "a": return 0x07
        case "e": return 0x1b
        case "x":
            if take("{") {
                let value = try parseHexadecimal(digits: 1...8)
                guard take("}") else { throw fault("a } is missing") }
                return value
            }
            return try parseHexadecimal(digits: 1...2)
        case "u": return try parseHexadecimal(digits: 4...4)
        case "0"..."9", "a"..."z", "A"..."Z":
            position -= 1
            throw fault("the escape \\\(letter) is not supported")
        default: return scalar
        }
    }

    private mutating func parseHexadecimal(digits: ClosedRange<Int>) throws(LearnError) -> UInt32 {
        var value: UInt32 = 0
        var count = 0
        while count < digits.upperBound, let scalar = current,
            let digit = Unicode.Scalar(scalar).flatMap({ Character($0).hexDigitValue }),
            scalar < 0x80
        {
            value = value << 4 | UInt32(digit)
            count += 1
            position += 1
        }
        // Above ASCII, `\xHH` is a byte and not a character.
        guard digits.contains(count), Unicode.Scalar(value) != nil,
            digits.upperBound != 2 || value < 0x80
        else { throw fault("not the number of a character") }
        return value
    }

    /// A class, whose opening bracket was passed.
    mutating func parseClass(depth: Int = 0) throws(LearnError) -> ScalarSet {
        guard depth < TokenizerLimits.patternDepthMax else { throw fault("nested too deeply") }
        let isNegative = take("^")
        var set = ScalarSet()
        var both: ScalarSet?
        var ranges: [ClosedRange<UInt32>] = []
        var isFirst = true
        while true {
            if !isFirst, take("]") { break }
            isFirst = false
            if take("&&") {
                let whole = set.union(ScalarSet(ranges))
                both = both.map { $0.intersection(whole) } ?? whole
                (set, ranges) = (ScalarSet(), [])
                continue
            }
            if take("[") {
                if current == UInt32(ascii: ":") { throw fault("[:name:] is not supported") }
                set = set.union(try parseClass(depth: depth + 1))
                continue
            }
            if take("\\") {
                if let escaped = try parseClassEscape(isBracketed: true) {
                    set = set.union(escaped)
                    continue
                }
                position -= 1
            }
            ranges.append(try parseRange())
        }
        set = set.union(ScalarSet(ranges))
        if let both { set = both.intersection(set) }
        if ignoresCase { set = set.closedOverCase }
        return isNegative ? set.complement : set
    }

    /// One character of a class, or the first and last of several.
    private mutating func parseRange() throws(LearnError) -> ClosedRange<UInt32> {
        let first = try parseClassCharacter()
        let start = position
        guard take("-") else { return first...first }
        // A hyphen before the end of the class stands for itself.
        if current == UInt32(ascii: "]") {
            position = start
            return first...first
        }
        if let scalar = current, scalar == UInt32(ascii: "[") {
            throw fault("a range needs a character at its end")
        }
        let last = try parseClassCharacter()
        guard first <= last else { throw fault("a range from more to less") }
        return first...last
    }

    private mutating func parseClassCharacter() throws(LearnError) -> UInt32 {
        guard take("\\") else { return try next() }
        if take("b") { return 0x08 }
        return try parseCharacterEscape()
    }
}
