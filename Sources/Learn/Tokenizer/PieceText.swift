/// A part of a text between added tokens, cut into pieces that are encoded one by one.
struct PieceText {
    /// One piece: bytes from `start` to before `end`.
    struct Piece: Equatable {
        var start: Int32
        var end: Int32

        @inline(__always)
        init(_ start: Int, _ end: Int) {
            self.start = Int32(start)
            self.end = Int32(end)
        }

        /// The bytes it covers.
        @inline(__always)
        var range: Range<Int> { Int(start)..<Int(end) }
    }

    /// UTF-8, or bytes that each stand for a letter of the byte alphabet if `isSpelled`.
    var bytes: [UInt8]
    /// The pieces, in order, none of them empty.
    var pieces: [Piece]
    /// Whether it begins where the whole text begins.
    let startsText: Bool
    /// Whether each byte stands for its letter in the byte alphabet.
    var isSpelled = false

    /// One piece of everything.
    init(_ bytes: [UInt8], startsText: Bool) {
        self.bytes = bytes
        self.startsText = startsText
        pieces = bytes.isEmpty ? [] : [Piece(0, bytes.count)]
    }

    /// Writes the letters of the byte alphabet out.
    mutating func spellOut() {
        guard isSpelled else { return }
        isSpelled = false
        rewrite { bytes, _ in ByteAlphabet.spelled(bytes) }
    }

    /// Replaces the bytes of every piece; a piece that becomes empty is gone. `body` gets the
    /// bytes and whether the piece begins the whole text.
    mutating func rewrite(_ body: ([UInt8], Bool) -> [UInt8]) {
        var result: [UInt8] = []
        var rewritten: [Piece] = []
        result.reserveCapacity(bytes.count + pieces.count)
        for piece in pieces {
            let start = result.count
            let isFirst = startsText && piece.start == 0
            result.append(contentsOf: body(Array(bytes[piece.range]), isFirst))
            if result.count > start { rewritten.append(Piece(start, result.count)) }
        }
        bytes = result
        pieces = rewritten
    }
}
