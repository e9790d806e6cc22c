/// A request for leaves of one transfer group of a blob, through a layer that lists it.
public struct GroupRequest: Equatable, Sendable {
    /// Number chosen by the asker, not in use for another request of this session.
    public let request: UInt64
    /// The layer through which it is asked.
    public let layer: Digest
    /// The blob.
    public let blob: Digest
    /// Index of the 1 MiB group.
    public let group: UInt64
    /// First 16 KiB leaf inside the group.
    public let firstLeaf: UInt64
    /// Number of leaves; 0 = to the end of the group.
    public let leafCount: UInt64
    /// How the group may be coded; nil where it must come as it is. Only a peer that speaks of
    /// coded groups is asked so.
    public var accepts: AcceptedCodings?
    /// Whether the leaves must come with the path that proves them alone (`GroupPart`). Only a
    /// peer that speaks of parts is asked so.
    public let isPart: Bool

    /// Whether it asks for all leaves of the group.
    public var isWhole: Bool { firstLeaf == 0 && leafCount == 0 }

    /// A request for a whole group.
    public init(
        request: UInt64, layer: Digest, blob: Digest, group: UInt64,
        accepts: AcceptedCodings? = nil
    ) {
        self.request = request
        self.layer = layer
        self.blob = blob
        self.group = group
        firstLeaf = 0
        leafCount = 0
        self.accepts = accepts
        isPart = false
    }

    /// A request for some leaves of a group and their path.
    public init(
        request: UInt64, layer: Digest, blob: Digest, group: UInt64, leaves: Range<Int>
    ) {
        precondition(!leaves.isEmpty && leaves.lowerBound >= 0)
        precondition(leaves.upperBound <= HashTree.leavesPerGroup)
        self.request = request
        self.layer = layer
        self.blob = blob
        self.group = group
        firstLeaf = UInt64(leaves.lowerBound)
        leafCount = UInt64(leaves.count)
        isPart = true
    }

    /// The part that it asks for, of a blob of `size` bytes; nil where it asks for none, or the
    /// blob has no such leaves.
    public func part(size: UInt64) -> GroupPart? {
        guard isPart, group <= Limits.blobBytesMax else { return nil }
        let first = Int(firstLeaf)
        return GroupPart(leaves: first..<first + Int(leafCount), ofGroup: Int(group), size: size)
    }

    func encode(to writer: inout Writer) {
        writer.writeVarint(request)
        writer.write(layer)
        writer.write(blob)
        for number in [group, firstLeaf, leafCount] { writer.writeVarint(number) }
    }

    init(from reader: inout Reader, isPart: Bool = false) throws(WireError) {
        request = try reader.readVarint()
        layer = try reader.readDigest()
        blob = try reader.readDigest()
        group = try reader.readVarint()
        firstLeaf = UInt64(try reader.readCount(limit: 63, "first leaf"))
        leafCount = UInt64(try reader.readCount(limit: 64 - Int(firstLeaf), "leaf count"))
        guard !isPart || leafCount > 0 else { throw .invalid("leaf count") }
        self.isPart = isPart
    }
}
