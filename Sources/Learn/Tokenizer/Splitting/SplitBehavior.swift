/// What becomes of the matches when a text is split at them.
enum SplitBehavior: String, Sendable {
    /// Gone.
    case removed = "Removed"
    /// Pieces of their own.
    case isolated = "Isolated"
    /// The end of the piece before.
    case mergedWithPrevious = "MergedWithPrevious"
    /// The beginning of the piece behind.
    case mergedWithNext = "MergedWithNext"
    /// Matches side by side are one piece.
    case contiguous = "Contiguous"

    /// The behaviour that a component names.
    init(_ part: TokenizerPart, default standard: SplitBehavior? = nil) throws(LearnError) {
        let name = try part.optionalText("behavior")
        guard let behavior = name.map({ SplitBehavior(rawValue: $0) }) ?? standard else {
            throw .tokenizer(.notUnderstood("\(part.path).behavior \(name ?? "null")"))
        }
        self = behavior
    }

    /// Adds the pieces of `range` to `pieces`, given the matches in it; with `inverts`, what lies
    /// between the matches counts as matched.
    func apply(
        _ matches: [PieceText.Piece], to range: Range<Int>, inverts: Bool,
        into pieces: inout [PieceText.Piece]
    ) {
        var spans: [(piece: PieceText.Piece, isMatch: Bool)] = []
        var last = range.lowerBound
        for match in matches {
            if Int(match.start) > last {
                spans.append((PieceText.Piece(last, Int(match.start)), inverts))
            }
            spans.append((match, !inverts))
            last = Int(match.end)
        }
        if last < range.upperBound {
            spans.append((PieceText.Piece(last, range.upperBound), inverts))
        }
        pieces += merged(spans).filter { $0.start < $0.end }
    }

    private func merged(
        _ spans: [(piece: PieceText.Piece, isMatch: Bool)]
    ) -> [PieceText.Piece] {
        var result: [PieceText.Piece] = []
        var wasMatch = false
        switch self {
        case .removed: return spans.filter { !$0.isMatch }.map(\.piece)
        case .isolated: return spans.map(\.piece)
        case .mergedWithPrevious:
            for (piece, isMatch) in spans {
                if isMatch, !wasMatch, !result.isEmpty {
                    result[result.count - 1].end = piece.end
                } else {
                    result.append(piece)
                }
                wasMatch = isMatch
            }
        case .mergedWithNext:
            for (piece, isMatch) in spans.reversed() {
                if isMatch, !wasMatch, !result.isEmpty {
                    result[result.count - 1].start = piece.start
                } else {
                    result.append(piece)
                }
                wasMatch = isMatch
            }
            result.reverse()
        case .contiguous:
            for (piece, isMatch) in spans {
                if isMatch == wasMatch, !result.isEmpty {
                    result[result.count - 1].end = piece.end
                } else {
                    result.append(piece)
                }
                wasMatch = isMatch
            }
        }
        return result
    }
}
