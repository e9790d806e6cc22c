import Host
import Wire

/// The two files of a blob whose id is not known yet. Becomes a blob, or nothing.
struct BlobDraft {
    /// The bytes.
    let data: File
    /// The leaf values; nil for a blob of one leaf, which needs none.
    private let leaves: File?

    /// How the files of drafts begin; what a crash leaves of them is removed at the next start.
    static let namePrefix = "import-"

    init(layout: Layout, size: UInt64) throws(StoreError) {
        let name = Hexadecimal.encode(Sodium.random(count: 8))
        let base = "\(layout.parts)/\(Self.namePrefix)\(name)"
        (data, leaves) = try onDisk(bytes: size) { () throws(SystemError) in
            let data = try File("\(base).data", .createNew, mode: 0o600)
            if size <= UInt64(HashTree.leafBytes) { return (data, nil) }
            do throws(SystemError) {
                return (data, try File("\(base).leaf", .createNew, mode: 0o600))
            } catch {
                try? Directory.removeFile(data.path)
                throw error
            }
        }
    }

    /// Adds leaf values at `offset` of their file; the offset behind them.
    func append(leaves values: [UInt8], at offset: UInt64) throws(StoreError) -> UInt64 {
        guard let leaves else { return offset }
        try onDisk { () throws(SystemError) in try leaves.write(values, offset: offset) }
        return offset + UInt64(values.count)
    }

    /// Makes the draft durable under its name. A blob that is there already stays as it is.
    func keep(
        _ names: (TreeHasher.Summary, Digest), layout: Layout
    ) throws(StoreError) -> ImportedBlob {
        let (summary, sha256) = names
        let object = layout.object(summary.id)
        let known = try? File.facts(of: object)
        if known?.size == summary.size {
            discard()
            return ImportedBlob(
                id: summary.id, size: summary.size, sha256: sha256, wasKnown: true)
        }
        try onDisk(bytes: summary.size) { () throws(SystemError) in
            if let leaves {
                try BlobPlace.move(leaves, to: layout.tree(summary.id))
            }
            try BlobPlace.move(data, to: object)
        }
        return ImportedBlob(id: summary.id, size: summary.size, sha256: sha256, wasKnown: false)
    }

    /// Removes the files, as far as they are still there.
    func discard() {
        try? Directory.removeFile(data.path)
        if let leaves { try? Directory.removeFile(leaves.path) }
    }
}

/// Moving finished files to their durable places.
enum BlobPlace {
    /// Syncs the file, makes it read-only, renames it and syncs the folders on the way.
    static func move(_ file: File, to path: String) throws(SystemError) {
        try file.setMode(0o444)
        try file.sync()
        let folder = Layout.folder(of: path)
        if !Directory.exists(folder) {
            try Directory.create(folder)
            // The two fan-out folders may both be new, and a new name must be durable too.
            try Directory.sync(Layout.folder(of: folder))
            try Directory.sync(Layout.folder(of: Layout.folder(of: folder)))
        }
        try Directory.rename(file.path, to: path)
        try Directory.sync(folder)
    }
}
