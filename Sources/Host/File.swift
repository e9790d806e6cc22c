import CLinux
import Glibc

/// What the system says of a file: enough to see that it changed.
public struct FileFacts: Equatable, Sendable {
    /// What kind of thing a path names.
    public enum Kind: Sendable {
        /// A plain file.
        case file
        /// A folder.
        case folder
        /// A symbolic link.
        case link
        /// A device, socket or pipe.
        case other
    }

    /// What it is.
    public let kind: Kind
    /// Size in bytes.
    public let size: UInt64
    /// Device and inode: the file's identity on this machine.
    public let device: UInt64
    /// Inode number.
    public let inode: UInt64
    /// Last change of the bytes, in nanoseconds since 1970.
    public let modified: Int64
    /// Last change of bytes or facts, in nanoseconds since 1970.
    public let changed: Int64
    /// Permission bits.
    public let mode: UInt32
    /// The owner's user number.
    public let owner: UInt32

    init(_ facts: stat) {
        switch facts.st_mode & S_IFMT {
        case S_IFREG: kind = .file
        case S_IFDIR: kind = .folder
        case S_IFLNK: kind = .link
        default: kind = .other
        }
        size = UInt64(max(0, facts.st_size))
        device = UInt64(facts.st_dev)
        inode = UInt64(facts.st_ino)
        modified = Int64(facts.st_mtim.tv_sec) * 1_000_000_000 + Int64(facts.st_mtim.tv_nsec)
        changed = Int64(facts.st_ctim.tv_sec) * 1_000_000_000 + Int64(facts.st_ctim.tv_nsec)
        mode = facts.st_mode & 0o7777
        owner = facts.st_uid
    }
}

/// How a file is opened.
public enum FileAccess: Sendable {
    /// Only to read; must exist.
    case read
    /// Only to read; must exist. What is no plain file is opened without waiting for another side.
    case readAtOnce
    /// To read and write; must exist.
    case write
    /// To read and write; made empty, must not exist before.
    case createNew
    /// To read and write; made if it is missing.
    case create
    /// To append; made if it is missing.
    case append

    var flags: Int32 {
        switch self {
        case .read: O_RDONLY
        case .readAtOnce: O_RDONLY | O_NONBLOCK | O_NOCTTY
        case .write: O_RDWR
        case .createNew: O_RDWR | O_CREAT | O_EXCL
        case .create: O_RDWR | O_CREAT
        case .append: O_RDWR | O_CREAT | O_APPEND
        }
    }
}

/// An open plain file with positioned reads and writes.
public struct File: Sendable {
    /// The open file.
    public let descriptor: Descriptor
    /// The path it was opened by, for errors.
    public let path: String

