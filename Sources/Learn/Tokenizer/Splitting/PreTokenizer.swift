/// One step that cuts a text into pieces before the model sees it.
enum PreTokenizer: Sendable {
    /// When `Metaspace` writes its letter before a piece.
    enum Prepending: String, Sendable {
        case first, never, always
    }

    /// Bytes become letters; before that, cut by the GPT-2 pattern.
    case byteLevel(addsSpace: Bool, splits: Bool)
    /// Cut at a pattern.
    case split(SplitPattern, SplitBehavior, inverts: Bool)
    /// Cut at scalars with a trait.
    case traits(ScalarTraits, SplitBehavior)
    /// Runs of word characters and runs of others, white space gone.
    case whitespace
    /// Spaces become a letter, which may begin every piece.
    case metaspace(letter: UInt32, Prepending, splits: Bool)

    /// Cuts every piece of `text`.
    func apply(to text: inout PieceText) throws(LearnError) {
        switch self {
        case .byteLevel(let addsSpace, let splits): byteLevel(&text, addsSpace, splits)
        case .split(let pattern, let behavior, let inverts):
            text.spellOut()
            try cut(&text, pattern, behavior, inverts: inverts)
        case .traits(let traits, let behavior):
            text.spellOut()
            cut(&text, traits, behavior)
        case .whitespace:
            text.spellOut()
            cutWords(&text)
        case .metaspace(let letter, let prepending, let splits):
            text.spellOut()
            metaspace(&text, letter, prepending, splits)
        }
        guard text.bytes.count <= TokenizerLimits.textBytesMax * 2 else {
            let what = "text after \(self)"
            throw .tokenizer(.tooLarge(what: what, limit: TokenizerLimits.textBytesMax * 2))
        }
    }

    private func byteLevel(_ text: inout PieceText, _ addsSpace: Bool, _ splits: Bool) {
        text.spellOut()
        let lacksSpace = text.pieces.contains { text.bytes[Int($0.start)] != 0x20 }
        if addsSpace, lacksSpace {
            text.rewrite { bytes, _ in bytes.first == 0x20 ? bytes : [0x20] + bytes }
        }
        if splits {
            var pieces: [PieceText.Piece] = []
            pieces.reserveCapacity(text.bytes.count / 4)
            for piece in text.pieces {
                KnownPattern.gpt2.split(text.bytes, piece.range, into: &pieces)
            }
            text.pieces = pieces
        }
        text.isSpelled = true
    }

    private func cut(
        _ text: inout PieceText, _ pattern: SplitPattern, _ behavior: SplitBehavior,
        inverts: Bool
    ) throws(LearnError) {
        var pieces: [PieceText.Piece] = []
        // Known patterns match everywhere, so that their matches are the pieces.
        if case .known(let known) = pattern, behavior == .isolated {
            pieces.reserveCapacity(text.bytes.count / 4)
            for piece in text.pieces { known.split(text.bytes, piece.range, into: &pieces) }
        } else {
            for piece in text.pieces {
                var matches: [PieceText.Piece] = []
                try pattern.find(in: text.bytes, piece.range, into: &matches)
                behavior.apply(matches, to: piece.range, inverts: inverts, into: &pieces)
            }
        }
        text.pieces = pieces
    }

    private func cut(
        _ text: inout PieceText, _ wanted: ScalarTraits, _ behavior: SplitBehavior
    ) {
        let traits = UnicodeTables.shared.traits
        var pieces: [PieceText.Piece] = []
        for piece in text.pieces {
            var matches: [PieceText.Piece] = []
            var position = Int(piece.start)
            while position < piece.end {
                let (value, length) = text.bytes.scalar(at: position)
                if traits[Int(value)] & wanted.rawValue != 0 {
                    matches.append(PieceText.Piece(position, position + length))
                }
                position += length
            }
            if matches.isEmpty {
                pieces.append(piece)
            } else {
                behavior.apply(matches, to: piece.range, inverts: false, into: &pieces)
            }
        }
        text.pieces = pieces
    }

    /// `\w+|[^\w\s]+`, the rest removed.
    private func cutWords(_ text: inout PieceText) {
        let traits = UnicodeTables.shared.traits
        var pieces: [PieceText.Piece] = []
        for piece in text.pieces {
            var position = Int(piece.start)
            var start = position
            var last = ScalarTraits.space
            while position < piece.end {
                let (value, length) = text.bytes.scalar(at: position)
                let found = ScalarTraits(rawValue: traits[Int(value)])
                let kind: ScalarTraits =
                    found.contains(.plainWord)
                    ? .plainWord : found.contains(.space) ? .space : .punctuation
                if kind != last {
                    if last != .space { pieces.append(PieceText.Piece(start, position)) }
                    start = position
                    last = kind
                }
                position += length
            }
            if last != .space { pieces.append(PieceText.Piece(start, Int(piece.end))) }
        }
        text.pieces = pieces
    }

    private func metaspace(
        _ text: inout PieceText, _ letter: UInt32, _ prepending: Prepending, _ splits: Bool
    ) {
        var mark: [UInt8] = []
        mark.append(scalar: letter)
        text.rewrite { bytes, isFirst in
            var result: [UInt8] = []
            for byte in bytes {
                if byte == 0x20 { result += mark } else { result.append(byte) }
            }
            let prepends = prepending == .always || prepending == .first && isFirst
            return prepends && !result.starts(with: mark) ? mark + result : result
        }
        guard splits else { return }
        var pieces: [PieceText.Piece] = []
        for piece in text.pieces {
            var matches: [PieceText.Piece] = []
            var position = Int(piece.start)
            while position < piece.end {
                let (value, length) = text.bytes.scalar(at: position)
                if value == letter {
                    matches.append(PieceText.Piece(position, position + length))
                }
                position += length
            }
            SplitBehavior.mergedWithNext.apply(
                matches, to: piece.range, inverts: false, into: &pieces)
        }
        text.pieces = pieces
    }
}
