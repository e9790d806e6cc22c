import Genome
import Host
import Wire

/// Writes files of a layer into a folder of the user's, from the objects of a home. It needs no
/// index, so a command can do it itself while a node has the home open.
public struct LayerExport: Sendable {
    private let layout: Layout
    private let files: [LayerFile]

    /// The export of `files`, whose blobs are complete in the home of `layout`.
    public init(layout: Layout, files: [LayerFile]) {
        self.layout = layout
        self.files = files
    }

    /// Writes the files below `folder`, sharing blocks where the file system can. A file that is
    /// there with the same bytes stays; one with other bytes stops everything before the first
    /// byte is written. Every byte is checked on the way. Returns the paths written or found.
    @discardableResult
    public func run(
        to folder: String, progress: (UInt64) -> Void = { _ in }
    ) throws(StoreError) -> [String] {
        try onDisk { () throws(SystemError) in try Directory.create(folder, mode: 0o755) }
        var isThere: Set<String> = []
        for file in files {
            try requireRealFolders(file.path, below: folder)
            if try holds(file, at: "\(folder)/\(file.path)") { isThere.insert(file.path.text) }
        }
        var done: UInt64 = 0
        for file in files {
            if !isThere.contains(file.path.text) { try write(file, below: folder) }
            done += file.size
            progress(done)
        }
        return files.map { "\(folder)/\($0.path)" }
    }

    /// A link inside the target could lead the write anywhere.
    private func requireRealFolders(
        _ path: LayerPath, below folder: String
    ) throws(StoreError) {
        for part in path.folders {
            let place = "\(folder)/\(part)"
            guard Directory.exists(place) else { return }
            let facts = try onDisk { () throws(SystemError) in try File.facts(of: place) }
            guard facts.kind == .folder else { throw .occupied(path: place) }
        }
    }

    private func holds(_ file: LayerFile, at path: String) throws(StoreError) -> Bool {
        guard Directory.exists(path) else { return false }
        let facts = try onDisk { () throws(SystemError) in try File.facts(of: path) }
        guard facts.kind == .file, facts.size == file.size else { throw .occupied(path: path) }
        let found = try onDisk { () throws(SystemError) in try FileDigest.compute(path) }
        guard found == file.blob else { throw .occupied(path: path) }
        return true
    }

    private func write(_ file: LayerFile, below folder: String) throws(StoreError) {
        let path = "\(folder)/\(file.path)"
        let name = ".plasmid-\(Hexadecimal.encode(Sodium.random(count: 8)))"
        let temporary = "\(Layout.folder(of: path))/\(name)"
        let source = try BlobReader(file.blob, layout: layout)
        guard source.size == file.size else { throw .damaged("file \(file.path)") }
        let target = try onDisk(bytes: file.size) { () throws(SystemError) in
            try Directory.create(Layout.folder(of: path), mode: 0o755)
            return try File(temporary, .createNew, mode: 0o644)
        }
        do throws(StoreError) {
            try Self.copy(source, to: target)
            // What was written is checked, not what was read.
            let (damaged, sha256) = try source.reading(target).check { _ in }
            guard damaged.isEmpty, sha256 == file.sha256 else {
                throw StoreError.damaged("file \(file.path)")
            }
            try onDisk { () throws(SystemError) in
                try target.sync()
                try Directory.renameNew(temporary, to: path)
                try Directory.sync(Layout.folder(of: path))
            }
        } catch {
            try? Directory.removeFile(temporary)
            if case .system(let failure) = error, failure.isExisting {
                throw .occupied(path: path)
            }
            throw error
        }
    }

    /// Shares the blocks of a blob that lies in one piece, else writes its bytes.
    private static func copy(_ source: BlobReader, to target: File) throws(StoreError) {
        if let file = source.rawFile {
            if source.size > 0, target.clone(from: file) { return }
            return try onDisk(bytes: source.size) { () throws(SystemError) in
                try target.copy(from: file, size: source.size)
            }
        }
        try source.write(to: target)
    }
}
