import Host
import Wire

/// SHA-256 of a stream on a thread of its own, and its copy on another, both fed with the same
/// buffers through a bounded ring: of the parts of an import only the slowest costs time.
final class HashPipe: Sendable {
    /// Who reads the buffers, each on its own thread.
    private enum Reader: Int, CaseIterable {
        case hash
        case output
    }

    private struct State {
        /// What each reader has still to do; nil at the end of the stream.
        var waiting: [[Buffer?]] = [[], []]
        /// How many readers still need a buffer that was given to them.
        var uses: [ObjectIdentifier: Int] = [:]
        var free: [Buffer]
        var digest: Digest?
        var failure: StoreError?
    }

    /// Bytes of each buffer.
    static let bufferBytes = 1 << 20
    /// Buffers in the ring: enough to ride over a stall of the disk, 8 MiB in all.
    private static let bufferCount = 8

    private let state: Lock<State>
    private let ready = [Semaphore(), Semaphore()]
    private let free = Semaphore(UInt32(HashPipe.bufferCount))
    private let readers: [Reader]
    private let threads = Lock<[Thread]>([])

    /// A pipe that hashes what it is given, and appends it to `output` where there is one.
    init(_ output: DirectOutput? = nil) throws(StoreError) {
        let buffers = (0..<Self.bufferCount).map { _ in Buffer(capacity: Self.bufferBytes) }
        state = Lock(State(free: buffers))
        readers = output == nil ? [.hash] : [.hash, .output]
        try start("sha256") { $0.hash() }
        guard let output else { return }
        do throws(StoreError) {
            try start("import-write") { $0.write(output) }
        } catch {
            end(.hash)
            joinAll()
            throw error
        }
    }

    private func start(
        _ name: String, _ work: @escaping @Sendable (HashPipe) -> Void
    ) throws(StoreError) {
        let thread = try onDisk { () throws(SystemError) in try Thread(name) { work(self) } }
        threads.withLock { $0.append(thread) }
    }

    // MARK: The side that fills

    /// A buffer to fill; waits until one is free. Throws what writing failed with.
    func takeBuffer() throws(StoreError) -> Buffer {
        free.wait()
        let (buffer, failure) = state.withLock { ($0.free.removeLast(), $0.failure) }
        if let failure { throw failure }
        return buffer
    }

    /// Gives a filled buffer to the readers; the caller may go on reading it until `finish`, since
    /// no side writes to it before it is taken again.
    func submit(_ buffer: Buffer) {
        state.withLock { state in
            state.uses[ObjectIdentifier(buffer)] = readers.count
            for reader in readers { state.waiting[reader.rawValue].append(buffer) }
        }
        for reader in readers { ready[reader.rawValue].signal() }
    }

    /// Ends the stream and its threads and gives the hash; throws what writing failed with.
    func finish() throws(StoreError) -> Digest {
        for reader in readers { end(reader) }
        joinAll()
        let (digest, failure) = state.withLock { ($0.digest, $0.failure) }
        if let failure { throw failure }
        guard let digest else {
            preconditionFailure("the thread leaves a digest when it ends")
        }
        return digest
    }

    private func end(_ reader: Reader) {
        state.withLock { $0.waiting[reader.rawValue].append(nil) }
        ready[reader.rawValue].signal()
    }

    private func joinAll() {
        let running = threads.withLock { threads in
            defer { threads = [] }
            return threads
        }
        for thread in running { thread.join() }
    }

    // MARK: The sides that read

    private func hash() {
        var stream = Sha256()
        while let buffer = next(.hash) {
            buffer.withSpan(0..<buffer.count) { stream.update($0) }
            release(buffer)
        }
        let digest = stream.finish()
        state.withLock { $0.digest = digest }
    }

    /// Goes on taking buffers after a failure, so that the side that fills is told of it.
    private func write(_ output: DirectOutput) {
        var hasFailed = false
        while let buffer = next(.output) {
            if !hasFailed {
                do throws(StoreError) {
                    try output.append(buffer)
                } catch {
                    hasFailed = true
                    state.withLock { $0.failure = error }
                }
            }
            release(buffer)
        }
    }

    private func next(_ reader: Reader) -> Buffer? {
        ready[reader.rawValue].wait()
        return state.withLock { $0.waiting[reader.rawValue].removeFirst() }
    }

    private func release(_ buffer: Buffer) {
        let isFree = state.withLock { state in
            let rest = (state.uses[ObjectIdentifier(buffer)] ?? 1) - 1
            state.uses[ObjectIdentifier(buffer)] = rest
            if rest == 0 { state.free.append(buffer) }
            return rest == 0
        }
        if isFree { free.signal() }
    }
}
