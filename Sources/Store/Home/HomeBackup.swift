import Genome
import Host
import Wire

/// Copies of a home in a folder of the owner's, made while a node may run on it, and homes made of
/// them again.
///
/// The copy is laid out like a home. What changes is copied in the order in which a crash leaves it
/// whole: the index first, then the journal, which is then never behind it. Blobs are copied as
/// plain files and stay when the next backup goes to the same folder.
public struct HomeBackup: Sendable {
    /// Which blobs are copied.
    public enum Scope: String, CaseIterable, Sendable {
        /// None: keys, journal and settings alone.
        case none
        /// What was shared here, and what nobody knows a reason for.
        case own
        /// These, and what is pinned or held for others.
        case kept
        /// Everything.
        case all

        func contains(_ blobClass: BlobClass) -> Bool {
            switch self {
            case .none: false
            case .own: blobClass == .own
            case .kept: blobClass != .cache
            case .all: true
            }
        }
    }

    /// What a copy came to.
    public struct Outcome: Equatable, Sendable {
        /// Blobs in the copy.
        public var blobs = 0
        /// Bytes of them.
        public var bytes: UInt64 = 0
        /// Of these the bytes that were there already.
        public var reused: UInt64 = 0
        /// Blobs that are not whole here, or went meanwhile.
        public var missing = 0
    }

    /// The file that makes a folder a backup, written last.
    public static let markName = "backup.json"

    /// The file that says whose backup a folder is to become.
    private static let begunName = "backup-begun.json"

    private static let databases = ["index.db", "catalogue.db"]
    private static let left = [
        "LOCK", "control.sock", "format", "restored", "twin", markName, begunName,
    ]
    private static let leftFolders = ["store", "layers", "memory"]

    private let source: Layout
    private let target: Layout

    /// From one place to another; either may be the home.
    public init(from source: Layout, to target: Layout) {
        self.source = source
        self.target = target
    }

    // MARK: Its mark

    /// What a folder says of the backup in it; nil where none was begun.
    public static func mark(in folder: String) -> [UInt8]? {
        for name in [markName, begunName] {
            if let bytes = try? DurableFile.read("\(folder)/\(name)", limit: 65_536) {
                return bytes
            }
        }
        return nil
    }

    /// Notes whose backup a folder is to become; until `finish` none can be restored from it.
    public static func begin(_ mark: [UInt8], in folder: String) throws(StoreError) {
        try onDisk { () throws(SystemError) in try Directory.create(folder, mode: 0o700) }
        try DurableFile.write(mark, to: "\(folder)/\(begunName)")
        let old = "\(folder)/\(markName)"
        guard Directory.exists(old) else { return }
        try onDisk { () throws(SystemError) in
            try Directory.removeFile(old)
            try Directory.sync(folder)
        }
    }

    /// Makes what was copied a backup.
    public static func finish(_ mark: [UInt8], in folder: String) throws(StoreError) {
        try DurableFile.write(mark, to: "\(folder)/\(markName)")
        try onDisk { () throws(SystemError) in
            try Directory.removeFile("\(folder)/\(begunName)")
        }
    }

    // MARK: Making one

    /// Copies keys, journal, settings and the blobs of a scope. `progress` gets bytes of blobs.
    public func make(
        _ scope: Scope, progress: (_ done: UInt64, _ total: UInt64) -> Void = { _, _ in }
    ) throws(StoreError) -> Outcome {
        try onDisk { () throws(SystemError) in
            try Directory.create(target.home, mode: 0o700)
        }
        let snapshot = target.index + ".new"
        try onDisk { () throws(SystemError) in
            if Directory.exists(snapshot) { try Directory.removeFile(snapshot) }
        }
        try SQLiteConnection(source.index, isSoft: true).run("VACUUM INTO ?", [.text(snapshot)])
        try onDisk { () throws(SystemError) in try Directory.rename(snapshot, to: target.index) }
        try copyFolder("")
        return try copyBlobs(try Self.wanted(scope, target.index), from: source, progress)
    }

    private static func wanted(
        _ scope: Scope, _ index: String
    ) throws(StoreError) -> [BlobReference] {
        try SQLiteConnection(index, isSoft: true).query(
            "SELECT id, size, class FROM blobs WHERE state>0 ORDER BY id"
        ) { row throws(StoreError) -> BlobReference? in
            let blobClass = BlobClass(rawValue: row.integer(2)) ?? .own
            guard scope.contains(blobClass) else { return nil }
            return BlobReference(blob: try row.digest(0), size: row.number(1))
        }.compactMap { $0 }
    }

