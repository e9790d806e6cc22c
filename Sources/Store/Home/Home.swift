import Host

/// A node's home folder, held open by this process alone.
///
/// Everything a node keeps lies inside, readable by its owner only. `LOCK` is held for as long as
/// the value lives; the kernel lets go of it when the process ends, however it ends.
public struct Home: Sendable {
    /// Where things lie.
    public let layout: Layout
    private let lock: FileLock

    private static let formatText = "plasmid home 1\n"

    /// `PLASMID_HOME`, else `~/.plasmid`.
    public static func defaultPath() -> String {
        if let path = Machine.environment("PLASMID_HOME") { return path }
        return (Machine.environment("HOME") ?? "/var/tmp") + "/.plasmid"
    }

    /// Whether `path` holds a home.
    public static func exists(at path: String) -> Bool {
        Directory.exists("\(path)/format")
    }

    /// Makes a home at `path` where there is none, and opens it. Twice gives the same home.
    public static func create(
        at path: String, backend: (any BlobBackend)? = nil
    ) throws(StoreError) -> Home {
        try Filesystem.requireLocal(path)
        let isNew = !exists(at: path)
        if isNew && Directory.exists(path) {
            let entries = try onDisk { () throws(SystemError) in try Directory.list(path) }
            // What an interrupted `create` leaves is taken up again.
            let own = ["LOCK", "format.new", "store", "journal", "keys", "layers", "access"]
            guard entries.allSatisfy({ own.contains($0.name) }) else {
                throw .unusable("\(path) is not empty and is not a plasmid home")
            }
        }
        try onDisk { () throws(SystemError) in try Directory.create(path, mode: 0o700) }
        let layout = Layout(home: try absolute(path), backend: backend)
        let lock = try take(layout)
        try onDisk { () throws(SystemError) in
            try makeFolders(layout)
        }
        if isNew { try finish(layout) }
        return Home(layout: layout, lock: lock)
    }

    /// Makes a folder a home. Last, so that one with a format file is a whole one.
    static func finish(_ layout: Layout) throws(StoreError) {
        try DurableFile.write(Array(formatText.utf8), to: layout.format)
    }

    /// Opens the home at `path`.
    public static func open(
        at path: String, backend: (any BlobBackend)? = nil
    ) throws(StoreError) -> Home {
        guard exists(at: path) else { throw .noHome(path: path) }
        try Filesystem.requireLocal(path)
        let layout = Layout(home: try absolute(path), backend: backend)
        let format = try DurableFile.read(layout.format, limit: 256) ?? []
        guard format == Array(formatText.utf8) else {
            throw .unusable("\(path) was made by another version of plasmid (see \(layout.format))")
        }
        let facts = try onDisk { () throws(SystemError) in try File.facts(of: layout.home) }
        guard facts.owner == Machine.userNumber, facts.mode & 0o022 == 0 else {
            throw .unusable("\(path) belongs to or is writable by others: chmod 700 \(path)")
        }
        let home = Home(layout: layout, lock: try take(layout))
        try onDisk { () throws(SystemError) in
            try makeFolders(layout)
        }
        return home
    }

    /// Makes the folders that are missing, with durable names: what is synced into a folder is
    /// lost with it.
    private static func makeFolders(_ layout: Layout) throws(SystemError) {
        let missing = layout.folders.filter { !Directory.exists($0) }
        for folder in missing { try Directory.create(folder, mode: 0o700) }
        for parent in Set(missing.map { Layout.folder(of: $0) }) { try Directory.sync(parent) }
    }

    /// The process that has the home at `path` open; nil when none has.
    public static func holder(at path: String) -> Int32? {
        do {
            _ = try open(at: path)
            return nil
        } catch {
            guard case .inUse(_, let process) = error else { return nil }
            return process
        }
    }

    private static func absolute(_ path: String) throws(StoreError) -> String {
        try onDisk { () throws(SystemError) in try Directory.resolve(path) }
    }

    private static func take(_ layout: Layout) throws(StoreError) -> FileLock {
        let lock = try onDisk { () throws(SystemError) in try FileLock.take(layout.lock) }
        guard let lock else {
            let bytes = try DurableFile.read(layout.lock, limit: 4096) ?? []
            let words = String(decoding: bytes, as: UTF8.self).split(separator: " ")
            throw .inUse(home: layout.home, process: words.first.flatMap { Int32($0) } ?? 0)
        }
        let text = "\(Machine.processNumber) \(Machine.bootName)\n"
        try onDisk { () throws(SystemError) in
            try lock.file.resize(to: 0)
            try lock.file.write(Array(text.utf8), offset: 0)
        }
        return lock
    }

    /// The label that refs of this node's layers begin with; nil when none was given.
    public func label() throws(StoreError) -> String? {
        guard let bytes = try DurableFile.read(layout.label, limit: 256) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        return text.split(separator: "\n").first.map(String.init)
    }

    /// Keeps a label.
    public func setLabel(_ label: String) throws(StoreError) {
        try DurableFile.write(Array("\(label)\n".utf8), to: layout.label)
    }
}
