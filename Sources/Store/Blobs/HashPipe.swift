import Host
import Wire

/// SHA-256 of a stream on a thread of its own, fed with buffers through a bounded ring, so that
/// the slower of the two hashes of an import is the only one that costs time.
final class HashPipe: Sendable {
    private struct State {
        var waiting: [Buffer?] = []
        var free: [Buffer]
        var digest: Digest?
    }

    /// Bytes of each buffer.
    static let bufferBytes = 1 << 20
    /// Buffers in the ring: enough to ride over a stall of the disk, 8 MiB in all.
    private static let bufferCount = 8

    private let state: Lock<State>
    private let ready = Semaphore()
    private let free = Semaphore(UInt32(HashPipe.bufferCount))
    private let thread: Lock<Thread?> = Lock(nil)

    init() throws(StoreError) {
        let buffers = (0..<Self.bufferCount).map { _ in Buffer(capacity: Self.bufferBytes) }
        let state = Lock(State(free: buffers))
        let ready = ready
        let free = free
        self.state = state
        let thread = try onDisk { () throws(SystemError) in
            try Thread("sha256") {
                var stream = Sha256()
                while true {
                    ready.wait()
                    let next = state.withLock { $0.waiting.removeFirst() }
                    guard let buffer = next else { break }
                    buffer.withSpan(0..<buffer.count) { stream.update($0) }
                    state.withLock { $0.free.append(buffer) }
                    free.signal()
                }
                let digest = stream.finish()
                state.withLock { $0.digest = digest }
            }
        }
        self.thread.withLock { $0 = thread }
    }

    /// A buffer to fill; waits until one is free.
    func takeBuffer() -> Buffer {
        free.wait()
        return state.withLock { $0.free.removeLast() }
    }

    /// Gives a filled buffer to the hash; the caller may go on reading it until `finish`, since
    /// neither side writes to it before it is taken again.
    func submit(_ buffer: Buffer) {
        state.withLock { $0.waiting.append(buffer) }
        ready.signal()
    }

    /// Ends the stream and its thread and gives the hash.
    func finish() -> Digest {
        state.withLock { $0.waiting.append(nil) }
        ready.signal()
        thread.withLock { thread in
            defer { thread = nil }
            return thread
        }?.join()
        guard let digest = state.withLock({ $0.digest }) else {
            preconditionFailure("the thread leaves a digest when it ends")
        }
        return digest
    }
}
