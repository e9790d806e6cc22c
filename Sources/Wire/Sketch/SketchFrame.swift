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
