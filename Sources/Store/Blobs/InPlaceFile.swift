import Host
import Wire

/// A file of the owner's that is a blob where it lies. What is kept of it is a small file with its
/// path and what the system said of it, beside its leaf values.
///
/// The owner may change or remove it at any time, so every group is hashed again before anybody
/// gets it. A file that is gone or other than it was is not damage: nothing of this store is lost
/// by it, and what still matches is still given.
final class InPlaceFile: Sendable {
    /// What is kept of it.
    struct Reference: Equatable {
        /// Its number of bytes.
        let size: UInt64
        /// Device, inode, and the times of the last change of bytes and facts.
        let device: UInt64
        let inode: UInt64
        let modified: Int64
        let changed: Int64
        /// Absolute, without links.
        let path: String

        private static let head = "plasmid in place 1"

        init(_ facts: FileFacts, path: String) {
            size = facts.size
            device = facts.device
            inode = facts.inode
            modified = facts.modified
            changed = facts.changed
            self.path = path
        }

        /// Reads what `bytes` writes; nil for anything else. The path is the rest, since it may
        /// hold any character.
        init?(bytes: [UInt8]) {
            let lines = bytes.split(separator: 10, maxSplits: 2, omittingEmptySubsequences: false)
            guard lines.count == 3, String(decoding: lines[0], as: UTF8.self) == Self.head else {
                return nil
            }
            let words = String(decoding: lines[1], as: UTF8.self).split(separator: " ")
            guard words.count == 5, let size = UInt64(words[0]), let device = UInt64(words[1]),
                let inode = UInt64(words[2]), let modified = Int64(words[3]),
                let changed = Int64(words[4]), size <= Limits.blobBytesMax
            else { return nil }
            let path = String(decoding: lines[2], as: UTF8.self)
            guard path.hasPrefix("/"), Array(path.utf8) == Array(lines[2]), !path.contains("\0")
            else { return nil }
            (self.size, self.device, self.inode) = (size, device, inode)
            (self.modified, self.changed, self.path) = (modified, changed, path)
        }

        /// What is written.
        var bytes: [UInt8] {
            Array("\(Self.head)\n\(size) \(device) \(inode) \(modified) \(changed)\n\(path)".utf8)
        }

        /// Whether the system says the same of a file as when it was hashed.
        func matches(_ facts: FileFacts) -> Bool {
            Reference(facts, path: path) == self && facts.kind == .file
        }
    }

    /// Bytes of a reference: a path of the system's longest and a line of numbers.
    static let referenceBytesMax = 4096 + 256

    /// What is kept of it.
    let reference: Reference
    private let id: Digest
    private let file: File
    private let layout: Layout
    private let layer = Lock<GroupLayer?>(nil)

    /// Opens the file of a blob that was left in its place.
    init(_ id: Digest, layout: Layout) throws(StoreError) {
        self.id = id
        self.layout = layout
        reference = try Self.reference(of: id, layout: layout)
        do {
            file = try File(reference.path, .readAtOnce, followsLinks: false)
        } catch {
            throw error.isMissing ? .sourceMissing(path: reference.path) : .system(error)
        }
        let facts = try onDisk { [file] () throws(SystemError) in try file.facts() }
        // Another size is another file: no group behind its end could be read.
        guard facts.kind == .file, facts.size == reference.size else {
            throw .sourceChanged(path: reference.path)
        }
    }

    /// What is kept of a blob in place.
    static func reference(of id: Digest, layout: Layout) throws(StoreError) -> Reference {
        let path = layout.reference(id)
        guard let bytes = try DurableFile.read(path, limit: referenceBytesMax) else {
            throw .missing("blob \(id)")
        }
        guard let reference = Reference(bytes: bytes) else { throw .damaged(path) }
        return reference
    }

    /// Reads group `index`, once it is what it was.
    func read(
        group index: Int, into buffer: Buffer, at start: Int
    ) throws(StoreError) {
        let layer = try provenLayer()
        let range = HashTree.groupRange(index, size: reference.size)
        let count = try onDisk { () throws(SystemError) in
            try file.read(
                into: buffer, at: start, count: range.count, offset: range.lowerBound)
        }
        let isSame =
            count == range.count
            && buffer.withSpan(start..<start + count) {
                layer.leafValues(ifMatching: $0, at: index) != nil
            }
        guard isSame else { throw .sourceChanged(path: reference.path) }
    }

    /// The group layer from the leaf values that are kept here, proven against the id.
    private func provenLayer() throws(StoreError) -> GroupLayer {
        if let known = layer.withLock({ $0 }) { return known }
        let reader = BlobReader(
            id: id, size: reference.size, source: .raw(FileObject(file)), layout: layout)
        let proven: GroupLayer
        do throws(StoreError) {
            proven = try reader.layer()
        } catch {
            guard case .damaged = error else { throw error }
            throw .sourceChanged(path: reference.path)
        }
        layer.withLock { $0 = proven }
        return proven
    }
}

extension Layout {
    /// Where the plain bytes of a complete blob lie: in the store, or where its owner left them.
    /// Where neither is a file, the path is one that nothing is at.
    public func plainPath(_ id: Digest) -> String {
        backend.localPath(of: .plain(id))
            ?? (try? InPlaceFile.reference(of: id, layout: self))?.path
            ?? DiskBackend(home: home).path(.plain(id))
    }

    /// Bytes of a complete blob in whichever form it is here; nil where it is in none.
    func heldSize(_ id: Digest) -> UInt64? {
        if let size = try? backend.size(of: .plain(id)) { return size }
        if let coded = try? CodedFile(id, layout: self) { return coded.header.size }
        return (try? InPlaceFile.reference(of: id, layout: self))?.size
    }
}
