import Host
import Wire

/// What can go wrong on a disk, in the store's words. Each case carries what a person needs to
/// act; `description` is the sentence to show.
public enum StoreError: Error, Equatable, Sendable {
    /// The home or a file in it could not be used; says what and why.
    case unusable(String)
    /// Another process has the home open.
    case inUse(home: String, process: Int32)
    /// The home would lie on a file system without working locks.
    case networkFilesystem(path: String, kind: String)
    /// There is no home at the path.
    case noHome(path: String)
    /// The disk is full, or would be: the bytes that were to be written.
    case diskFull(path: String, bytes: UInt64)
    /// Files of so many bytes are not allowed there, however much room there is.
    case tooLarge(path: String, bytes: UInt64)
    /// The quota that the owner set does not have room: that of one class, or of everything.
    case quota(bytes: UInt64, available: UInt64, of: BlobClass? = nil)
    /// A file changed while it was read; nothing was kept.
    case changed(path: String)
    /// A file that a layer was left in was changed since.
    case sourceChanged(path: String)
    /// A file that a layer was left in is gone.
    case sourceMissing(path: String)
    /// Not here.
    case missing(String)
    /// Bytes on disk are not what they were; says which.
    case damaged(String)
    /// Writes that the disk reported lost (a failed fsync): the blob must be reopened from its
    /// last checkpoint.
    case lostWrites(path: String)
    /// Something else is at the place; it was left as it is.
    case occupied(path: String)
    /// The request is not allowed; says why.
    case refused(String)
    /// Any other failure of the operating system.
    case system(SystemError)

    /// Whether it proves that bytes which should be here are not, or are others: gone, wrong, or
    /// unreadable for the device itself. A process with too many open files says nothing of them.
    var isDamage: Bool {
        switch self {
        case .missing, .damaged, .sourceChanged, .sourceMissing: true
        case .system(let failure): failure.isUnreadable
        default: false
        }
    }

    init(_ error: SystemError, bytes: UInt64 = 0) {
        self =
            error.isTooLarge
            ? .tooLarge(path: error.subject, bytes: bytes)
            : error.isDiskFull
                ? .diskFull(path: error.subject, bytes: bytes) : .system(error)
    }
}

extension StoreError: CustomStringConvertible {
    /// What happened and, where there is something to do, what to do.
    public var description: String {
        switch self {
        case .unusable(let what): what
        case .inUse(let home, let process):
            "another plasmid (process \(process)) has \(home) open; stop it first"
        case .networkFilesystem(let path, let kind):
            """
            \(path) lies on \(kind), whose file locks cannot be relied on; use a local disk: \
            PLASMID_HOME=/var/tmp/plasmid-\(Machine.userNumber) plasmid init
            """
        case .noHome(let path): "there is no home at \(path); make one with: plasmid init"
        case .diskFull(let path, let bytes):
            bytes == 0
                ? "the disk is full (writing \(path)); free some space and try again"
                : "the disk is full: \(bytes) bytes are needed for \(path)"
        case .tooLarge(let path, let bytes):
            "\(path) may not grow to \(bytes) bytes: see the limit of this process (ulimit -f) and "
                + "of the file system"
        case .quota(let bytes, let available, let blobClass):
            "\(bytes) bytes are needed but the quota"
                + (blobClass.map { " of \($0.name) layers" } ?? "") + " leaves \(available)"
        case .changed(let path): "\(path) changed while it was read; try again when it is at rest"
        case .sourceChanged(let path):
            "\(path) was changed since it was shared in place; put the old file back, or share anew"
        case .sourceMissing(let path):
            "\(path), which was shared in place, is gone; put it back, or share the layer anew"
        case .missing(let what): "\(what) is not here"
        case .damaged(let what): "\(what) is damaged"
        case .lostWrites(let path):
            "the disk lost writes to \(path); check the disk, then start the node again"
        case .occupied(let path): "\(path) exists with other contents and was left as it is"
        case .refused(let why): why
        case .system(let error): error.description
        }
    }
}

/// Runs calls into `Host` and gives their failures the store's type.
func onDisk<Result>(
    bytes: UInt64 = 0, _ body: () throws(SystemError) -> Result
) throws(StoreError) -> Result {
    do {
        return try body()
    } catch {
        throw StoreError(error, bytes: bytes)
    }
}

/// What `body` gives of bytes on the disk; nil where it is proven that they are damaged. What could
/// not be looked at for another reason is an error.
func unlessDamaged<Result>(
    _ body: () throws(StoreError) -> Result
) throws(StoreError) -> Result? {
    do {
        return try body()
    } catch {
        guard error.isDamage else { throw error }
        return nil
    }
}
