import Wire

/// Some of the leaves of one group, at most 64.
public struct LeafSet: Equatable, Sendable {
    private var bits: UInt64 = 0

    /// No leaves.
    public init() {}

    /// Leaves in a row, from 0 to 63.
    public init(_ leaves: Range<Int>) {
        precondition(leaves.lowerBound >= 0 && leaves.upperBound <= HashTree.leavesPerGroup)
        guard !leaves.isEmpty else { return }
        bits = (.max >> UInt64(HashTree.leavesPerGroup - leaves.count)) << UInt64(leaves.lowerBound)
    }

    /// Whether there are none.
    public var isEmpty: Bool { bits == 0 }

    /// How many there are.
    public var count: Int { bits.nonzeroBitCount }

    /// Adds those of another set.
    public mutating func formUnion(_ other: LeafSet) { bits |= other.bits }

    /// Those that are not in another set.
    public func subtracting(_ other: LeafSet) -> LeafSet {
        var rest = self
        rest.bits &= ~other.bits
        return rest
    }

    /// Whether all of them are in another set.
    public func isSubset(of other: LeafSet) -> Bool { bits & ~other.bits == 0 }

    /// Whether a leaf is in both.
    public func overlaps(_ other: LeafSet) -> Bool { bits & other.bits != 0 }

    /// The first aligned run of at most `count` leaves, a power of two, that is in the set: as long
    /// as it can be, so that its path is short. `all` are the leaves that the group has; nil where
    /// the set is empty.
    func firstRun(of count: Int, in all: LeafSet) -> Range<Int>? {
        var length = count
        while length > 0 {
            for start in stride(from: 0, to: HashTree.leavesPerGroup, by: length) {
                var run = LeafSet(start..<start + length)
                run.bits &= all.bits
                if !run.isEmpty, run.isSubset(of: self) { return start..<start + run.count }
            }
            length /= 2
        }
        return nil
    }
}

/// A group of which parts are here or asked for.
struct GroupParts: Sendable {
    /// Its leaves.
    let all: LeafSet
    /// Those that are here and proven, in the memory of the shell.
    var here = LeafSet()
    /// Those that peers were asked for, and that have not come.
    var asked = LeafSet()

    init(leafCount: Int) { all = LeafSet(0..<leafCount) }

    /// Those that are neither here nor asked for.
    var free: LeafSet { all.subtracting(here).subtracting(asked) }
}

/// What a peer is to be asked for.
struct GroupWish: Equatable, Sendable {
    let group: UInt64
    /// Its leaves; nil for the whole group.
    var leaves: Range<Int>?
    /// The place of the group among the wanted ones; nil where parts of it are here or asked for.
    var index: Int?
}
