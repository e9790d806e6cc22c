/// One scalar of a text and what follows it, for the patterns that are matched by hand.
struct PatternScanner {
    /// Where the text ends.
    let end: Int
    /// The scalar looked at.
    var scalar: UInt32 = 0
    /// Its traits.
    var traits: ScalarTraits = []
    /// Where the next scalar starts.
    var next = 0

    init(end: Int) {
        self.end = end
    }

    /// Looks at the scalar at `position`.
    @inline(__always)
    mutating func look(at position: Int, _ bytes: [UInt8], _ table: [UInt16]) {
        let (value, length) = bytes.scalar(at: position)
        scalar = value
        next = position + length
        traits = ScalarTraits(rawValue: table[Int(value)])
    }

    /// Where a run of scalars ends that have one of the traits, or none if they are not wanted.
    @inline(__always)
    func skip(
        from start: Int, _ wanted: ScalarTraits, isWanted: Bool, most: Int = .max,
        _ bytes: [UInt8], _ table: [UInt16]
    ) -> Int {
        var position = start
        var left = most
        while position < end, left > 0 {
            let (value, length) = bytes.scalar(at: position)
            guard (table[Int(value)] & wanted.rawValue != 0) == isWanted else { break }
            position += length
            left -= 1
        }
        return position
    }

    /// The end of `\s*[\r\n]+|\s+(?!\S)|\s+` at a position with white space, the first of the
    /// three only if it takes line ends.
    @inline(__always)
    func spaceEnd(
        _ position: Int, takesLineEnds: Bool, _ bytes: [UInt8], _ table: [UInt16]
    ) -> Int {
        var runEnd = position
        var last = position
        var lineEnd = position
        while runEnd < end {
            let (value, length) = bytes.scalar(at: runEnd)
            guard table[Int(value)] & ScalarTraits.space.rawValue != 0 else { break }
            last = runEnd
            runEnd += length
            if value == 0x0a || value == 0x0d { lineEnd = runEnd }
        }
        if takesLineEnds, lineEnd > position { return lineEnd }
        if runEnd == end || last == position { return max(runEnd, next) }
        return last
    }

    /// The length of `'s`, `'t`, `'re`, `'ve`, `'m`, `'ll` or `'d` at `position`; 0 if none is
    /// there. In any case, U+017F is an s, as Unicode folds it.
    @inline(__always)
    static func contraction(
        _ bytes: [UInt8], _ position: Int, _ end: Int, anyCase: Bool
    ) -> Int {
        let fold: UInt8 = anyCase ? 0x20 : 0
        guard position + 1 < end else { return 0 }
        let first = bytes[position + 1]
        if anyCase, first == 0xc5, position + 2 < end, bytes[position + 2] == 0xbf { return 3 }
        let second = position + 2 < end ? bytes[position + 2] | fold : 0
        switch first | fold {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"):
            return 2
        case UInt8(ascii: "r"), UInt8(ascii: "v"):
            return second == UInt8(ascii: "e") ? 3 : 0
        case UInt8(ascii: "l"): return second == UInt8(ascii: "l") ? 3 : 0
        default: return 0
        }
    }
}
