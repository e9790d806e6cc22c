import CLinux
import Glibc

/// A system call that failed: which one, on what, with which errno.
public struct SystemError: Error, Equatable, Sendable {
    /// The call, as its manual page is named.
    public let call: String
    /// The path or address it was about; empty when there is none.
    public let subject: String
    /// The errno value.
    public let code: Int32

    /// A failure with a known errno.
    public init(_ call: String, _ subject: String = "", code: Int32) {
        self.call = call
        self.subject = subject
        self.code = code
    }

    /// The failure that the last system call of this thread left in errno.
    public static func last(_ call: String, _ subject: String = "") -> SystemError {
        SystemError(call, subject, code: errno)
    }

    /// The system's words for the errno.
    public var reason: String { String(cString: strerror(code)) }

    /// Whether there is no room for what was to be written (ENOSPC, EDQUOT, EFBIG).
    public var isDiskFull: Bool { code == ENOSPC || code == EDQUOT || isTooLarge }

    /// Whether what was to be written would pass a limit of the process or the file system (EFBIG).
    public var isTooLarge: Bool { code == EFBIG && call != "read" }

    /// Whether the device could not read or write its own bytes (EIO).
    public var isUnreadable: Bool { code == EIO }

    /// Whether the file or folder is not there.
    public var isMissing: Bool { code == ENOENT }

    /// Whether something is there already.
    public var isExisting: Bool { code == EEXIST }

    /// Whether the system does not do that with this file (EINVAL).
    public var isInvalid: Bool { code == EINVAL }

    /// Whether the call only has to wait (EAGAIN).
    public var isWouldBlock: Bool { code == EAGAIN }

    /// Whether the address or port is in use.
    public var isAddressInUse: Bool { code == EADDRINUSE }

    /// Whether it took too long (ETIMEDOUT).
    public var isTimedOut: Bool { code == ETIMEDOUT }

    /// Whether permission was denied (EACCES, EPERM).
    public var isDenied: Bool { code == EACCES || code == EPERM }

    /// The name is a symbolic link or not what the flags asked for (ELOOP, ENOTDIR).
    public var isLink: Bool { code == ELOOP }
}

extension SystemError: CustomStringConvertible {
    /// For example "open /x: No such file or directory".
    public var description: String {
        subject.isEmpty ? "\(call): \(reason)" : "\(call) \(subject): \(reason)"
    }
}
