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
    }

    func encode(to writer: inout Writer) {
        writer.writeVarint(request)
        writer.write(layer)
        writer.write(blob)
        for number in [group, firstLeaf, leafCount] { writer.writeVarint(number) }
    }

    init(from reader: inout Reader) throws(WireError) {
        request = try reader.readVarint()
        layer = try reader.readDigest()
        blob = try reader.readDigest()
        group = try reader.readVarint()
        firstLeaf = UInt64(try reader.readCount(limit: 63, "first leaf"))
        leafCount = UInt64(try reader.readCount(limit: 64 - Int(firstLeaf), "leaf count"))
    }
}
