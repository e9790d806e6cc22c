import CLinux
import Glibc

/// A blocking Unix stream socket: the control channel between the command and the node, which
/// can also carry open descriptors.
public struct LocalSocket: Sendable {
    /// The open socket.
    public let descriptor: Descriptor

    /// A listener at `path`, replacing a stale socket file; only the owner may connect.
    public static func listen(_ path: String) throws(SystemError) -> LocalSocket {
        if Directory.exists(path) { try Directory.removeFile(path) }
        let socket = try LocalSocket()
        var storage = sockaddr_storage()
        let size = plasmid_local_address(&storage, path)
        guard size > 0 else { throw .last("socket path", path) }
        guard plasmid_bind(socket.descriptor.number, &storage, socklen_t(size)) == 0 else {
            throw .last("bind", path)
        }
        guard chmod(path, 0o600) == 0 else { throw .last("chmod", path) }
        guard Glibc.listen(socket.descriptor.number, 16) == 0 else { throw .last("listen", path) }
        return socket
    }

    /// A connection to the listener at `path`.
    public static func connect(_ path: String) throws(SystemError) -> LocalSocket {
        let socket = try LocalSocket()
        var storage = sockaddr_storage()
        let size = plasmid_local_address(&storage, path)
        guard size > 0 else { throw .last("socket path", path) }
        guard plasmid_connect(socket.descriptor.number, &storage, socklen_t(size)) == 0 else {
            throw .last("connect", path)
        }
        return socket
    }

    /// The same, given up with ETIMEDOUT at `deadline` (`Clock.monotonic`): a listener that is
    /// stopped takes no more connections than wait already. Reads and writes need deadlines too.
    public static func connect(
        _ path: String, before deadline: UInt64
    ) throws(SystemError) -> LocalSocket {
        let socket = try LocalSocket(isBlocking: false)
        var storage = sockaddr_storage()
        let size = plasmid_local_address(&storage, path)
        guard size > 0 else { throw .last("socket path", path) }
        while plasmid_connect(socket.descriptor.number, &storage, socklen_t(size)) != 0 {
            guard errno == EAGAIN || errno == EINTR else { throw .last("connect", path) }
            guard Clock.monotonic() < deadline else {
                throw SystemError("connect", path, code: ETIMEDOUT)
            }
            usleep(5_000)
        }
        return socket
    }

    private init(isBlocking: Bool = true) throws(SystemError) {
        let number = isBlocking ? plasmid_blocking_local_socket() : plasmid_ready_local_socket()
        guard number >= 0 else { throw .last("socket") }
        descriptor = Descriptor(owning: number)
    }

    private init(_ descriptor: Descriptor) {
        self.descriptor = descriptor
    }

    /// Waits for the next connection; those of other users are closed at once.
    public func accept() throws(SystemError) -> LocalSocket {
        while true {
            var storage = sockaddr_storage()
            var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let number = plasmid_accept(descriptor.number, &storage, &size, 1)
            if number < 0 {
                if errno == EINTR || errno == ECONNABORTED { continue }
                throw .last("accept")
            }
            let socket = LocalSocket(Descriptor(owning: number))
            var user: UInt32 = 0
            if plasmid_local_peer_user(number, &user) == 0 && (user == getuid() || user == 0) {
                return socket
            }
        }
    }

    /// Wakes a thread that waits in `accept` or `read` by ending the stream both ways.
    public func shutdown() {
        _ = Glibc.shutdown(descriptor.number, Int32(SHUT_RDWR))
    }

    /// Writes all bytes.
    public func write(_ bytes: [UInt8]) throws(SystemError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { space in
                plasmid_send(
                    descriptor.number, space.baseAddress.map { $0 + done }, bytes.count - done)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw .last("write")
            }
            done += count
        }
    }

    /// Reads exactly `count` bytes; nil when the stream ends before.
    public func read(count: Int) throws(SystemError) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let result = bytes.withUnsafeMutableBytes { space in
                Glibc.read(descriptor.number, space.baseAddress.map { $0 + done }, count - done)
            }
            if result < 0 {
                if errno == EINTR { continue }
                throw .last("read")
            }
            if result == 0 { return nil }
            done += result
        }
        return bytes
    }

    /// Sends an open descriptor.
    public func send(_ other: Descriptor) throws(SystemError) {
        guard plasmid_send_descriptor(descriptor.number, other.number) == 0 else {
            throw .last("sendmsg")
        }
    }

    /// Receives an open descriptor.
    public func receiveDescriptor() throws(SystemError) -> Descriptor {
        var number: Int32 = -1
        guard plasmid_receive_descriptor(descriptor.number, &number) == 0, number >= 0 else {
            throw .last("recvmsg")
        }
        return Descriptor(owning: number)
    }
}
