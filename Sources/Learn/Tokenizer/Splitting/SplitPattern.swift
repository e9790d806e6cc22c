/// What `Split` and `Replace` look for.
enum SplitPattern: Sendable {
    /// This text.
    case text([UInt8])
    /// A published pattern, matched by hand.
    case known(KnownPattern)
    /// Any other regular expression.
    case program(PatternProgram)

    /// The pattern of a regular expression.
    init(regex: String) throws(LearnError) {
        let known = KnownPattern.byText.first { $0.text.utf8.elementsEqual(regex.utf8) }
        if let known {
            self = .known(known.pattern)
        } else {
            self = .program(try PatternProgram(regex))
        }
    }

    /// Adds the matches in `bytes[range]` to `matches`, in order.
    func find(
        in bytes: [UInt8], _ range: Range<Int>, into matches: inout [PieceText.Piece]
    ) throws(LearnError) {
        switch self {
        case .text(let text): Self.find(text, in: bytes, range, into: &matches)
        case .known(let pattern): pattern.split(bytes, range, into: &matches)
        case .program(let program):
            var matcher = PatternMatcher(program, range)
            try matcher.findAll(in: bytes, into: &matches)
        }
    }

    private static func find(
        _ text: [UInt8], in bytes: [UInt8], _ range: Range<Int>,
        into matches: inout [PieceText.Piece]
    ) {
        guard let first = text.first else { return }
        var position = range.lowerBound
        while position + text.count <= range.upperBound {
            if bytes[position] == first,
                (1..<text.count).allSatisfy({ bytes[position + $0] == text[$0] })
            {
                matches.append(PieceText.Piece(position, position + text.count))
                position += text.count
            } else {
                position += 1
            }
        }
    }
}
