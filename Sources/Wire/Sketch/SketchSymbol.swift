/// One symbol of a sketch: what the items that are mapped to it add up to.
public struct SketchSymbol: Equatable, Sendable {
    /// The items, each the first 8 bytes of a record id, added without carry.
    public private(set) var sum: UInt64 = 0
    /// Lower halves of their salted hashes, likewise: tells a single item from several.
    public private(set) var check: UInt32 = 0
    /// Their number; of a difference those of the one side less those of the other.
    public private(set) var count: Int64 = 0

    /// A symbol of no item.
    public init() {}

    init(sum: UInt64, check: UInt32, count: Int64) {
        (self.sum, self.check, self.count) = (sum, check, count)
    }

    /// Whether nothing is in it.
    public var isEmpty: Bool { self == SketchSymbol() }

    /// Adds an item `times` times: 1 or −1.
    mutating func add(_ item: UInt64, hash: UInt64, times: Int64) {
        sum ^= item
        check ^= UInt32(truncatingIfNeeded: hash)
        count &+= times
    }

    /// What is in this one and not in the other, and the other way round with a negative count.
    func subtracting(_ other: SketchSymbol) -> SketchSymbol {
        SketchSymbol(
            sum: sum ^ other.sum, check: check ^ other.check, count: count &- other.count)
    }

    /// The item, if there is exactly one: 1 or −1 says of which side.
    func single(_ salt: SketchSalt) -> (item: UInt64, hash: UInt64, side: Int64)? {
        guard count == 1 || count == -1 else { return nil }
        let hash = salt.hash(sum)
        guard UInt32(truncatingIfNeeded: hash) == check else { return nil }
        return (sum, hash, count)
    }

    /// Items that a set of `size` has on average in symbol `index`: 2 of `index` + 2.
    private static func expected(_ size: UInt64, _ index: Int) -> Int64 {
        Int64(size * 2 / UInt64(index + 2))
    }

    /// Its count is written as the difference from what a set of `size` has on average.
    func encode(index: Int, of size: UInt64, to writer: inout Writer) {
        writer.write(sum)
        writer.write(check)
        let difference = count &- Self.expected(size, index)
        writer.writeVarint(UInt64(bitPattern: difference << 1 ^ difference >> 63))
    }

    init(index: Int, of size: UInt64, from reader: inout Reader) throws(WireError) {
        sum = try reader.readUInt64()
        check = try reader.readUInt32()
        let coded = try reader.readVarint()
        let difference = Int64(bitPattern: coded >> 1) ^ -Int64(bitPattern: coded & 1)
        count = Self.expected(size, index) &+ difference
    }
}
