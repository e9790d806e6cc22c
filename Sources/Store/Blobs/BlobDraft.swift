import Host
import Wire

/// The two files of a blob whose id is not known yet. Becomes a blob, or nothing.
struct BlobDraft {
    /// The bytes.
    let data: File
    /// The leaf values; nil for a blob of one group, which needs none.
    let leaves: File?

    /// How the files of drafts begin; what a crash leaves of them is removed at the next start.
    static let namePrefix = "import-"

    init(layout: Layout, size: UInt64) throws(StoreError) {
        let name = Hexadecimal.encode(Sodium.random(count: 8))
        let base = "\(layout.parts)/\(Self.namePrefix)\(name)"
        (data, leaves) = try onDisk(bytes: size) { () throws(SystemError) in
            let data = try File("\(base).data", .createNew, mode: 0o600)
            guard Layout.keepsTree(size: size) else { return (data, nil) }
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

    /// Writes all of a small blob; its names.
    func fill(_ bytes: [UInt8]) throws(StoreError) -> (TreeHasher.Summary, Digest) {
        var hasher = TreeHasher()
        hasher.update(bytes.span.bytes)
        let summary = hasher.finish()
        try write(bytes)
        _ = try append(leaves: summary.leafValues, at: 0)
        return (summary, Sha256.hash(bytes))
    }

    /// Writes all bytes of a small blob.
    func write(_ bytes: [UInt8]) throws(StoreError) {
        try onDisk(bytes: UInt64(bytes.count)) { () throws(SystemError) in
            try data.write(bytes, offset: 0)
        }
    }

    /// Makes the bytes durable, so that little is left to do when the draft gets its name.
    func sync() throws(StoreError) {
        try onDisk { () throws(SystemError) in
            for file in [leaves, data].compactMap({ $0 }) { try BlobPlace.finish(file) }
        }
    }

    /// Makes the draft durable under its name. A blob that is there already stays as it is.
    func keep(
        _ names: (TreeHasher.Summary, Digest), layout: Layout
    ) throws(StoreError) -> ImportedBlob {
        try sync()
        return try placeDurably(names, layout: layout)
    }

    /// Gives the draft, whose bytes are durable, its name, durably too.
    func placeDurably(
        _ names: (TreeHasher.Summary, Digest), layout: Layout
    ) throws(StoreError) -> ImportedBlob {
        let blob = try place(names, layout: layout)
        if !blob.wasKnown {
            if leaves != nil {
                try onDisk { () throws(SystemError) in
                    try BlobPlace.syncNames(of: layout.tree(blob.id))
                }
            }
            try layout.backend.sync([.plain(blob.id)])
        }
        return blob
    }

    /// Gives the draft, whose bytes are durable, its name, which is not yet.
    func place(
        _ names: (TreeHasher.Summary, Digest), layout: Layout
    ) throws(StoreError) -> ImportedBlob {
        let (summary, sha256) = names
        let wasKnown = layout.isComplete(summary.id, size: summary.size)
        if wasKnown {
            discard()
        } else {
            try onDisk(bytes: summary.size) { () throws(SystemError) in
                if let leaves { try BlobPlace.rename(leaves, to: layout.tree(summary.id)) }
            }
            try layout.backend.put(data, as: .plain(summary.id))
        }
        return ImportedBlob(
            id: summary.id, size: summary.size, sha256: sha256, wasKnown: wasKnown)
    }

    /// The same by whoever wants to do more with it.
    func keep(
        _ names: (TreeHasher.Summary, Digest), layout: Layout, by keeper: DraftKeeper?
    ) throws(StoreError) -> ImportedBlob {
        guard let keeper else { return try keep(names, layout: layout) }
        return try keeper(self, names)
    }

    /// Removes the files, as far as they are still there.
    func discard() {
        try? Directory.removeFile(data.path)
        if let leaves { try? Directory.removeFile(leaves.path) }
    }
}

/// Gives a finished draft its place and its row, in whichever way the caller needs.
typealias DraftKeeper =
    (BlobDraft, (TreeHasher.Summary, Digest)) throws(StoreError) -> ImportedBlob

/// Moving finished files to their durable places, in steps that a batch takes together.
enum BlobPlace {
    /// Syncs the file, makes it read-only, renames it and syncs the folders on the way.
    static func move(_ file: File, to path: String) throws(SystemError) {
        try finish(file)
        try rename(file, to: path)
        try syncNames(of: path)
    }

    /// Makes a file read-only and its bytes durable.
    static func finish(_ file: File) throws(SystemError) {
        try file.setMode(0o444)
        try file.sync()
    }

    /// Gives a file its name in folders that are made where they are missing.
    static func rename(_ file: File, to path: String) throws(SystemError) {
        do throws(SystemError) {
            try Directory.rename(file.path, to: path)
        } catch {
            guard error.isMissing else { throw error }
            try Directory.create(Layout.folder(of: path))
            try Directory.rename(file.path, to: path)
        }
    }

    /// Makes a name durable, with those of its two fan-out folders, which may both be new.
    static func syncNames(of path: String) throws(SystemError) {
        var folder = path
        for _ in 0..<3 {
            folder = Layout.folder(of: folder)
            try Directory.sync(folder)
        }
    }
}
