import Host
import Wire

/// An open complete blob: its groups, leaf values and proofs.
public struct BlobReader: Sendable {
    /// The blob.
    public let id: Digest
    /// Its number of bytes.
    public let size: UInt64
    /// Where its bytes are.
    let source: BlobSource
    private let layout: Layout
    /// Whether the blob may be looked for again: it may have another form by now.
    private let reopens: Bool

    /// Opens a complete blob, in whichever form it is kept.
    public init(_ id: Digest, layout: Layout) throws(StoreError) {
        self.id = id
        self.layout = layout
        reopens = true
        source = try BlobSource.open(id, layout: layout)
        size = try source.size()
        guard size <= Limits.blobBytesMax else { throw .damaged("blob \(id)") }
    }

    /// The same blob as someone else's copy holds it: its bytes from `copy`, its tree from here.
    func reading(_ copy: File) -> BlobReader {
        BlobReader(id: id, size: size, source: .raw(FileObject(copy)), layout: layout)
    }

    /// A blob of known size in a form that is open already, and in no other.
    init(id: Digest, size: UInt64, source: BlobSource, layout: Layout) {
        self.id = id
        self.size = size
        self.source = source
        self.layout = layout
        reopens = false
    }

    /// The file with the blob's own bytes, to copy from or to pass on; nil where there is none.
    public var rawFile: File? {
        if case .raw(let object) = source { return object.file }
        return nil
    }

    /// Number of groups.
    public var groupCount: Int { HashTree.groupCount(size: size) }

    /// Reads group `index` to `start` of `buffer`; the number of bytes. They are what the disk
    /// gives: whoever needs proof checks them against the layer.
    public func read(
        group index: Int, into buffer: Buffer, at start: Int = 0
    ) throws(StoreError) -> Int {
        do throws(StoreError) {
            return try Self.read(index, size, source, into: buffer, at: start)
        } catch {
            // A coded file that was opened before may have been coded anew, and its parents gone.
            guard reopens, case .coded = source else { throw error }
            let source = try BlobSource.open(id, layout: layout)
            return try Self.read(index, size, source, into: buffer, at: start)
        }
    }

    private static func read(
        _ index: Int, _ size: UInt64, _ source: BlobSource, into buffer: Buffer, at start: Int
    ) throws(StoreError) -> Int {
        let range = HashTree.groupRange(index, size: size)
        switch source {
        case .raw(let object):
            let count = try object.read(
                into: buffer, at: start, count: range.count, offset: range.lowerBound)
            guard count == range.count else { throw .damaged(object.place) }
        case .coded(let file):
            guard file.header.size == size else { throw .damaged(file.object.place) }
            try CoderShelf.shared.read(index, of: file, into: buffer, at: start)
        case .inPlace(let file):
            guard file.reference.size == size else {
                throw .sourceChanged(path: file.reference.path)
            }
            try file.read(group: index, into: buffer, at: start)
        }
        return range.count
    }

    /// Some bytes of it, as the disk gives them.
    public func bytes(_ range: Range<UInt64>) throws(StoreError) -> [UInt8] {
        precondition(range.upperBound <= size)
        if case .raw(let object) = source {
            return try object.read(count: range.count, offset: range.lowerBound)
        }
        let buffer = Buffer(capacity: HashTree.groupBytes)
        var bytes: [UInt8] = []
        var position = range.lowerBound
        while position < range.upperBound {
            let group = Int(position / UInt64(HashTree.groupBytes))
            let start = Int(position % UInt64(HashTree.groupBytes))
            let count = try read(group: group, into: buffer)
            let end = min(count, start + Int(range.upperBound - position))
            bytes += buffer.bytes(start..<end)
            position += UInt64(end - start)
        }
        return bytes
    }

    /// Writes all of it to an empty file, group by group; `progress` gets bytes that were written.
    func write(
        to file: File, progress: (UInt64) throws(StoreError) -> Void = { (_) in }
    ) throws(StoreError) {
        let buffer = Buffer(capacity: HashTree.groupBytes)
        for index in 0..<groupCount {
            let range = HashTree.groupRange(index, size: size)
            let count = try read(group: index, into: buffer)
            try onDisk(bytes: size) { () throws(SystemError) in
                try file.write(buffer, count: count, offset: range.lowerBound)
            }
            file.startWriteback(offset: range.lowerBound, count: UInt64(count))
            try progress(range.upperBound)
        }
    }

    /// The whole blob, refused when it is longer than `limit` or not what its id says.
    public func readAll(limit: Int) throws(StoreError) -> [UInt8] {
        guard size <= UInt64(limit) else {
            throw .refused("blob \(id) has more than \(limit) bytes")
        }
        let bytes = try bytes(0..<size)
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

    /// The group layer; nil where nothing of the blob can be believed.
    func provenLayer() throws(StoreError) -> GroupLayer? {
        try unlessDamaged { () throws(StoreError) in try layer() }
    }

    /// Reads a group as `read` does; nil where it is damaged so much that it cannot be read.
    func readable(group index: Int, into buffer: Buffer) throws(StoreError) -> Int? {
        try unlessDamaged { () throws(StoreError) in try read(group: index, into: buffer) }
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

    /// Reads and hashes everything; the groups whose bytes are not what they were, in order. What
    /// cannot be read although nothing shows damage is an error.
    public func verify(progress: (UInt64) -> Void = { _ in }) throws(StoreError) -> [Int] {
        guard let layer = try provenLayer() else { return Array(0..<groupCount) }
        let buffer = Buffer(capacity: HashTree.groupBytes)
        var damaged: [Int] = []
        for index in 0..<groupCount {
            let range = HashTree.groupRange(index, size: size)
            let count = try readable(group: index, into: buffer)
            let isSound = buffer.withSpan(0..<(count ?? 0)) {
                layer.leafValues(ifMatching: $0, at: index) != nil
            }
            if count == nil || !isSound { damaged.append(index) }
            progress(range.upperBound)
        }
        return damaged
    }
}
