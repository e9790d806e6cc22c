import Foundation
import Host
import Testing
import Wire

/// A line to a node's port that passes on so many bytes a second of what the node sends; what it
/// is told passes at once.
final class SlowLine: Sendable {
    /// Where it is called.
    let port: UInt16
    private let listener: Int32
    private let target: UInt16
    private let rate: Int
    /// Bytes that the node sent and that were passed on.
    private let passed = Lock(0)

    /// A line to the port of a node on loopback.
    init(to node: TestNode, bytesPerSecond rate: Int) throws {
        self.rate = rate
        target = node.port
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        listener = socket
        var place = Self.loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &place) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(socket, address, length) == 0 && listen(socket, 8) == 0
                    && getsockname(socket, address, &length) == 0
            }
        }
        try #require(isBound)
        port = UInt16(bigEndian: place.sin_port)
        let (target, passed) = (target, passed)
        Foundation.Thread.detachNewThread {
            while true {
                let caller = accept(socket, nil, nil)
                guard caller >= 0 else { return }
                Self.join(caller, to: target, rate: rate, passed)
            }
        }
    }

    deinit { end() }

    /// Bytes that the node sent so far, with all that a channel adds.
    var bytes: Int { passed.withLock { $0 } }

    /// Takes no more calls.
    func end() { shutdown(listener, Int32(SHUT_RDWR)) }

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }

    private static func join(_ caller: Int32, to target: UInt16, rate: Int, _ passed: Lock<Int>) {
        let called = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        // A line holds little: what waits in buffers would come faster than the line is.
        var small: Int32 = 65_536
        setsockopt(called, SOL_SOCKET, SO_RCVBUF, &small, socklen_t(MemoryLayout<Int32>.size))
        setsockopt(caller, SOL_SOCKET, SO_SNDBUF, &small, socklen_t(MemoryLayout<Int32>.size))
        var place = loopback(target)
        let isConnected = withUnsafeMutablePointer(to: &place) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                connect(called, address, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else {
            close(caller)
            close(called)
            return
        }
        Foundation.Thread.detachNewThread { pass(from: caller, to: called) { _ in } }
        Foundation.Thread.detachNewThread {
            var due = Clock.monotonic()
            pass(from: called, to: caller) { count in
                passed.withLock { $0 += count }
                due = max(due, Clock.monotonic()) + UInt64(count) * 1_000_000_000 / UInt64(rate)
                let now = Clock.monotonic()
                if due > now { usleep(UInt32((due - now) / 1_000)) }
            }
            close(caller)
            close(called)
        }
    }

    private static func pass(from source: Int32, to target: Int32, _ noting: (Int) -> Void) {
        var space = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = read(source, &space, space.count)
            guard count > 0 else { break }
            var sent = 0
            while sent < count {
                let done = space.withUnsafeBytes { bytes in
                    Glibc.send(
                        target, bytes.baseAddress.map { $0 + sent }, count - sent,
                        Int32(MSG_NOSIGNAL))
                }
                guard done > 0 else { break }
                sent += done
            }
            guard sent == count else { break }
            noting(count)
        }
        shutdown(source, Int32(SHUT_RDWR))
        shutdown(target, Int32(SHUT_RDWR))
    }
}
