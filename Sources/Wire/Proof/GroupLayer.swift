/// The values of all groups of one blob, checked against its id: with it every group can be
/// verified alone, as it arrives and from whomever.
public struct GroupLayer: Equatable, Sendable {
    /// The blob.
    public let id: Digest
    /// Its number of bytes.
    public let size: UInt64
    /// 32 bytes for each group.
    public let values: [UInt8]

    /// A layer from values that a peer or a file gave; refused unless they hash to `id`.
    public init(id: Digest, size: UInt64, values: [UInt8]) throws(WireError) {
        guard size <= Limits.blobBytesMax else { throw .tooLarge("blob size") }
        let count = HashTree.groupCount(size: size)
        guard values.count == count * HashTree.valueBytes else { throw .invalid("group count") }
        guard HashTree.root(groupValues: values) == id else { throw .notAuthentic("group layer") }
        self.id = id
        self.size = size
        self.values = values
    }

    /// A layer from all pages of a blob in order, each already decoded for this size.
    public init(id: Digest, size: UInt64, pages: [GroupPage]) throws(WireError) {
        var values: [UInt8] = []
        for (index, page) in pages.enumerated() {
            guard page.index == index, page.size == size else { throw .invalid("page index") }
            values += page.values
        }
        try self.init(id: id, size: size, values: values)
    }

    /// The layer of a blob of at most one group: its only value is the id.
    public init?(singleGroup id: Digest, size: UInt64) {
        guard size <= UInt64(HashTree.groupBytes) else { return nil }
        self.id = id
        self.size = size
        values = id.bytes
    }

    /// Whether the values still hash to the id: memory can fail after they were checked.
    public var isSound: Bool { HashTree.root(groupValues: values) == id }

    /// Number of groups.
    public var count: Int { values.count / HashTree.valueBytes }

    /// The values of the leaves of group `index` if `bytes` are that group; nil if they are not,
    /// also for a wrong length.
    public func leafValues(ifMatching bytes: RawSpan, at index: Int) -> [UInt8]? {
        guard (0..<count).contains(index) else { return nil }
        let range = HashTree.groupRange(index, size: size)
        guard bytes.byteCount == range.count else { return nil }
        let leafValues = HashTree.leafValues(
            of: bytes, groupIndex: index, isOnlyGroup: count == 1)
        return matches(leafValues: leafValues, at: index) ? leafValues : nil
    }

    /// Whether `bytes` are leaf `index`, where `leafValues` are those of its group: costs one leaf
    /// and one group of values, however large the blob is.
    public func isLeaf(_ bytes: RawSpan, _ index: Int, leafValues: [UInt8]) -> Bool {
        let leafCount = HashTree.leafCount(size: size)
        guard (0..<leafCount).contains(index),
            bytes.byteCount == HashTree.leafRange(index, size: size).count,
            matches(leafValues: leafValues, at: index / HashTree.leavesPerGroup)
        else { return false }
        let value = HashTree.leafValue(of: bytes, index: index, leafCount: leafCount)
        return value[...] == HashTree.value(index % HashTree.leavesPerGroup, in: leafValues)
    }

    /// Whether `leafValues` are those of group `index`.
    public func matches(leafValues: [UInt8], at index: Int) -> Bool {
        guard (0..<count).contains(index) else { return false }
        let leaves = HashTree.leaves(ofGroup: index, size: size)
        guard leafValues.count == leaves.count * HashTree.valueBytes else { return false }
        let value = HashTree.groupValue(leafValues: leafValues, isOnlyGroup: count == 1)
        return value.bytes[...] == HashTree.value(index, in: values)
    }
}
