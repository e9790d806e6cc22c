import Host
import Wire

/// Small files that are there whole or not at all, also after a power failure.
enum DurableFile {
    /// Writes beside `path`, syncs, renames over it and syncs the folder.
    static func write(
        _ bytes: [UInt8], to path: String, mode: UInt32 = 0o600
    ) throws(StoreError) {
        let temporary = "\(path).new"
        if Directory.exists(temporary) {
            try onDisk { () throws(SystemError) in try Directory.removeFile(temporary) }
        }
        try put(bytes, mode, temporary) { () throws(SystemError) in
            try Directory.rename(temporary, to: path)
            try Directory.sync(Layout.folder(of: path))
        }
    }

    /// Writes a file that is not there yet, whole or not at all. One that came there meanwhile
    /// stays, and is the error EEXIST.
    static func create(
        _ bytes: [UInt8], at path: String, mode: UInt32 = 0o600
    ) throws(StoreError) {
        let word = Hexadecimal.encode(Sodium.random(count: 8))
        let temporary = "\(path).\(word).new"
        try put(bytes, mode, temporary) { () throws(SystemError) in
            try Directory.renameNew(temporary, to: path)
            try Directory.sync(Layout.folder(of: path))
        }
    }

    /// Writes and syncs a file of another name, and has it moved to its place; nothing is left of
    /// it if that fails.
    private static func put(
        _ bytes: [UInt8], _ mode: UInt32, _ temporary: String,
        move: () throws(SystemError) -> Void
    ) throws(StoreError) {
        do {
            try onDisk(bytes: UInt64(bytes.count)) { () throws(SystemError) in
                let file = try File(temporary, .createNew, mode: mode)
                try file.setMode(mode)
                try file.write(bytes, offset: 0)
                try file.sync()
                try move()
            }
        } catch {
            try? Directory.removeFile(temporary)
            throw error
        }
    }

    /// The whole file; nil when it is not there.
    static func read(_ path: String, limit: Int) throws(StoreError) -> [UInt8]? {
        do {
            return try File(path, .read).readAll(limit: limit)
        } catch {
            if error.isMissing { return nil }
            throw .system(error)
        }
    }
}
