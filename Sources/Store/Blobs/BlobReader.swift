import Host
import Wire

/// An open complete blob: its groups, leaf values and proofs.
public struct BlobReader: Sendable {
    /// The blob.
    public let id: Digest
    /// Its number of bytes.
    public let size: UInt64
    /// The open file, to copy from or to pass on.
    public let file: File
    private let layout: Layout

    /// Opens a complete blob.
    public init(_ id: Digest, layout: Layout) throws(StoreError) {
        self.id = id
        self.layout = layout
        do {
            file = try File(layout.object(id), .read, followsLinks: false)
            size = try file.facts().size
        } catch {
            throw error.isMissing ? .missing("blob \(id)") : .system(error)
        }
        guard size <= Limits.blobBytesMax else { throw .damaged(file.path) }
    }

    /// The same blob as someone else's copy holds it: its bytes from `copy`, its tree from here.
    func reading(_ copy: File) -> BlobReader {
        BlobReader(id: id, size: size, file: copy, layout: layout)
    }

    private init(id: Digest, size: UInt64, file: File, layout: Layout) {
        self.id = id
        self.size = size
        self.file = file
        self.layout = layout
    }

    /// Number of groups.
    public var groupCount: Int { HashTree.groupCount(size: size) }

    /// Reads group `index` to `start` of `buffer`; the number of bytes. They are what the disk
    /// gives: whoever needs proof checks them against the layer.
    public func read(
        group index: Int, into buffer: Buffer, at start: Int = 0
    ) throws(StoreError) -> Int {
        let range = HashTree.groupRange(index, size: size)
        let count = try onDisk { () throws(SystemError) in
            try file.read(
                into: buffer, at: start, count: range.count, offset: range.lowerBound)
        }
        guard count == range.count else { throw .damaged(file.path) }
        return count
    }

    /// The whole blob, refused when it is longer than `limit` or not what its id says.
    public func readAll(limit: Int) throws(StoreError) -> [UInt8] {
        let bytes = try onDisk { () throws(SystemError) in try file.readAll(limit: limit) }
        guard Blake3.hash(bytes) == id else { throw .damaged("blob \(id)") }
        return bytes
    }

    /// The leaf values of some groups: from the tree file, or hashed anew where it is missing.
    public func leafValues(ofGroups groups: Range<Int>) throws(StoreError) -> [UInt8] {
        precondition(!groups.isEmpty && groups.upperBound <= groupCount)
        let first = HashTree.leaves(ofGroup: groups.lowerBound, size: size).lowerBound
        let last = HashTree.leaves(ofGroup: groups.upperBound - 1, size: size).upperBound
        let count = (last - first) * HashTree.valueBytes
        if let tree = try? File(layout.tree(id), .read, followsLinks: false) {
            let values = try onDisk { () throws(SystemError) in
                try tree.read(count: count, offset: UInt64(first * HashTree.valueBytes))
            }
            if values.count == count { return values }
        }
        return try hashedLeafValues(ofGroups: groups)
    }

    private func hashedLeafValues(ofGroups groups: Range<Int>) throws(StoreError) -> [UInt8] {
        let buffer = Buffer(capacity: HashTree.groupBytes)
        var values: [UInt8] = []
        for index in groups {
            let count = try read(group: index, into: buffer)
            values += buffer.withSpan(0..<count) {
                HashTree.leafValues(of: $0, groupIndex: index, isOnlyGroup: groupCount == 1)
            }
        }
        return values
    }

    /// The group layer, proven against the id. A damaged tree file is made anew from the bytes.
    public func layer() throws(StoreError) -> GroupLayer {
        if let layer = GroupLayer(singleGroup: id, size: size) { return layer }
        if let layer = try makeLayer(leafValues(ofGroups:)) { return layer }
        guard let layer = try makeLayer(hashedLeafValues(ofGroups:)) else {
            throw .damaged("blob \(id)")
        }
        try? rebuildTree()
        return layer
    }

    private func makeLayer(
        _ leafValues: (Range<Int>) throws(StoreError) -> [UInt8]
    ) throws(StoreError) -> GroupLayer? {
        var values: [UInt8] = []
        values.reserveCapacity(groupCount * HashTree.valueBytes)
        let batch = 1024
        for first in stride(from: 0, to: groupCount, by: batch) {
            let groups = first..<min(first + batch, groupCount)
            let leaves = try leafValues(groups)
            var position = 0
            for group in groups {
                let count =
                    HashTree.leaves(ofGroup: group, size: size).count * HashTree.valueBytes
                values +=
                    HashTree.groupValue(
                        leafValues: Array(leaves[position..<position + count]), isOnlyGroup: false
                    ).bytes
                position += count
            }
        }
        return try? GroupLayer(id: id, size: size, values: values)
    }

    private func rebuildTree() throws(StoreError) {
        let path = layout.tree(id)
        try onDisk { () throws(SystemError) in try Directory.create(Layout.folder(of: path)) }
        if Directory.exists(path) {
            try onDisk { () throws(SystemError) in try Directory.removeFile(path) }
        }
        try DurableFile.write(
            try hashedLeafValues(ofGroups: 0..<groupCount), to: path, mode: 0o444)
    }

    /// Proves `range` of the blob against its id.
    public func proof(of range: Range<UInt64>) throws(StoreError) -> RangeProof {
        guard let groups = RangeProof.groups(covering: range, size: size) else {
            throw .refused("the range is not inside the blob")
        }
        let layer = try layer()
        let leaves = try leafValues(ofGroups: groups)
        do {
            return try RangeProof(range, layer: layer, leafValues: leaves)
        } catch {
            throw .damaged("blob \(id)")
        }
    }

    /// Reads and hashes everything; the groups whose bytes are not what they were, in order.
    public func verify(progress: (UInt64) -> Void = { _ in }) -> [Int] {
        guard let layer = try? layer() else { return Array(0..<groupCount) }
        let buffer = Buffer(capacity: HashTree.groupBytes)
        var damaged: [Int] = []
        for index in 0..<groupCount {
            let range = HashTree.groupRange(index, size: size)
            let count = try? read(group: index, into: buffer)
            let isSound = buffer.withSpan(0..<(count ?? 0)) {
                layer.leafValues(ifMatching: $0, at: index) != nil
            }
            if count == nil || !isSound { damaged.append(index) }
            progress(range.upperBound)
        }
        return damaged
    }
}
