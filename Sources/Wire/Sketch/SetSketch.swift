/// The first symbols of a set of items under a salt. Adding or removing one changes about
/// 2 ln n of n symbols, so a sketch is kept beside the set and never made anew.
public struct SetSketch: Sendable {
    /// The salt that it is made with.
    public let salt: SketchSalt
    /// Its symbols.
    public private(set) var symbols: [SketchSymbol]
    /// Items in it.
    public private(set) var size: UInt64 = 0

    /// Most symbols that are kept and sent: enough for about 2,900 items that differ, and what
    /// one message holds at 16 bytes each.
    public static let symbolsMax = 4_000

    /// A sketch of nothing.
    public init(_ salt: SketchSalt, symbols count: Int = symbolsMax) {
        precondition((1...Self.symbolsMax).contains(count))
        self.salt = salt
        symbols = [SketchSymbol](repeating: .init(), count: count)
    }

    /// What a record is called in a sketch: the first 8 bytes of its id.
    public static func item(_ id: Digest) -> UInt64 { id.words.0 }

    /// Adds an item that is not in it.
    public mutating func add(_ item: UInt64) {
        change(item, times: 1)
        size += 1
    }

    /// Removes an item that is in it.
    public mutating func remove(_ item: UInt64) {
        change(item, times: -1)
        size -= 1
    }

    private mutating func change(_ item: UInt64, times: Int64) {
        let hash = salt.hash(item)
        var places = SketchPlaces(hash: hash)
        while places.index < UInt64(symbols.count) {
            symbols[Int(places.index)].add(item, hash: hash, times: times)
            places.advance()
        }
    }

    /// What one set has that another has not, both ways.
    public struct Difference: Equatable, Sendable {
        /// Items of the other set alone.
        public let theirs: [UInt64]
        /// Items of this set alone.
        public let ours: [UInt64]

        /// A difference.
        public init(theirs: [UInt64], ours: [UInt64]) {
            (self.theirs, self.ours) = (theirs, ours)
        }
    }

    /// Takes apart the difference of the first symbols of two sets under one salt: symbols that
    /// hold one item give it away, it is taken off wherever it is, and others hold one item then.
    /// Nil where the symbols are too few, or are not those of a set.
    public static func difference(
        of theirs: [SketchSymbol], from ours: some Collection<SketchSymbol>, salt: SketchSalt
    ) -> Difference? {
        precondition(theirs.count == ours.count)
        var symbols = zip(theirs, ours).map { $0.subtracting($1) }
        var (left, right): ([UInt64], [UInt64]) = ([], [])
        var open = symbols.indices.filter { symbols[$0].single(salt) != nil }
        while let index = open.popLast() {
            guard let (item, hash, side) = symbols[index].single(salt) else { continue }
            // Every item takes a symbol: more of them come from symbols that nobody computed.
            guard left.count + right.count < symbols.count else { return nil }
            if side > 0 { left.append(item) } else { right.append(item) }
            var places = SketchPlaces(hash: hash)
            while places.index < UInt64(symbols.count) {
                let place = Int(places.index)
                symbols[place].add(item, hash: hash, times: -side)
                if symbols[place].single(salt) != nil { open.append(place) }
                places.advance()
            }
        }
        // Every item is in symbol 0; the others must agree, or the symbols are made up.
        guard symbols.allSatisfy(\.isEmpty) else { return nil }
        return Difference(theirs: left, ours: right)
    }
}
