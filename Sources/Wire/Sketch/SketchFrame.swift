/// The first symbols of a node's catalogue, as it answers the question for them.
public struct SketchFrame: Equatable, Sendable {
    /// The salt of the node that answers.
    public let salt: SketchSalt
    /// Records in its catalogue.
    public let size: UInt64
    /// The first symbols; none where the asker's first symbol is the same: so are the catalogues.
    public let symbols: [SketchSymbol]

    /// Records of a catalogue beyond which counts would not fit.
    static let sizeMax: UInt64 = 1 << 40

    /// A frame.
    public init(salt: SketchSalt, size: UInt64, symbols: [SketchSymbol]) {
        precondition(symbols.count <= SetSketch.symbolsMax && size <= Self.sizeMax)
        (self.salt, self.size, self.symbols) = (salt, size, symbols)
    }

    func encode(to writer: inout Writer) {
        writer.write(salt.bytes)
        writer.writeVarint(size)
        writer.writeVarint(UInt64(symbols.count))
        for (index, symbol) in symbols.enumerated() {
            symbol.encode(index: index, of: size, to: &writer)
        }
    }

    init(from reader: inout Reader) throws(WireError) {
        salt = try SketchSalt(from: &reader)
        size = try reader.readVarint()
        guard size <= Self.sizeMax else { throw .tooLarge("catalogue") }
        let count = try reader.readCount(limit: SetSketch.symbolsMax, "symbols")
        var symbols: [SketchSymbol] = []
        for index in 0..<count {
            symbols.append(try SketchSymbol(index: index, of: size, from: &reader))
        }
        self.symbols = symbols
    }
}

/// The question for the first symbols of a peer's catalogue.
public struct SketchRequest: Equatable, Sendable {
    /// The asker's own first symbol under the peer's salt, where it knows that: if it is the
    /// peer's too, nothing need be sent.
    public struct Known: Equatable, Sendable {
        /// The peer's salt of its last frame.
        public let salt: SketchSalt
        /// The asker's first symbol under it.
        public let symbol: SketchSymbol

        /// What is known.
        public init(salt: SketchSalt, symbol: SketchSymbol) {
            (self.salt, self.symbol) = (salt, symbol)
        }
    }

    /// Symbols wanted.
    public let count: Int
    /// What the asker knows.
    public let known: Known?

    /// A question.
    public init(count: Int, known: Known? = nil) {
        precondition((1...SetSketch.symbolsMax).contains(count))
        (self.count, self.known) = (count, known)
    }

    func encode(to writer: inout Writer) {
        writer.writeVarint(UInt64(count))
        guard let known else { return }
        writer.write(known.salt.bytes)
        known.symbol.encode(index: 0, of: 0, to: &writer)
    }

    init(from reader: inout Reader) throws(WireError) {
        let wanted = try reader.readVarint()
        guard (1...UInt64(SetSketch.symbolsMax)).contains(wanted) else {
            throw .tooLarge("symbols")
        }
        count = Int(wanted)
        if reader.isAtEnd {
            known = nil
        } else {
            known = Known(
                salt: try SketchSalt(from: &reader),
                symbol: try SketchSymbol(index: 0, of: 0, from: &reader))
        }
    }
}

extension SetSketch {
    /// A question for a peer's symbols under this sketch's salt, which is the peer's.
    public func question(_ count: Int) -> SketchRequest {
        SketchRequest(count: count, known: .init(salt: salt, symbol: symbols[0]))
    }

    /// The answer to a peer's question: no symbols where the one it told is the same here.
    public func answer(_ request: SketchRequest) -> SketchFrame {
        let isSame = request.known == .init(salt: salt, symbol: symbols[0])
        return SketchFrame(
            salt: salt, size: size, symbols: isSame ? [] : Array(symbols.prefix(request.count)))
    }

    /// What a peer's frame under this sketch's salt says beside it: items on one side only, nil
    /// where its symbols are too few, and by how many records the two differ in number.
    public func compare(_ frame: SketchFrame) -> (difference: Difference?, gap: UInt64) {
        let difference = Self.difference(
            of: frame.symbols, from: symbols.prefix(frame.symbols.count), salt: salt)
        return (difference, max(size, frame.size) - min(size, frame.size))
    }
}
