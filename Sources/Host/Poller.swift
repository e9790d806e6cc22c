import CLinux
import Glibc

/// Waits for many descriptors at once (epoll, level-triggered).
///
/// Each registration has a token of the caller's choosing; a caller that closes a descriptor
/// and opens another must use a new token, so that a late event of the old one is recognised.
public final class Poller {
    /// What happened to a descriptor.
    public struct Event {
        /// The token it was registered with.
        public let token: UInt64
        /// Bytes, a connection or the end of the stream can be read.
        public let isReadable: Bool
        /// Bytes can be written.
        public let isWritable: Bool
        /// The other side is gone or the descriptor failed.
        public let isGone: Bool
    }

    private let descriptor: Descriptor
    private var space = [epoll_event](repeating: epoll_event(), count: 256)

    /// A poller with nothing registered.
    public init() throws(SystemError) {
        let number = plasmid_epoll_create()
        guard number >= 0 else { throw .last("epoll_create") }
        descriptor = Descriptor(owning: number)
    }

    /// Registers a descriptor.
    public func add(
        _ other: Descriptor, token: UInt64, reads: Bool, writes: Bool
    ) throws(SystemError) {
        try control(EPOLL_CTL_ADD, other, token, reads, writes)
    }

    /// Changes what is waited for.
    public func change(
        _ other: Descriptor, token: UInt64, reads: Bool, writes: Bool
    ) throws(SystemError) {
        try control(EPOLL_CTL_MOD, other, token, reads, writes)
    }

    /// Forgets a descriptor; must be called before it is closed.
    public func remove(_ other: Descriptor) {
        _ = plasmid_epoll_control(descriptor.number, EPOLL_CTL_DEL, other.number, 0, 0)
    }

    private func control(
        _ operation: Int32, _ other: Descriptor, _ token: UInt64, _ reads: Bool, _ writes: Bool
    ) throws(SystemError) {
        let events = (reads ? plasmid_epoll_in() : 0) | (writes ? plasmid_epoll_out() : 0)
        let result = plasmid_epoll_control(
            descriptor.number, operation, other.number, events, token)
        guard result == 0 else { throw .last("epoll_ctl") }
    }

    /// Waits at most `milliseconds` (negative: without end) and gives what happened.
    public func wait(milliseconds: Int32) throws(SystemError) -> [Event] {
        let count = epoll_wait(descriptor.number, &space, Int32(space.count), milliseconds)
        if count < 0 {
            if errno == EINTR { return [] }
            throw .last("epoll_wait")
        }
        return space[..<Int(count)].map { event in
            Event(
                token: event.data.u64, isReadable: event.events & plasmid_epoll_in() != 0,
                isWritable: event.events & plasmid_epoll_out() != 0,
                isGone: event.events & plasmid_epoll_gone() != 0)
        }
    }
}
