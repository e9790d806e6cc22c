import Wire

/// Proofs over the tree of RFC 6962 §2.1: that an entry is in a tree, and that one tree is the
/// beginning of another. Made from hashes of perfect subtrees, checked from nothing but the proof.
public enum MerkleProof {
    /// Most hashes of a proof: one for each level of a tree of 2^63 entries.
    public static let hashesMax = 63

    /// Gives the hash of the perfect subtree of 2^level entries that begins at entry
    /// index · 2^level.
    typealias Subtree = (_ level: Int, _ index: UInt64) throws(StoreError) -> Digest

    // MARK: Making

    /// The path from entry `index` to the root over `count` entries (RFC 6962 §2.1.1).
    static func inclusion(
        of index: UInt64, in count: UInt64, _ subtree: Subtree
    ) throws(StoreError) -> [Digest] {
        precondition(index < count)
        var path: [Digest] = []
        var (start, rest) = (UInt64(0), count)
        while rest > 1 {
            let left = split(rest)
            if index - start < left {
                path.append(try root(start + left, rest - left, subtree))
                rest = left
            } else {
                path.append(try root(start, left, subtree))
                start += left
                rest -= left
            }
        }
        return path.reversed()
    }

    /// The proof that the tree over `old` entries is the beginning of the one over `new`
    /// (RFC 6962 §2.1.2); empty for equal sizes and for none.
    static func consistency(
        from old: UInt64, to new: UInt64, _ subtree: Subtree
    ) throws(StoreError) -> [Digest] {
        precondition(old <= new)
        guard old > 0, old < new else { return [] }
        var proof: [Digest] = []
        var (start, rest, part, isWhole) = (UInt64(0), new, old, true)
        while part < rest {
            let left = split(rest)
            if part <= left {
                proof.append(try root(start + left, rest - left, subtree))
                rest = left
            } else {
                proof.append(try root(start, left, subtree))
                start += left
                rest -= left
                part -= left
                isWhole = false
            }
        }
        if !isWhole { proof.append(try root(start, rest, subtree)) }
        return proof.reversed()
    }

    /// The root over `count` entries from `start`, which is a multiple of a power of two that is
    /// not below them.
    static func root(
        _ start: UInt64, _ count: UInt64, _ subtree: Subtree
    ) throws(StoreError) -> Digest {
        guard count.nonzeroBitCount > 1 else {
            let level = count.trailingZeroBitCount
            return try subtree(level, start >> UInt64(level))
        }
        let left = split(count)
        return MerkleLog.nodeHash(
            try root(start, left, subtree), try root(start + left, count - left, subtree))
    }

    /// The largest power of two below a number above 1.
    private static func split(_ count: UInt64) -> UInt64 {
        1 << UInt64(63 - (count - 1).leadingZeroBitCount)
    }

    // MARK: Checking

    /// Whether `path` leads from the hash of entry `index` to the root over `count` entries
    /// (RFC 9162 §2.1.3.2).
    public static func isIncluded(
        _ leaf: Digest, at index: UInt64, in count: UInt64, root: Digest, path: [Digest]
    ) -> Bool {
        guard index < count, path.count <= hashesMax else { return false }
        var climb = Climb(place: index, last: count - 1)
        var hash = leaf
        for sibling in path {
            guard let isRight = climb.step() else { return false }
            hash = MerkleLog.nodeHash(isRight ? sibling : hash, isRight ? hash : sibling)
        }
        return climb.isAtRoot && hash == root
    }

    /// Whether the tree over `old` entries is the beginning of the one over `new`
    /// (RFC 9162 §2.1.4.2).
    public static func isConsistent(
        old: UInt64, root oldRoot: Digest, new: UInt64, root newRoot: Digest, proof: [Digest]
    ) -> Bool {
        guard old <= new, proof.count <= hashesMax else { return false }
        if old == 0 { return proof.isEmpty && oldRoot == MerkleLog().root }
        if old == new { return proof.isEmpty && oldRoot == newRoot }
        var hashes = proof[...]
        var (place, last) = (old - 1, new - 1)
        while place & 1 == 1 {
            place >>= 1
            last >>= 1
        }
        // A whole subtree on the left needs no hash: it is the old root itself.
        guard let first = place == 0 ? oldRoot : hashes.popFirst() else { return false }
        var (before, after) = (first, first)
        var climb = Climb(place: place, last: last)
        for sibling in hashes {
            guard let isRight = climb.step() else { return false }
            if isRight { before = MerkleLog.nodeHash(sibling, before) }
            after = MerkleLog.nodeHash(isRight ? sibling : after, isRight ? after : sibling)
        }
        return climb.isAtRoot && before == oldRoot && after == newRoot
    }

    /// The way from a node up to the root, beside the last node of each level.
    private struct Climb {
        var place: UInt64
        var last: UInt64

        var isAtRoot: Bool { last == 0 }

        /// Goes up past one sibling; whether the node was the right one of the two, nil at the
        /// root. Levels on which the last node has no sibling are skipped.
        mutating func step() -> Bool? {
            guard last > 0 else { return nil }
            let isRight = place & 1 == 1 || place == last
            while isRight, place & 1 == 0, place != 0 { rise() }
            rise()
            return isRight
        }

        private mutating func rise() {
            place >>= 1
            last >>= 1
        }
    }
}
