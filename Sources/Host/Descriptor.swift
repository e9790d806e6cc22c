import CLinux
import Glibc

/// An owned file descriptor, closed once, when its last holder lets go.
public final class Descriptor: Sendable {
    /// The number that the kernel knows.
    public let number: Int32

    /// Takes ownership of an open descriptor.
    public init(owning number: Int32) {
        precondition(number >= 0, "a descriptor is not negative")
        self.number = number
    }

    deinit { close(number) }

    /// A second descriptor of the same open file.
    public func duplicate() throws(SystemError) -> Descriptor {
        let copy = fcntl(number, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw .last("dup") }
        return Descriptor(owning: copy)
    }
}
