/// A bounded set of equal buffers, used again and again: the memory budget of the data path.
public final class Pool: Sendable {
    private struct State {
        var free: [Buffer] = []
        var made = 0
    }

    /// Capacity of each buffer in bytes.
    public let bufferBytes: Int
    /// Most buffers that are out at any time.
    public let limit: Int
    private let state = Lock(State())

    /// A pool that hands out at most `limit` buffers of `bufferBytes`.
    public init(bufferBytes: Int, limit: Int) {
        self.bufferBytes = bufferBytes
        self.limit = limit
    }

    /// A buffer; nil when all are out: the caller waits, it does not allocate.
    public func take() -> Buffer? {
        state.withLock { state in
            if let buffer = state.free.popLast() { return buffer }
            guard state.made < limit else { return nil }
            state.made += 1
            return Buffer(capacity: bufferBytes)
        }
    }

    /// Takes a buffer back.
    public func put(_ buffer: Buffer) {
        precondition(buffer.capacity == bufferBytes)
        buffer.count = 0
        state.withLock { $0.free.append(buffer) }
    }

    /// Bytes of memory that its buffers take, whether they are out or not.
    public var bytes: Int { state.withLock { $0.made } * bufferBytes }

    /// Number of buffers that are out.
    public var used: Int { state.withLock { $0.made - $0.free.count } }
}