    /// Wraps a descriptor that was opened elsewhere.
    public init(_ descriptor: Descriptor, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    /// Opens `path`; a new file gets permission bits `mode`.
    public init(
        _ path: String, _ access: FileAccess, mode: UInt32 = 0o600, followsLinks: Bool = true
    ) throws(SystemError) {
        let extra = followsLinks ? 0 : plasmid_open_flag_no_follow()
        let number = plasmid_open(path, access.flags | extra, mode)
        guard number >= 0 else { throw .last("open", path) }
        self.init(Descriptor(owning: number), path: path)
    }

    /// An empty file that lives in memory and ends with its last holder. Its path can be opened
    /// again by this process as long as it lives.
    public static func inMemory(_ name: String) throws(SystemError) -> File {
        let number = plasmid_memory_file(name)
        guard number >= 0 else { throw .last("memfd_create", name) }
        return File(Descriptor(owning: number), path: "/proc/self/fd/\(number)")
    }

    /// The facts of the open file.
    public func facts() throws(SystemError) -> FileFacts {
        var facts = stat()
        guard fstat(descriptor.number, &facts) == 0 else { throw .last("fstat", path) }
        return FileFacts(facts)
    }

    /// The facts of a path; a symbolic link is not followed.
    public static func facts(of path: String) throws(SystemError) -> FileFacts {
        var facts = stat()
        guard lstat(path, &facts) == 0 else { throw .last("lstat", path) }
        return FileFacts(facts)
    }

    /// Reads up to `count` bytes at `offset` into `buffer` at `start`; the number read, less
    /// than `count` only at the end of the file.
    public func read(
        into buffer: Buffer, at start: Int = 0, count: Int, offset: UInt64
    ) throws(SystemError) -> Int {
        precondition(start >= 0 && count >= 0 && start + count <= buffer.capacity)
        return try move(count, "read") { done in
            pread(
                descriptor.number, buffer.base + start + done, count - done,
                off_t(offset) + off_t(done))
        }
    }

    /// Up to `count` bytes at `offset`; fewer only at the end of the file.
    public func read(count: Int, offset: UInt64) throws(SystemError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let done = try move(count, "read") { done in
            bytes.withUnsafeMutableBytes { space in
                pread(
                    descriptor.number, space.baseAddress.map { $0 + done }, count - done,
                    off_t(offset) + off_t(done))
            }
        }
        bytes.removeLast(count - done)
        return bytes
    }

    /// Reads up to `count` bytes at `offset` over those of an array from `start` on; the number
    /// read.
    public func read(
        into bytes: inout [UInt8], at start: Int, count: Int, offset: UInt64
    ) throws(SystemError) -> Int {
        precondition(start >= 0 && count >= 0 && start + count <= bytes.count)
        return try move(count, "read") { done in
            bytes.withUnsafeMutableBytes { space in
                pread(
                    descriptor.number, space.baseAddress.map { $0 + start + done }, count - done,
                    off_t(offset) + off_t(done))
            }
        }
    }

    /// Repeats a system call that may move fewer bytes than asked, until all are moved or the
    /// end is reached; the number moved. `call` gets the number moved so far.
    private func move(
        _ count: Int, _ name: String, _ call: (Int) -> Int
    ) throws(SystemError) -> Int {
        var done = 0
        while done < count {
            let result = call(done)
            if result < 0 {
                if errno == EINTR { continue }
                throw .last(name, path)
            }
            if result == 0 { break }
            done += result
        }
        return done
    }

    /// The next byte from `offset` on that the file system keeps a block for; nil where all that
    /// follows is a hole. Where it does not say, every byte may be there.
    public func nextData(from offset: UInt64) throws(SystemError) -> UInt64? {
        let found = plasmid_seek_data(descriptor.number, Int64(clamping: offset))
        if found >= 0 { return UInt64(found) }
        switch errno {
        case ENXIO: return nil
        case EINVAL, ENOTSUP, ENOSYS: return offset
        default: throw .last("seek", path)
        }
    }

    /// The whole file, refused when it is longer than `limit`.
    public func readAll(limit: Int) throws(SystemError) -> [UInt8] {
        let size = try facts().size
        guard size <= UInt64(limit) else { throw SystemError("read", path, code: EFBIG) }
        return try read(count: Int(size), offset: 0)
    }

    /// Writes all of a span at `offset`.
    public func write(_ span: RawSpan, offset: UInt64) throws(SystemError) {
        let count = span.byteCount
        let done = try move(count, "write") { done in
            span.withUnsafeBytes { bytes in
                pwrite(
                    descriptor.number, bytes.baseAddress.map { $0 + done }, count - done,
                    off_t(offset) + off_t(done))
            }
        }
        guard done == count else { throw SystemError("write", path, code: EIO) }
    }

    /// Writes all of `bytes` at `offset`.
    public func write(_ bytes: [UInt8], offset: UInt64) throws(SystemError) {
        try write(bytes.span.bytes, offset: offset)
    }

    /// Writes `count` bytes of `buffer` from `start` at `offset`.
    public func write(
        _ buffer: Buffer, at start: Int = 0, count: Int, offset: UInt64
    ) throws(SystemError) {
        precondition(start >= 0 && count >= 0 && start + count <= buffer.capacity)
        let done = try move(count, "write") { done in
            pwrite(
                descriptor.number, buffer.base + start + done, count - done,
                off_t(offset) + off_t(done))
        }
        guard done == count else { throw SystemError("write", path, code: EIO) }
    }

    /// Makes the bytes durable (fdatasync: also the size).
    public func syncData() throws(SystemError) {
        guard fdatasync(descriptor.number) == 0 else { throw .last("fdatasync", path) }
    }

    /// Makes bytes and facts durable (fsync).
    public func sync() throws(SystemError) {
        guard fsync(descriptor.number) == 0 else { throw .last("fsync", path) }
    }

    /// Asks the kernel to start writing a range, without waiting.
    public func startWriteback(offset: UInt64, count: UInt64) {
        _ = plasmid_start_writeback(descriptor.number, Int64(offset), Int64(count))
    }

    /// Whether reads and writes go past the page cache from now on: straight between the disk and
    /// the caller's memory, in whole blocks of `directBytes` at whole blocks. False where the file
    /// system cannot.
    public func setDirect(_ isDirect: Bool) -> Bool {
        plasmid_set_direct(descriptor.number, isDirect ? 1 : 0) == 0
    }

    /// What places, offsets and counts of direct reads and writes are multiples of: more than any
    /// disk asks for.
    public static let directBytes = 4096

    /// Cuts or extends the file to `size` bytes.
    public func resize(to size: UInt64) throws(SystemError) {
        guard ftruncate(descriptor.number, off_t(size)) == 0 else { throw .last("truncate", path) }
    }

    /// Reserves disk for `size` bytes; false where the file system cannot.
    public func reserve(size: UInt64) throws(SystemError) -> Bool {
        if size == 0 || plasmid_allocate(descriptor.number, Int64(size)) == 0 { return true }
        let failure = SystemError.last("fallocate", path)
        if failure.isDiskFull { throw failure }
        return false
    }

    /// Shares all blocks of `source` with this empty file (reflink); false where the file
    /// system cannot.
    public func clone(from source: File) -> Bool {
        plasmid_clone(descriptor.number, source.descriptor.number) == 0
    }

    /// Copies `size` bytes of `source` to the start of this file, in the kernel where possible.
    public func copy(from source: File, size: UInt64) throws(SystemError) {
        var rest = size
        while rest > 0 {
            let count = Int(min(rest, 1 << 30))
            let result = plasmid_copy_file_range(
                source.descriptor.number, descriptor.number, count)
            if result < 0 && errno == EINTR { continue }
            if result <= 0 { break }
            rest -= UInt64(result)
        }
        if rest == 0 { return }
        let buffer = Buffer(capacity: 1 << 20)
        var offset = size - rest
        while offset < size {
            let count = try source.read(
                into: buffer, count: Int(min(UInt64(buffer.capacity), size - offset)),
                offset: offset)
            if count == 0 { throw SystemError("read", source.path, code: EIO) }
            try write(buffer, count: count, offset: offset)
            offset += UInt64(count)
        }
    }

    /// Sets the permission bits.
    public func setMode(_ mode: UInt32) throws(SystemError) {
        guard fchmod(descriptor.number, mode_t(mode)) == 0 else { throw .last("chmod", path) }
    }
}
