import CLinux
import Glibc

/// An advisory lock on a whole file, held until the value is let go or the process ends.
public struct FileLock: Sendable {
    /// The locked file, open to read and write.
    public let file: File

    /// Takes the lock without waiting; nil when another process holds it.
    public static func take(_ path: String) throws(SystemError) -> FileLock? {
        let file = try File(path, .create)
        if flock(file.descriptor.number, LOCK_EX | LOCK_NB) == 0 { return FileLock(file: file) }
        if errno == EWOULDBLOCK { return nil }
        throw .last("flock", path)
    }
}
