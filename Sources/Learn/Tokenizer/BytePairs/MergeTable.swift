/// Which two neighbouring tokens become one, and how early.
struct MergeTable: Sendable {
    /// Keys hold the left id above the right one; all ones mark a free slot, which no pair can
    /// be, since ids stay below the vocabulary's limit.
    private var keys: [UInt64]
    /// Rank above the id that the pair becomes.
    private var values: [UInt64]
    private var shift: UInt64
    private static let free = UInt64.max
    /// The value of a pair that does not merge: a rank behind all others.
    static let none = UInt64.max
    /// Seeded, so that a file cannot choose pairs that all meet in one slot.
    private static let factor = UInt64(truncatingIfNeeded: 0x5eed.hashValue) << 1 | 1

    /// A table for `count` pairs.
    init(count: Int) {
        var bits: UInt64 = 4
        while 1 << bits < UInt64(count) * 2 { bits += 1 }
        shift = 64 - bits
        keys = [UInt64](repeating: Self.free, count: 1 << bits)
        values = [UInt64](repeating: Self.none, count: 1 << bits)
    }

    @inline(__always)
    private func slot(of key: UInt64) -> Int {
        let mixed = (key ^ key >> 31) &* Self.factor
        return Int(truncatingIfNeeded: ((mixed ^ mixed >> 29) &* 0x9e37_79b9_7f4a_7c15) >> shift)
    }

    /// Says what a pair becomes; a pair that comes again takes the later rank.
    mutating func insert(_ left: UInt32, _ right: UInt32, rank: UInt32, id: UInt32) {
        let key = UInt64(left) << 32 | UInt64(right)
        var slot = slot(of: key)
        while keys[slot] != Self.free, keys[slot] != key { slot = (slot + 1) & (keys.count - 1) }
        keys[slot] = key
        values[slot] = UInt64(rank) << 32 | UInt64(id)
    }

    /// Rank and id of a pair, or `none`.
    @inline(__always)
    func value(_ left: UInt32, _ right: UInt32) -> UInt64 {
        let key = UInt64(left) << 32 | UInt64(right)
        var slot = slot(of: key)
        while true {
            let found = keys[slot]
            if found == key { return values[slot] }
            if found == Self.free { return Self.none }
            slot = (slot + 1) & (keys.count - 1)
        }
    }
}
