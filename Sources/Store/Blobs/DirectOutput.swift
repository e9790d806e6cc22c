import Host

/// The bytes of a large draft, written in order and past the page cache where the file system can.
///
/// What is imported lies in the cache already as the file that it is read from, so a second time
/// it would only push out what others use; and new pages cost more than the disk does. On a
/// virtual machine, whose host has to find memory for each, they come at a tenth of its speed.
final class DirectOutput: Sendable {
    /// Files from this size on; those below take few pages.
    static let bytesMin: UInt64 = 2 << 20
    /// Bytes between two requests to the kernel to start writing what the cache has, so that the
    /// sync at the end has little left to do.
    private static let writebackBytes: UInt64 = 8 << 20

    private struct State {
        var isDirect: Bool
        var offset: UInt64
    }

    private let file: File
    private let size: UInt64
    private let state: Lock<State>

    /// Output to a file that gets `size` bytes, from `offset` on.
    init(_ file: File, size: UInt64, from offset: UInt64 = 0) {
        self.file = file
        self.size = size
        let isDirect = size >= Self.bytesMin && file.setDirect(true)
        state = Lock(State(isDirect: isDirect, offset: offset))
    }

    /// Whether bytes still go past the cache.
    var isDirect: Bool { state.withLock { $0.isDirect } }

    /// Adds the bytes that count of `buffer`. To be called by one thread.
    func append(_ buffer: Buffer) throws(StoreError) {
        let (isDirect, offset) = state.withLock { ($0.isDirect, $0.offset) }
        let end = offset + UInt64(buffer.count)
        var done = 0
        if isDirect {
            done = try writeBlocks(of: buffer, at: offset)
            // Only the last piece ends within a block, and it takes the other way.
            if done < buffer.count { goOnThroughCache() }
        }
        if done < buffer.count {
            try onDisk(bytes: size) { () throws(SystemError) in
                try file.write(
                    buffer, at: done, count: buffer.count - done, offset: offset + UInt64(done))
            }
            if end % Self.writebackBytes == 0 {
                file.startWriteback(offset: end - Self.writebackBytes, count: Self.writebackBytes)
            }
        }
        state.withLock { $0.offset = end }
    }

    /// Writes the whole blocks of `buffer` past the cache; the number of bytes, 0 where the file
    /// system refuses what it had agreed to.
    private func writeBlocks(of buffer: Buffer, at offset: UInt64) throws(StoreError) -> Int {
        let count = buffer.count / File.directBytes * File.directBytes
        do throws(SystemError) {
            try file.write(buffer, count: count, offset: offset)
            return count
        } catch {
            if error.isInvalid { return 0 }
            throw StoreError(error, bytes: size)
        }
    }

    private func goOnThroughCache() {
        _ = file.setDirect(false)
        state.withLock { $0.isDirect = false }
    }
}
