import Wire

/// The head of a coded file: which blob it is, what it draws on, and how long each coded group is.
///
/// Everything else follows: where a group begins is the sum of what comes before, so groups cannot
/// overlap, leave gaps or run over the end.
public struct CodedHeader: Equatable, Sendable {
    /// A blob that groups draw on. In segments all parents in a row count as one file.
    public struct Parent: Equatable, Sendable {
        /// The blob.
        public let id: Digest
        /// Its number of bytes, plain.
        public let size: UInt64
        /// Most decodes that any of its groups was taken to cost. Whoever codes the parent anew
        /// stays within it.
        public let cost: Int

        /// A parent.
        public init(id: Digest, size: UInt64, cost: Int) {
            self.id = id
            self.size = size
            self.cost = cost
        }
    }

    /// A coded group.
    public struct Group: Equatable, Sendable {
        /// Its bytes in the file.
        public let length: Int
        /// Groups that are decoded to read it, itself included.
        public let cost: Int

        /// A group.
        public init(length: Int, cost: Int) {
            self.length = length
            self.cost = cost
        }
    }

    /// What a coded file begins with.
    static let magic = Array("plasmid-coded-1\n".utf8)
    /// Most groups that are decoded to read one: eight of 1 MiB take 5 to 10 ms, a disk's seek.
    public static let costMax = 8
    /// Most parents: a model of 1 TB has some 200 files.
    public static let parentsMax = 256
    /// Bytes before the parents: magic, blob, size, number of parents.
    static let prefixBytes = 16 + 32 + 8 + 2
    private static let parentBytes = 32 + 8 + 1
    private static let groupBytes = 4 + 1
    private static let sumBytes = 32

    /// The blob.
    public let id: Digest
    /// Its number of bytes, plain.
    public let size: UInt64
    /// What its groups draw on.
    public let parents: [Parent]
    /// Its groups.
    public let groups: [Group]
    /// Where each group begins in the file.
    let starts: [UInt64]

    /// A head of parts that were made here.
    public init(id: Digest, size: UInt64, parents: [Parent], groups: [Group]) {
        self.id = id
        self.size = size
        self.parents = parents
        self.groups = groups
        var next = UInt64(Self.byteCount(parents: parents.count, groups: groups.count))
        starts = groups.map { group in
            defer { next += UInt64(group.length) }
            return next
        }
    }

    /// Bytes of a head.
    static func byteCount(parents: Int, groups: Int) -> Int {
        prefixBytes + parents * parentBytes + groups * groupBytes + sumBytes
    }

    /// Bytes of the whole file.
    public var fileBytes: UInt64 {
        (starts.last ?? 0) + UInt64(groups.last?.length ?? 0)
    }

    /// The bytes of the head.
    public func encode() -> [UInt8] {
        var writer = Writer(
            reserving: Self.byteCount(parents: parents.count, groups: groups.count))
        writer.write(Self.magic)
        writer.write(id)
        writer.write(size)
        writer.write(UInt16(parents.count))
        for parent in parents {
            writer.write(parent.id)
            writer.write(parent.size)
            writer.write(UInt8(parent.cost))
        }
        for group in groups {
            writer.write(UInt32(group.length))
            writer.write(UInt8(group.cost))
        }
        return writer.bytes + Blake3.hash(writer.bytes).bytes
    }

    /// How long the head is, from its first `prefixBytes` bytes, and the blob with its size.
    static func measure(
        _ prefix: [UInt8]
    ) throws(CodingError) -> (id: Digest, size: UInt64, parents: Int, byteCount: Int) {
        var reader = Reader(prefix)
        do throws(WireError) {
            guard try reader.readBytes(magic.count) == magic else {
                throw .invalid("magic")
            }
            let id = try reader.readDigest()
            let size = try reader.readUInt64()
            let parents = Int(try reader.readUInt16())
            guard (1...Limits.blobBytesMax).contains(size), parents <= parentsMax else {
                throw .invalid("size")
            }
            let groups = HashTree.groupCount(size: size)
            return (id, size, parents, byteCount(parents: parents, groups: groups))
        } catch {
            throw .malformed("they are no coded file of this version")
        }
    }

    /// The head of a file of `fileSize` bytes, of which `bytes` are at least the head. Every length
    /// is checked, and that they add up to the file.
    public static func decode(
        _ bytes: [UInt8], fileSize: UInt64
    ) throws(CodingError) -> CodedHeader {
        let (id, size, parentCount, byteCount) = try measure(bytes)
        guard bytes.count >= byteCount else { throw .malformed("they end early") }
        let body = Array(bytes[..<(byteCount - sumBytes)])
        guard Blake3.hash(body).bytes == Array(bytes[(byteCount - sumBytes)..<byteCount]) else {
            throw .malformed("the head is not what was written")
        }
        let header: CodedHeader
        do throws(WireError) {
            var reader = Reader(body)
            _ = try reader.readBytes(prefixBytes)
            var parents: [Parent] = []
            for _ in 0..<parentCount {
                parents.append(
                    Parent(
                        id: try reader.readDigest(), size: try reader.readUInt64(),
                        cost: Int(try reader.readUInt8())))
            }
            var groups: [Group] = []
            for _ in 0..<HashTree.groupCount(size: size) {
                groups.append(
                    Group(
                        length: Int(try reader.readUInt32()), cost: Int(try reader.readUInt8())))
            }
            try reader.finish()
            header = CodedHeader(id: id, size: size, parents: parents, groups: groups)
        } catch {
            throw .malformed("they end early")
        }
        try header.check(fileSize: fileSize)
        return header
    }

    private func check(fileSize: UInt64) throws(CodingError) {
        let isSound = parents.allSatisfy {
            (1...Limits.blobBytesMax).contains($0.size) && (1..<Self.costMax).contains($0.cost)
        }
        guard isSound, Set(parents.map(\.id) + [id]).count == parents.count + 1 else {
            throw .malformed("a parent is none")
        }
        for (index, group) in groups.enumerated() {
            // A group that is not shorter is kept as it is, with a byte before it.
            let plain = HashTree.groupRange(index, size: size).count
            guard (1...plain + 1).contains(group.length),
                (1...(parents.isEmpty ? 1 : Self.costMax)).contains(group.cost)
            else { throw .malformed("a group has no such length or cost") }
        }
        guard fileBytes == fileSize else { throw .malformed("bytes are missing or left over") }
    }
}
