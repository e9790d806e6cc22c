/// An aligned run of at most 1,024 group values of a blob with its sibling path, so that each
/// page can be checked alone against the blob id, whoever sent it.
public struct GroupPage: Equatable, Sendable {
    /// The blob's number of bytes.
    public let size: UInt64
    /// Page `index` starts at group `index * Limits.pageGroupsMax`.
    public let index: Int
    /// 32 bytes for each group of the page.
    public let values: [UInt8]
    /// 32 bytes for each largest subtree outside the page, left to right.
    public let siblings: [UInt8]

    /// Pages of a blob of `size` bytes.
    public static func count(size: UInt64) -> Int {
        (HashTree.groupCount(size: size) + Limits.pageGroupsMax - 1) / Limits.pageGroupsMax
    }

    /// The groups of page `index`.
    public static func groups(ofPage index: Int, size: UInt64) -> Range<Int> {
        precondition((0..<count(size: size)).contains(index))
        let first = index * Limits.pageGroupsMax
        return first..<min(first + Limits.pageGroupsMax, HashTree.groupCount(size: size))
    }

    /// Page `index` of a layer.
    public init(_ index: Int, of layer: GroupLayer) {
        let groups = Self.groups(ofPage: index, size: layer.size)
        let run = TreeRun(groups, of: layer.count)
        size = layer.size
        self.index = index
        values = Self.slice(groups, of: layer)
        siblings = run.siblings.flatMap { nodes in
            Kernels.fold(Self.slice(nodes, of: layer)[...], isRoot: false).bytes
        }
    }

    private static func slice(_ groups: Range<Int>, of layer: GroupLayer) -> [UInt8] {
        let width = HashTree.valueBytes
        return Array(layer.values[groups.lowerBound * width..<groups.upperBound * width])
    }

    /// Decodes a page of a blob of `size` bytes: page index, then values, then siblings, all
    /// counts given by index and size.
    public init(reading reader: inout Reader, size: UInt64) throws(WireError) {
        guard size <= Limits.blobBytesMax else { throw .tooLarge("blob size") }
        let index = try reader.readCount(limit: Self.count(size: size) - 1, "page index")
        let groups = Self.groups(ofPage: index, size: size)
        let run = TreeRun(groups, of: HashTree.groupCount(size: size))
        self.size = size
        self.index = index
        values = try reader.readBytes(groups.count * HashTree.valueBytes)
        siblings = try reader.readBytes(run.siblings.count * HashTree.valueBytes)
    }

    /// Appends the encoding that `init(reading:size:)` reads.
    public func write(to writer: inout Writer) {
        writer.writeVarint(UInt64(index))
        writer.write(values)
        writer.write(siblings)
    }

    /// Refuses the page unless it hashes to `id`.
    public func verify(id: Digest) throws(WireError) {
        let groups = Self.groups(ofPage: index, size: size)
        let run = TreeRun(groups, of: HashTree.groupCount(size: size))
        guard run.root(values: values, siblings: siblings) == id else {
            throw .notAuthentic("group page")
        }
    }
}
