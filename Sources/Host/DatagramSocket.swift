import CLinux
import Glibc

/// A non-blocking UDP socket at one port of all interfaces, which says of each datagram by which
/// interface it came, and sends by the one it is told.
public struct DatagramSocket: Sendable {
    /// A datagram that came in.
    public struct Arrival: Equatable, Sendable {
        /// Its bytes, cut at the count that was asked for.
        public let bytes: [UInt8]
        /// Who sent it.
        public let source: Address
        /// The number of the interface by which it came; 0 where the system does not say.
        public let interface: UInt32
    }

    /// An IP version: a socket has one.
    public enum Version: Sendable {
        /// IPv4.
        case four
        /// IPv6, and no IPv4 in it.
        case six
    }

    /// Bytes of datagrams that wait in the system: a flood is dropped there, before it costs more.
    private static let waitingBytes: Int32 = 64 << 10

    /// The open socket.
    public let descriptor: Descriptor
    /// Its version.
    public let version: Version

    /// A socket at `port`, which other programs that ask for it too may share: all of them hear
    /// what is sent to all machines, one of them what is sent to this machine alone. Port 0 takes
    /// any free one. Throws what the system says, `isAddressInUse` where a program does not share.
    public init(_ version: Version, port: UInt16) throws(SystemError) {
        let number = plasmid_datagram_socket(version == .four ? AF_INET : AF_INET6)
        guard number >= 0 else { throw .last("socket") }
        descriptor = Descriptor(owning: number)
        self.version = version
        _ = plasmid_set_option(number, SOL_SOCKET, SO_REUSEADDR, 1)
        _ = plasmid_set_option(number, SOL_SOCKET, SO_RCVBUF, Self.waitingBytes)
        let zeros = [UInt8](repeating: 0, count: version == .four ? 4 : 16)
        guard let any = Address(bytes: zeros, port: port) else { return }
        var (storage, size) = any.storage
        guard plasmid_bind(number, &storage, size) == 0 else {
            throw .last("bind", any.description)
        }
    }

    /// A socket at one address that no other program shares; port 0 takes any free one. `waiting`
    /// bytes may wait in the system, or as many as it allows.
    public init(at address: Address, waiting: Int32) throws(SystemError) {
        let isFour = address.bytes.count == 4
        let number = plasmid_datagram_socket(isFour ? AF_INET : AF_INET6)
        guard number >= 0 else { throw .last("socket") }
        descriptor = Descriptor(owning: number)
        version = isFour ? .four : .six
        _ = plasmid_set_option(number, SOL_SOCKET, SO_RCVBUF, waiting)
        var (storage, size) = address.storage
        guard plasmid_bind(number, &storage, size) == 0 else {
            throw .last("bind", address.description)
        }
    }

    /// The port that it is bound to.
    public func port() throws(SystemError) -> UInt16 {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        guard plasmid_own_address(descriptor.number, &storage, &size) == 0,
            let address = Address(storage)
        else { throw .last("getsockname") }
        return address.port
    }

    /// Hears what is sent to an IPv6 group (16 bytes) behind an interface.
    public func join(_ group: [UInt8], interface: UInt32) throws(SystemError) {
        precondition(group.count == 16 && version == .six)
        guard plasmid_join_group(descriptor.number, group, interface) == 0 else {
            throw .last("join the multicast group")
        }
    }

    /// Sends one datagram to `target` by the interface of that number, from `source`, one of its
    /// addresses (4 or 16 bytes), or from the one that the system chooses. Never waits: a full
    /// queue is a failure like any other.
    public func send(
        _ bytes: [UInt8], to target: Address, from source: [UInt8]? = nil, interface: UInt32
    ) throws(SystemError) {
        var (storage, size) = target.storage
        let own = source ?? []
        let count = plasmid_send_datagram(
            descriptor.number, bytes, bytes.count, &storage, size, own, own.count, interface)
        guard count == bytes.count else { throw .last("send", target.description) }
    }

    /// Sends the first `count` bytes as one datagram by the interface that the system chooses.
    public func send(_ bytes: [UInt8], count: Int, to target: Address) throws(SystemError) {
        precondition(count <= bytes.count)
        var (storage, size) = target.storage
        let sent = plasmid_send_datagram(
            descriptor.number, bytes, count, &storage, size, [], 0, 0)
        guard sent == count else { throw .last("send", target.description) }
    }

    /// The next datagram, at most `limit` bytes of it; nil when none waits. A failure that the
    /// network reported for an earlier datagram is passed over.
    public func receive(limit: Int) -> Arrival? {
        var bytes = [UInt8](repeating: 0, count: limit)
        while true {
            var storage = sockaddr_storage()
            var interface: UInt32 = 0
            let count = plasmid_receive_datagram(
                descriptor.number, &bytes, limit, &storage, &interface)
            if count < 0 {
                if errno == EAGAIN { return nil }
                if errno == EINTR || errno == ECONNREFUSED || errno == EHOSTUNREACH { continue }
                return nil
            }
            guard let source = Address(storage) else { continue }
            return Arrival(
                bytes: Array(bytes.prefix(Int(count))), source: source, interface: interface)
        }
    }
}
