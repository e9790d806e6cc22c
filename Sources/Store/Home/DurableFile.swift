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
        do {
            try onDisk(bytes: UInt64(bytes.count)) { () throws(SystemError) in
                let file = try File(temporary, .createNew, mode: mode)
                try file.setMode(mode)
                try file.write(bytes, offset: 0)
                try file.sync()
                try Directory.rename(temporary, to: path)
                try Directory.sync(Layout.folder(of: path))
            }
        } catch {
            try? Directory.removeFile(temporary)
            throw error
        }
    }

    /// Writes a file that is not there yet, whole or not at all. One that came there meanwhile
    /// stays, and is the error EEXIST.
    static func create(
        _ bytes: [UInt8], at path: String, mode: UInt32 = 0o600
    ) throws(StoreError) {
        let word = Hexadecimal.encode(Sodium.random(count: 8))
        let temporary = "\(path).\(word).new"
        do {
            try onDisk(bytes: UInt64(bytes.count)) { () throws(SystemError) in
                let file = try File(temporary, .createNew, mode: mode)
                try file.setMode(mode)
                try file.write(bytes, offset: 0)
                try file.sync()
                try Directory.renameNew(temporary, to: path)
                try Directory.sync(Layout.folder(of: path))
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