    /// Copies the files of a folder of the home that are no blobs, the journal's signed ends
    /// before its entries: an end is then never of more than what is there.
    private func copyFolder(_ path: String) throws(StoreError) {
        let from = source.home + path
        var entries = try onDisk { () throws(SystemError) in try Directory.list(from) }
        entries.sort { one, other in
            let (first, second) = (one.name.hasSuffix(".log"), other.name.hasSuffix(".log"))
            return first == second ? one.name < other.name : second
        }
        try onDisk { () throws(SystemError) in
            try Directory.create(target.home + path, mode: 0o700)
        }
        for entry in entries {
            let isTop = path.isEmpty
            if isTop, Self.left.contains(entry.name) || Self.leftFolders.contains(entry.name) {
                continue
            }
            if isTop, Self.databases.contains(where: { entry.name.hasPrefix($0) }) { continue }
            switch entry.kind {
            case .folder: try copyFolder("\(path)/\(entry.name)")
            case .file where !entry.name.hasSuffix(".new"): try copyFile("\(path)/\(entry.name)")
            case .file, .link, .other: continue
            }
        }
    }

    private func copyFile(_ path: String) throws(StoreError) {
        do throws(SystemError) {
            let file = try File(source.home + path, .read, followsLinks: false)
            let facts = try file.facts()
            let temporary = target.home + path + ".new"
            if Directory.exists(temporary) { try Directory.removeFile(temporary) }
            let copy = try File(temporary, .createNew, mode: facts.mode)
            try copy.setMode(facts.mode)
            try copy.copy(from: file, size: facts.size)
            try copy.sync()
            try Directory.rename(temporary, to: target.home + path)
        } catch {
            // A file that was replaced or removed since the folder was read.
            guard error.isMissing else { throw StoreError(error) }
        }
    }

    // MARK: Blobs

    private func copyBlobs(
        _ blobs: [BlobReference], from layout: Layout,
        _ progress: (_ done: UInt64, _ total: UInt64) -> Void
    ) throws(StoreError) -> Outcome {
        var outcome = Outcome()
        let total = blobs.reduce(0) { $0 + $1.size }
        var done: UInt64 = 0
        for blob in blobs {
            if target.isComplete(blob.blob, size: blob.size) {
                outcome.reused += blob.size
            } else if try !copy(blob, from: layout) {
                outcome.missing += 1
                continue
            }
            outcome.blobs += 1
            outcome.bytes += blob.size
            done += blob.size
            progress(done, total)
        }
        try onDisk { () throws(SystemError) in
            try OpenFolder(target.home).syncFilesystem()
        }
        return outcome
    }

    /// Copies one blob, every byte checked; false where it is not here, or not whole.
    private func copy(_ blob: BlobReference, from layout: Layout) throws(StoreError) -> Bool {
        guard let reader = try? BlobReader(blob.blob, layout: layout), reader.size == blob.size
        else { return false }
        let temporary = "\(target.home)/blob.new"
        do throws(StoreError) {
            let copy = try onDisk(bytes: blob.size) { () throws(SystemError) in
                if Directory.exists(temporary) { try Directory.removeFile(temporary) }
                return try File(temporary, .createNew)
            }
            try reader.write(to: copy)
            let found = try onDisk { () throws(SystemError) in
                try FileDigest.compute(temporary)
            }
            guard found == blob.blob else {
                try onDisk { () throws(SystemError) in try Directory.removeFile(temporary) }
                return false
            }
            try onDisk { () throws(SystemError) in try copy.setMode(0o444) }
            try target.backend.put(copy, as: .plain(blob.blob))
            return true
        } catch {
            try? Directory.removeFile(temporary)
            throw error
        }
    }

    // MARK: Making a home of one

    /// Makes a home of a backup; the place must be empty or not there. It becomes a home with the
    /// last file that is written.
    public func restore(
        progress: (_ done: UInt64, _ total: UInt64) -> Void = { _, _ in }
    ) throws(StoreError) -> Outcome {
        guard Directory.exists("\(source.home)/\(Self.markName)") else {
            throw .refused("\(source.home) is not a backup that was finished")
        }
        if Directory.exists(target.home) {
            let entries = try onDisk { () throws(SystemError) in
                try Directory.list(target.home)
            }
            guard entries.isEmpty else { throw .occupied(path: target.home) }
        }
        try Filesystem.requireLocal(target.home)
        try onDisk { () throws(SystemError) in
            try Directory.create(target.home, mode: 0o700)
            for folder in target.folders { try Directory.create(folder, mode: 0o700) }
        }
        try copyFolder("")
        try copyFile("/index.db")
        let blobs = try BlobSweeper.objects(source).map {
            BlobReference(blob: $0.id, size: $0.size)
        }
        let outcome = try copyBlobs(blobs, from: source, progress)
        try RestoredMark(restored: Clock.wallMilliseconds()).write(target)
        try Home.finish(target)
        return outcome
    }
}
