/// A run of leaves of one group as it travels alone: their bytes, then the *path*, the values of
/// the largest subtrees of the group outside it, left to right. With it the run is checked
/// against the group's own value, whoever sent the rest.
public struct GroupPart: Equatable, Sendable {
    /// The blob's number of bytes.
    public let size: UInt64
    /// Index of the group.
    public let group: Int
    /// The leaves, counted from the group's first.
    public let leaves: Range<Int>
    /// Leaves of the whole group.
    private let leafCount: Int

    /// Leaves of a group of a blob of `size` bytes; nil where they are not leaves of it. The only
    /// leaf of a blob is no part of anything.
    public init?(leaves: Range<Int>, ofGroup group: Int, size: UInt64) {
        guard size <= Limits.blobBytesMax, (0..<HashTree.groupCount(size: size)).contains(group)
        else { return nil }
        leafCount = HashTree.leaves(ofGroup: group, size: size).count
        guard !leaves.isEmpty, leaves.lowerBound >= 0, leaves.upperBound <= leafCount,
            HashTree.leafCount(size: size) > 1
        else { return nil }
        self.size = size
        self.group = group
        self.leaves = leaves
    }

    /// Where its bytes lie in the group.
    public var byteRange: Range<Int> {
        let groupBytes = HashTree.groupRange(group, size: size).count
        let start = leaves.lowerBound * HashTree.leafBytes
        return start..<min(leaves.upperBound * HashTree.leafBytes, groupBytes)
    }

    /// Bytes of the path: 32 for each level of the tree that the part lies below the group, where
    /// it is an aligned run.
    public var pathByteCount: Int { run.siblings.count * HashTree.valueBytes }

    /// Bytes of leaves and path.
    public var byteCount: Int { byteRange.count + pathByteCount }

    private var run: TreeRun { TreeRun(leaves, of: leafCount) }

    /// The path, from the bytes of the whole group.
    public func path(inGroup bytes: RawSpan) -> [UInt8] {
        let values = HashTree.leafValues(of: bytes, groupIndex: group, isOnlyGroup: isOnlyGroup)
        precondition(values.count == leafCount * HashTree.valueBytes)
        return run.siblings.flatMap { nodes in
            let first = nodes.lowerBound * HashTree.valueBytes
            return Kernels.fold(
                values[first..<first + nodes.count * HashTree.valueBytes], isRoot: false
            ).bytes
        }
    }

    private var isOnlyGroup: Bool { HashTree.groupCount(size: size) == 1 }

    /// The value of the whole group, and those of the leaves, from `byteCount` bytes.
    fileprivate func values(of bytes: RawSpan) -> (group: Digest, leaves: [UInt8]) {
        let leafBytes = byteRange.count
        var values: [UInt8] = []
        Kernels.appendSubtreeValues(
            of: bytes.extracting(0..<leafBytes), chunksEach: HashTree.chunksPerLeaf,
            firstChunk: UInt64(
                (group * HashTree.leavesPerGroup + leaves.lowerBound) * HashTree.chunksPerLeaf),
            to: &values)
        var path: [UInt8] = []
        path.append(contentsOf: bytes.extracting(leafBytes..<bytes.byteCount))
        return (run.root(values: values, siblings: path, isRoot: isOnlyGroup), values)
    }
}

extension GroupLayer {
    /// The values of the leaves of a part if `bytes` are its leaves and its path; nil if they are
    /// not, also for a wrong length.
    public func leafValues(ifMatching bytes: RawSpan, as part: GroupPart) -> [UInt8]? {
        guard part.size == size, bytes.byteCount == part.byteCount else { return nil }
        let found = part.values(of: bytes)
        guard found.group.bytes[...] == HashTree.value(part.group, in: values) else { return nil }
        return found.leaves
    }
}
