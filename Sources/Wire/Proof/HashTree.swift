/// The shape of BLAKE3's tree as blobs use it, and the values of its nodes.
///
/// A blob is cut into *leaves* of 16 KiB and *groups* of 64 leaves (1 MiB). Both are aligned
/// subtrees of BLAKE3's own tree, so their values are its chaining values and the value of the
/// root is the blob id. An only leaf or an only group is itself the root: its value is the id.
/// Values travel and lie on disk as plain runs of 32 bytes.
public enum HashTree {
    /// Bytes of a leaf: the least that can be proven alone.
    public static let leafBytes = 16_384
    /// Bytes of a group: the unit of request, storage and blame.
    public static let groupBytes = 1 << 20
    /// Leaves in a whole group.
    public static let leavesPerGroup = groupBytes / leafBytes
    /// Bytes of a node's value.
    public static let valueBytes = 32

    static let chunksPerLeaf = leafBytes / 1024

    /// Leaves of a blob of `size` bytes; an empty blob has one, empty leaf.
    public static func leafCount(size: UInt64) -> Int {
        count(of: size, each: UInt64(leafBytes))
    }

    /// Groups of a blob of `size` bytes; an empty blob has one, empty group.
    public static func groupCount(size: UInt64) -> Int {
        count(of: size, each: UInt64(groupBytes))
    }

    private static func count(of size: UInt64, each: UInt64) -> Int {
        precondition(size <= Limits.blobBytesMax)
        return max(1, Int((size + each - 1) / each))
    }

    /// The bytes of the blob that lie in group `index`.
    public static func groupRange(_ index: Int, size: UInt64) -> Range<UInt64> {
        range(index, each: UInt64(groupBytes), count: groupCount(size: size), size: size)
    }

    /// The bytes of the blob that lie in leaf `index`.
    public static func leafRange(_ index: Int, size: UInt64) -> Range<UInt64> {
        range(index, each: UInt64(leafBytes), count: leafCount(size: size), size: size)
    }

    private static func range(
        _ index: Int, each: UInt64, count: Int, size: UInt64
    ) -> Range<UInt64> {
        precondition((0..<count).contains(index))
        let start = UInt64(index) * each
        return start..<min(start + each, size)
    }

    /// The leaves that lie in group `index`.
    public static func leaves(ofGroup index: Int, size: UInt64) -> Range<Int> {
        precondition((0..<groupCount(size: size)).contains(index))
        let first = index * leavesPerGroup
        return first..<min(first + leavesPerGroup, leafCount(size: size))
    }

    /// The values of the leaves of one group from its bytes.
    public static func leafValues(
        of bytes: RawSpan, groupIndex: Int, isOnlyGroup: Bool
    ) -> [UInt8] {
        precondition(bytes.byteCount <= groupBytes && groupIndex >= 0)
        if isOnlyGroup && bytes.byteCount <= leafBytes { return Blake3.hash(bytes).bytes }
        var values: [UInt8] = []
        Kernels.appendSubtreeValues(
            of: bytes, chunksEach: chunksPerLeaf,
            firstChunk: UInt64(groupIndex) * UInt64(leavesPerGroup * chunksPerLeaf), to: &values)
        return values
    }

    /// The value of leaf `index` of a blob of so many leaves.
    static func leafValue(of bytes: RawSpan, index: Int, leafCount: Int) -> [UInt8] {
        precondition(bytes.byteCount <= leafBytes && (0..<leafCount).contains(index))
        if leafCount == 1 { return Blake3.hash(bytes).bytes }
        var value: [UInt8] = []
        Kernels.appendSubtreeValues(
            of: bytes, chunksEach: chunksPerLeaf, firstChunk: UInt64(index) * UInt64(chunksPerLeaf),
            to: &value)
        return value
    }

    /// The value of a group from the values of its leaves.
    public static func groupValue(leafValues: [UInt8], isOnlyGroup: Bool) -> Digest {
        Kernels.fold(leafValues[...], isRoot: isOnlyGroup)
    }

    /// The blob id from the values of all groups.
    public static func root(groupValues: [UInt8]) -> Digest {
        Kernels.fold(groupValues[...], isRoot: true)
    }

    /// How many of `count` >= 2 nodes lie in the left subtree: the largest power of two below.
    static func leftCount(of count: Int) -> Int {
        precondition(count >= 2)
        return 1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount)
    }

    /// The value of node `index` in a run of values.
    static func value(_ index: Int, in values: [UInt8]) -> ArraySlice<UInt8> {
        values[index * valueBytes..<(index + 1) * valueBytes]
    }
}
