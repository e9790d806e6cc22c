import Foundation
import Host
import Testing
import Wire

/// A line to a node's port that passes on so many bytes a second of what the node sends on each
/// connection. What passes takes its delay, both ways; without one what the node is told passes at
/// once.
final class SlowLine: Sendable {
    /// Where it is called.
    let port: UInt16
    private let listener: Int32
    private let target: UInt16
    private let rate: Int
    /// Bytes that the node sent and that were passed on, by connection in the order of their calls.
    private let passed = Lock<[Int]>([])
    /// The callers' ends of the connections that stand.
    private let standing = Lock<Set<Int32>>([])

    /// A line to the port of a node on loopback that delays by nanoseconds.
    init(to node: TestNode, bytesPerSecond rate: Int, delay: UInt64 = 0) throws {
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
        let (target, passed, standing) = (target, passed, standing)
        Foundation.Thread.detachNewThread {
            while true {
                let caller = accept(socket, nil, nil)
                guard caller >= 0 else { return }
                let number = passed.withLock { passed in
                    passed.append(0)
                    return passed.count - 1
                }
                Self.join(caller, to: target, delay, standing) { count in
                    passed.withLock { $0[number] += count }
                    return UInt64(count) * 1_000_000_000 / UInt64(rate)
                }
            }
        }
    }

    deinit { end() }

    /// Bytes that the node sent so far, with all that a channel adds.
    var bytes: Int { connections.reduce(0, +) }

    /// The same of each connection that was made, in the order of their calls.
    var connections: [Int] { passed.withLock { $0 } }

    /// Cuts the connections that stand: what is on its way is lost.
    func cut() {
        standing.withLock { ends in
            for end in ends { shutdown(end, Int32(SHUT_RDWR)) }
        }
    }

    /// Takes no more calls.
    func end() { shutdown(listener, Int32(SHUT_RDWR)) }

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }

    /// Joins both sides. `span` is how many nanoseconds bytes from the node take.
    private static func join(
        _ caller: Int32, to target: UInt16, _ delay: UInt64, _ standing: Lock<Set<Int32>>,
        span: @escaping @Sendable (Int) -> UInt64
    ) {
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
        standing.withLock { _ = $0.insert(caller) }
        Foundation.Thread.detachNewThread { pass(from: caller, to: called, delay) { _ in 0 } }
        Foundation.Thread.detachNewThread {
            pass(from: called, to: caller, delay, span: span)
            standing.withLock { _ = $0.remove(caller) }
            close(caller)
            close(called)
        }
    }

    /// Passes bytes on until one side ends. What was read waits for its moment in a queue, so that
    /// a delay costs nothing of the rate.
    private static func pass(
        from source: Int32, to target: Int32, _ delay: UInt64, span: (Int) -> UInt64
    ) {
        let waiting = DelayQueue()
        let sender = try? Thread("line") {
            while let (bytes, moment) = waiting.take() {
                let now = Clock.monotonic()
                if moment > now { usleep(UInt32((moment - now) / 1_000)) }
                guard send(bytes, to: target) else { break }
            }
            waiting.end()
            shutdown(source, Int32(SHUT_RDWR))
            shutdown(target, Int32(SHUT_RDWR))
        }
        var space = [UInt8](repeating: 0, count: 16_384)
        var due = Clock.monotonic()
        while true {
            let count = read(source, &space, space.count)
            guard count > 0 else { break }
            due = max(due, Clock.monotonic()) + span(count)
            guard waiting.put(Array(space[..<count]), at: due + delay) else { break }
            let now = Clock.monotonic()
            if due > now { usleep(UInt32((due - now) / 1_000)) }
        }
        waiting.end()
        sender?.join()
    }

    private static func send(_ bytes: [UInt8], to target: Int32) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let done = bytes.withUnsafeBytes { bytes in
                Glibc.send(
                    target, bytes.baseAddress.map { $0 + sent }, bytes.count - sent,
                    Int32(MSG_NOSIGNAL))
            }
            guard done > 0 else { return false }
            sent += done
        }
        return true
    }
}

/// Bytes on their way, each with the moment at which they are there.
private final class DelayQueue: Sendable {
    private struct State {
        var waiting: [(bytes: [UInt8], moment: UInt64)] = []
        var isOver = false
    }

    private let state = Lock(State())
    private let isNews = Semaphore()

    /// False once the line has ended.
    func put(_ bytes: [UInt8], at moment: UInt64) -> Bool {
        let isOver = state.withLock { state in
            state.waiting.append((bytes, moment))
            return state.isOver
        }
        isNews.signal()
        return !isOver
    }

    /// The next bytes; waits for them. Nil when there are no more.
    func take() -> (bytes: [UInt8], moment: UInt64)? {
        while true {
            let (next, isOver) = state.withLock { state in
                (state.waiting.isEmpty ? nil : state.waiting.removeFirst(), state.isOver)
            }
            if let next { return next }
            if isOver { return nil }
            isNews.wait()
        }
    }

    /// Nothing comes any more.
    func end() {
        state.withLock { $0.isOver = true }
        isNews.signal()
    }
}
