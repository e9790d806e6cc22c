import CLinux
import Glibc

/// An advisory lock on a whole file, held until the value is let go or the process ends.
public struct FileLock: Sendable {
    /// The locked file, open to read and write.
    public let file: File

    /// Takes the lock without waiting; nil when another process holds it.
    public static func take(_ path: String) throws(SystemError) -> FileLock? {
        let file = try File(path, .create)
        guard flock(file.descriptor.number, LOCK_EX | LOCK_NB) == 0 else {
            if errno == EWOULDBLOCK { return nil }
            throw .last("flock", path)
        }
        // Only this kind can be looked at by others without taking it.
        guard plasmid_lock_file(file.descriptor.number) == 0 else {
            if errno == EAGAIN || errno == EACCES { return nil }
            throw .last("lock", path)
        }
        return FileLock(file: file)
    }

    /// Whether somebody holds the lock; nothing is taken to find out, so that nobody who wants it
    /// meanwhile is turned away.
    public static func isTaken(_ path: String) throws(SystemError) -> Bool {
        let file: File
        do throws(SystemError) {
            file = try File(path, .read)
        } catch {
            if error.isMissing { return false }
            throw error
        }
        let answer = plasmid_is_locked(file.descriptor.number)
        guard answer >= 0 else { throw .last("lock", path) }
        return answer == 1
    }
}
