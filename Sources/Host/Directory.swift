import CLinux
import Glibc

/// Folders and names: made, listed, renamed and removed.
public enum Directory {
    /// One name in a folder.
    public struct Entry: Sendable {
        /// The name without its folder.
        public let name: String
        /// What the name is; a symbolic link is not followed.
        public let kind: FileFacts.Kind
    }

    /// Makes a folder and every missing folder above it.
    public static func create(_ path: String, mode: UInt32 = 0o700) throws(SystemError) {
        if mkdir(path, mode_t(mode)) == 0 { return }
        let failure = SystemError.last("mkdir", path)
        if failure.isExisting {
            if (try? isFolder(path)) == true { return }
            throw SystemError("mkdir", path, code: ENOTDIR)
        }
        guard failure.isMissing, let cut = path.lastIndex(of: "/"), cut != path.startIndex else {
            throw failure
        }
        try create(String(path[..<cut]), mode: mode)
        guard mkdir(path, mode_t(mode)) == 0 || errno == EEXIST else {
            throw .last("mkdir", path)
        }
    }

    private static func isFolder(_ path: String) throws(SystemError) -> Bool {
        var facts = stat()
        guard stat(path, &facts) == 0 else { throw .last("stat", path) }
        return facts.st_mode & S_IFMT == S_IFDIR
    }

    /// The entries of a folder in byte order of their names, without `.` and `..` and without
    /// those that go while they are listed.
    public static func list(_ path: String) throws(SystemError) -> [Entry] {
        guard let folder = opendir(path) else { throw .last("opendir", path) }
        defer { closedir(folder) }
        var entries: [Entry] = []
        while true {
            errno = 0
            guard let entry = readdir(folder) else {
                if errno != 0 { throw .last("readdir", path) }
                break
            }
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
                    String(cString: $0)
                }
            }
            if name == "." || name == ".." { continue }
            do throws(SystemError) {
                let kind = try File.facts(of: path + "/" + name).kind
                entries.append(Entry(name: name, kind: kind))
            } catch {
                // It went meanwhile.
                guard error.isMissing else { throw error }
            }
        }
        return entries.sorted { Array($0.name.utf8).lexicographicallyPrecedes($1.name.utf8) }
    }

    /// Makes the names in a folder durable.
    public static func sync(_ path: String) throws(SystemError) {
        let number = plasmid_open(path, O_RDONLY | plasmid_open_flag_directory(), 0)
        guard number >= 0 else { throw .last("open", path) }
        try File(Descriptor(owning: number), path: path).sync()
    }

    /// Renames, replacing what has the new name.
    public static func rename(_ from: String, to: String) throws(SystemError) {
        guard Glibc.rename(from, to) == 0 else { throw .last("rename", to) }
    }

    /// Renames, refused when something has the new name.
    public static func renameNew(_ from: String, to: String) throws(SystemError) {
        guard plasmid_rename_new(from, to) == 0 else { throw .last("rename", to) }
    }

    /// Removes a file or link.
    public static func removeFile(_ path: String) throws(SystemError) {
        guard unlink(path) == 0 else { throw .last("unlink", path) }
    }

    /// Removes a file, link or folder with all it holds; links are not followed.
    public static func removeTree(_ path: String) throws(SystemError) {
        guard try File.facts(of: path).kind == .folder else { return try removeFile(path) }
        for entry in try list(path) { try removeTree(path + "/" + entry.name) }
        guard rmdir(path) == 0 else { throw .last("rmdir", path) }
    }

    /// Makes a symbolic link at `path` to `target`.
    public static func link(_ path: String, to target: String) throws(SystemError) {
        guard symlink(target, path) == 0 else { throw .last("symlink", path) }
    }

    /// Where a symbolic link points.
    public static func readLink(_ path: String) throws(SystemError) -> String {
        var space = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = space.withUnsafeMutableBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { text in
                text.baseAddress.map { readlink(path, $0, text.count) } ?? -1
            }
        }
        guard count >= 0 else { throw .last("readlink", path) }
        return String(decoding: space[..<count], as: UTF8.self)
    }

    /// The path without `.`, `..` and symbolic links; it must exist.
    public static func resolve(_ path: String) throws(SystemError) -> String {
        guard let resolved = realpath(path, nil) else { throw .last("realpath", path) }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Whether anything has this name; a dangling link counts.
    public static func exists(_ path: String) -> Bool {
        var facts = stat()
        return lstat(path, &facts) == 0
    }

    /// Bytes that this user may still write on the file system of `path`, and its size.
    public static func space(at path: String) throws(SystemError) -> (free: UInt64, total: UInt64) {
        var facts = statvfs()
        guard statvfs(path, &facts) == 0 else { throw .last("statvfs", path) }
        let unit = UInt64(facts.f_frsize)
        return (UInt64(facts.f_bavail) * unit, UInt64(facts.f_blocks) * unit)
    }

    /// The magic number of the file system of `path` (statfs(2) lists them).
    public static func filesystemType(at path: String) throws(SystemError) -> Int {
        let type = plasmid_filesystem_type(path)
        guard type >= 0 else { throw .last("statfs", path) }
        return type
    }
}

/// An open folder, through which all of its file system is made durable. Held open, because the
/// kernel tells a failed write to those who had something open when it failed.
public struct OpenFolder: Sendable {
    private let descriptor: Descriptor
    private let path: String

    /// Opens `path`.
    public init(_ path: String) throws(SystemError) {
        let number = plasmid_open(path, O_RDONLY | plasmid_open_flag_directory(), 0)
        guard number >= 0 else { throw .last("open", path) }
        descriptor = Descriptor(owning: number)
        self.path = path
    }

    /// Makes durable whatever was written to the folder's file system: bytes, names and removals
    /// (syncfs). One call for many files costs less than one for each.
    public func syncFilesystem() throws(SystemError) {
        guard plasmid_sync_filesystem(descriptor.number) == 0 else { throw .last("syncfs", path) }
    }
}
