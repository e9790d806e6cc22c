/// Hashes a blob as a stream and keeps the values of its leaves and groups.
///
/// Memory besides the values: one leaf. A caller that writes leaf values to disk as they come
/// takes them away with `takeLeafValues`; group values (32 bytes a MiB) stay until the end.
public struct TreeHasher: Sendable {
    /// What a finished stream was.
    public struct Summary: Equatable, Sendable {
        /// BLAKE3-256 of all bytes.
        public let id: Digest
        /// Number of bytes.
        public let size: UInt64
        /// The leaf values that were not taken before.
        public let leafValues: [UInt8]
        /// The values of all groups.
        public let groupValues: [UInt8]
    }

    /// The last bytes, at most one leaf. A full leaf waits for another byte before it is hashed,
    /// because only then it is certain that it is not the root.
    private var pending: [UInt8] = []
    private var leafValues: [UInt8] = []
    /// The leaves of the group that is being filled; a full group waits like a full leaf.
    private var groupLeaves: [UInt8] = []
    private var groupValues: [UInt8] = []
    private var leafCount: UInt64 = 0
    private var size: UInt64 = 0

    /// A stream of no bytes.
    public init() {
        pending.reserveCapacity(HashTree.leafBytes)
    }

    /// Adds `bytes` to the stream.
    public mutating func update(_ bytes: RawSpan) {
        size += UInt64(bytes.byteCount)
        var start = 0
        if !pending.isEmpty {
            start = min(HashTree.leafBytes - pending.count, bytes.byteCount)
            pending.append(contentsOf: bytes.extracting(0..<start))
            guard start < bytes.byteCount else { return }
            flushPending()
        }
        let rest = bytes.byteCount - start
        guard rest > 0 else { return }
        let wholeBytes = (rest - 1) / HashTree.leafBytes * HashTree.leafBytes
        append(leaves: bytes.extracting(start..<start + wholeBytes))
        pending.append(contentsOf: bytes.extracting((start + wholeBytes)..<bytes.byteCount))
    }

    /// The leaf values known so far that were not taken before, in order.
    public mutating func takeLeafValues() -> [UInt8] {
        defer { leafValues = [] }
        return leafValues
    }

    /// The names of everything added.
    public consuming func finish() -> Summary {
        if leafCount == 0 {
            let id = Blake3.hash(pending)
            return Summary(id: id, size: size, leafValues: id.bytes, groupValues: id.bytes)
        }
        flushPending()
        let isOnlyGroup = groupValues.isEmpty
        groupValues += Kernels.fold(groupLeaves[...], isRoot: isOnlyGroup).bytes
        let id = isOnlyGroup ? Digest(bytes: groupValues) : nil
        return Summary(
            id: id ?? HashTree.root(groupValues: groupValues), size: size,
            leafValues: leafValues, groupValues: groupValues)
    }

    private mutating func flushPending() {
        let leaf = pending
        append(leaves: leaf.span.bytes)
        pending.removeAll(keepingCapacity: true)
    }

    private mutating func append(leaves bytes: RawSpan) {
        let start = leafValues.count
        Kernels.appendSubtreeValues(
            of: bytes, chunksEach: HashTree.chunksPerLeaf,
            firstChunk: leafCount * UInt64(HashTree.chunksPerLeaf), to: &leafValues)
        leafCount += UInt64((leafValues.count - start) / HashTree.valueBytes)
        var position = start
        let groupFull = HashTree.leavesPerGroup * HashTree.valueBytes
        while position < leafValues.count {
            if groupLeaves.count == groupFull {
                groupValues += Kernels.fold(groupLeaves[...], isRoot: false).bytes
                groupLeaves.removeAll(keepingCapacity: true)
            }
            let end = min(position + groupFull - groupLeaves.count, leafValues.count)
            groupLeaves += leafValues[position..<end]
            position = end
        }
    }
}
