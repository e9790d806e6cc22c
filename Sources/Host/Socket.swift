import CLinux
import Glibc

/// A non-blocking TCP stream or listener.
public struct Socket: Sendable {
    /// What a read or write came to.
    public enum Progress: Equatable, Sendable {
        /// So many bytes moved, at least one.
        case moved(Int)
        /// Nothing can move now; wait for the poller.
        case wouldBlock
        /// The other side closed the stream.
        case closed
    }

    /// The open socket.
    public let descriptor: Descriptor

    /// A listener on `address`; port 0 takes any free port.
    public static func listen(_ address: Address) throws(SystemError) -> Socket {
        let socket = try Socket(family: address.family)
        let number = socket.descriptor.number
        _ = plasmid_set_option(number, SOL_SOCKET, SO_REUSEADDR, 1)
        if address.family == AF_INET6 && !address.isUnspecified {
            _ = plasmid_set_option(number, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 1)
        }
        var (storage, size) = address.storage
        guard plasmid_bind(number, &storage, size) == 0 else {
            throw .last("bind", address.description)
        }
        guard Glibc.listen(number, 128) == 0 else { throw .last("listen", address.description) }
        // From now on this process may call others from the same port. Not before: two programs
        // that both ask for it could share a listening port unawares.
        _ = plasmid_set_option(number, SOL_SOCKET, SO_REUSEPORT, 1)
        return socket
    }

    /// The same from a given port of this machine, which a listener of this process may have too.
    public static func connect(
        _ address: Address, from own: Address
    ) throws(SystemError) -> Socket {
        let socket = try Socket(family: address.family)
        socket.tune()
        let number = socket.descriptor.number
        _ = plasmid_set_option(number, SOL_SOCKET, SO_REUSEADDR, 1)
        _ = plasmid_set_option(number, SOL_SOCKET, SO_REUSEPORT, 1)
        var (storage, size) = own.storage
        guard plasmid_bind(number, &storage, size) == 0 else {
            throw .last("bind", own.description)
        }
        (storage, size) = address.storage
        if plasmid_connect(number, &storage, size) == 0 || errno == EINPROGRESS { return socket }
        throw .last("connect", address.description)
    }

    /// Two sockets within this process that are connected to each other.
    public static func pair() throws(SystemError) -> (Socket, Socket) {
        var ends: [Int32] = [-1, -1]
        let type =
            Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
            | Int32(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw .last("socketpair") }
        return (Socket(Descriptor(owning: ends[0])), Socket(Descriptor(owning: ends[1])))
    }

    /// Starts a connection; the poller says writable when it stands or failed.
    public static func connect(_ address: Address) throws(SystemError) -> Socket {
        let socket = try Socket(family: address.family)
        socket.tune()
        var (storage, size) = address.storage
        if plasmid_connect(socket.descriptor.number, &storage, size) == 0 { return socket }
        if errno == EINPROGRESS { return socket }
        throw .last("connect", address.description)
    }

    private init(family: Int32) throws(SystemError) {
        let number = plasmid_stream_socket(family)
        guard number >= 0 else { throw .last("socket") }
        descriptor = Descriptor(owning: number)
    }

    private init(_ descriptor: Descriptor) {
        self.descriptor = descriptor
    }

    /// The next waiting connection with the other side's address; nil when none waits.
    public func accept() throws(SystemError) -> (Socket, Address)? {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let number = plasmid_accept(descriptor.number, &storage, &size, 0)
        if number < 0 {
            if [EAGAIN, EINTR, ECONNABORTED].contains(errno) { return nil }
            throw .last("accept")
        }
        let socket = Socket(Descriptor(owning: number))
        socket.tune()
        guard let address = Address(storage) else { return nil }
        return (socket, address)
    }

    /// No delay for small records, and probes that find a dead peer within about a minute.
    private func tune() {
        let number = descriptor.number
        _ = plasmid_set_option(number, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        _ = plasmid_set_option(number, SOL_SOCKET, SO_KEEPALIVE, 1)
        _ = plasmid_set_option(number, Int32(IPPROTO_TCP), TCP_KEEPIDLE, 30)
        _ = plasmid_set_option(number, Int32(IPPROTO_TCP), TCP_KEEPINTVL, 10)
        _ = plasmid_set_option(number, Int32(IPPROTO_TCP), TCP_KEEPCNT, 3)
    }

    /// Bytes that were written and that the other side has not confirmed; nil where the system
    /// does not say.
    public var unconfirmedBytes: Int? {
        let count = plasmid_unconfirmed(descriptor.number)
        return count < 0 ? nil : Int(count)
    }

    /// The round trip that TCP has measured, in microseconds; nil for other sockets.
    public var roundTripMicroseconds: UInt64? {
        let span = plasmid_round_trip(descriptor.number)
        return span < 0 ? nil : UInt64(span)
    }

    /// Has what is sent paced by a model of the path (BBR) instead of by losses; whether the system
    /// has it, and for this user.
    @discardableResult
    public func paceByModel() -> Bool {
        plasmid_set_congestion_control(descriptor.number, "bbr") == 0
    }

    /// The failure of a connection that was being made; nil when it stands.
    public func connectFailure() -> SystemError? {
        let code = plasmid_socket_error(descriptor.number)
        return code == 0 ? nil : SystemError("connect", code: code)
    }

    /// The address this side is bound to.
    public func ownAddress() throws(SystemError) -> Address {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        guard plasmid_own_address(descriptor.number, &storage, &size) == 0,
            let address = Address(storage)
        else { throw .last("getsockname") }
        return address
    }

    /// Reads into bytes `range` of `buffer`.
    public func read(
        into buffer: Buffer, _ range: Range<Int>
    ) throws(SystemError) -> Progress {
        precondition(range.lowerBound >= 0 && range.upperBound <= buffer.capacity)
        let count = Glibc.read(descriptor.number, buffer.base + range.lowerBound, range.count)
        return try progress(count, "read")
    }

    /// Writes bytes `range` of `buffer`.
    public func write(
        from buffer: Buffer, _ range: Range<Int>
    ) throws(SystemError) -> Progress {
        precondition(range.lowerBound >= 0 && range.upperBound <= buffer.capacity)
        let count = plasmid_send(descriptor.number, buffer.base + range.lowerBound, range.count)
        return try progress(count, "write")
    }

    private func progress(_ count: Int, _ call: String) throws(SystemError) -> Progress {
        if count > 0 { return .moved(count) }
        if count == 0 { return .closed }
        switch errno {
        case EAGAIN, EINTR: return .wouldBlock
        case EPIPE, ECONNRESET: return .closed
        default: throw .last(call)
        }
    }
}
