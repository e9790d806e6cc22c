/// Proof that some bytes are a given range of a blob: the values of the leaves that the range
/// touches and the sibling path of that run. It is checked whole before any data is needed; then
/// each leaf of data is checked alone.
public struct RangeProof: Equatable, Sendable {
    /// The blob's number of bytes.
    public let size: UInt64
    /// The leaves that the range touches.
    public let leaves: Range<Int>
    /// 32 bytes for each of these leaves.
    public let leafValues: [UInt8]
    /// 32 bytes for each largest subtree outside them, left to right.
    public let siblings: [UInt8]

    /// The leaves that `range` touches; nil if it is empty in a blob that is not, or not inside.
    public static func leaves(covering range: Range<UInt64>, size: UInt64) -> Range<Int>? {
        guard size <= Limits.blobBytesMax, range.upperBound <= size else { return nil }
        if size == 0 { return 0..<1 }
        guard !range.isEmpty else { return nil }
        let leafBytes = UInt64(HashTree.leafBytes)
        return Int(range.lowerBound / leafBytes)..<Int((range.upperBound - 1) / leafBytes) + 1
    }

    /// The groups whose leaf values a proof of `range` needs; nil as for `leaves(covering:size:)`.
    public static func groups(covering range: Range<UInt64>, size: UInt64) -> Range<Int>? {
        guard let leaves = leaves(covering: range, size: size) else { return nil }
        let last = (leaves.upperBound - 1) / HashTree.leavesPerGroup
        return leaves.lowerBound / HashTree.leavesPerGroup..<last + 1
    }

    /// Proves `range` from the blob's group layer and the leaf values of the groups that
    /// `groups(covering:size:)` names, in order.
    public init(
        _ range: Range<UInt64>, layer: GroupLayer, leafValues groupLeafValues: [UInt8]
    ) throws(WireError) {
        guard let leaves = Self.leaves(covering: range, size: layer.size),
            let groups = Self.groups(covering: range, size: layer.size)
        else { throw .invalid("range") }
        guard leaves.count <= Limits.proofLeavesMax else { throw .tooLarge("range") }
        let source = Source(layer: layer, groups: groups, leafValues: groupLeafValues)
        guard source.isComplete else { throw .invalid("leaf values") }
        size = layer.size
        self.leaves = leaves
        leafValues = source.values(of: leaves)
        let run = TreeRun(leaves, of: HashTree.leafCount(size: layer.size))
        siblings = run.siblings.flatMap { source.value(of: $0).bytes }
    }

    /// Decodes a proof for a blob of `size` bytes: first leaf, number of leaves, their values,
    /// siblings, whose count follows from the rest.
    public init(reading reader: inout Reader, size: UInt64) throws(WireError) {
        guard size <= Limits.blobBytesMax else { throw .tooLarge("blob size") }
        let leafCount = HashTree.leafCount(size: size)
        let first = try reader.readCount(limit: leafCount - 1, "first leaf")
        let limit = min(leafCount - first, Limits.proofLeavesMax)
        let count = try reader.readCount(limit: limit, "leaf count")
        guard count > 0 else { throw .invalid("leaf count") }
        self.size = size
        leaves = first..<first + count
        leafValues = try reader.readBytes(count * HashTree.valueBytes)
        let run = TreeRun(leaves, of: leafCount)
        siblings = try reader.readBytes(run.siblings.count * HashTree.valueBytes)
    }

    /// Appends the encoding that `init(reading:size:)` reads.
    public func write(to writer: inout Writer) {
        writer.writeVarint(UInt64(leaves.lowerBound))
        writer.writeVarint(UInt64(leaves.count))
        writer.write(leafValues)
        writer.write(siblings)
    }

    /// The bytes of the blob that the proof covers: its leaves, whole.
    public var coveredBytes: Range<UInt64> {
        let first = HashTree.leafRange(leaves.lowerBound, size: size)
        return first.lowerBound..<HashTree.leafRange(leaves.upperBound - 1, size: size).upperBound
    }

    /// Refuses the proof unless it hashes to `id`.
    public func verify(id: Digest) throws(WireError) {
        let run = TreeRun(leaves, of: HashTree.leafCount(size: size))
        guard run.root(values: leafValues, siblings: siblings) == id else {
            throw .notAuthentic("range proof")
        }
    }

    /// Refuses the proof unless it hashes to `id` and `bytes` are exactly `coveredBytes`.
    public func verify(id: Digest, bytes: RawSpan) throws(WireError) {
        var verifier = try RangeVerifier(proof: self, id: id)
        try verifier.update(bytes)
        try verifier.finish()
    }
}

/// Where a proof takes its values from: whole groups from the layer, their parts from leaves.
private struct Source {
    let layer: GroupLayer
    let groups: Range<Int>
    let leafValues: [UInt8]

    private var firstLeaf: Int { groups.lowerBound * HashTree.leavesPerGroup }

    /// Whether the leaf values are those of the groups; a damaged leaf file is found here.
    var isComplete: Bool {
        let last = HashTree.leaves(ofGroup: groups.upperBound - 1, size: layer.size)
        let count = (last.upperBound - firstLeaf) * HashTree.valueBytes
        guard leafValues.count == count else { return false }
        return groups.allSatisfy { group in
            let leaves = HashTree.leaves(ofGroup: group, size: layer.size)
            return layer.matches(leafValues: values(of: leaves), at: group)
        }
    }

    func values(of leaves: Range<Int>) -> [UInt8] {
        let start = (leaves.lowerBound - firstLeaf) * HashTree.valueBytes
        return Array(leafValues[start..<start + leaves.count * HashTree.valueBytes])
    }

    /// The value of a subtree of leaves that is not the root.
    func value(of leaves: Range<Int>) -> Digest {
        let each = HashTree.leavesPerGroup
        let isInGroups =
            leaves.lowerBound >= firstLeaf && leaves.upperBound <= groups.upperBound * each
        if isInGroups && leaves.count <= each {
            return Kernels.fold(values(of: leaves)[...], isRoot: false)
        }
        let first = leaves.lowerBound / each * HashTree.valueBytes
        let last = (leaves.upperBound + each - 1) / each * HashTree.valueBytes
        return Kernels.fold(layer.values[first..<last], isRoot: false)
    }
}
