import Host

/// Memory that is overwritten from phase to phase and grows when a phase needs more.
final class Scratch {
    private var memory: Memory

    /// At least `bytes` bytes.
    init(bytes: Int = 1 << 16) throws(LearnError) {
        memory = try Self.take(bytes)
    }

    /// First byte, on a page of its own.
    var start: UnsafeMutableRawPointer { memory.start }

    /// Makes room for `bytes` bytes; what was there is lost if it has to grow.
    func reserve(_ bytes: Int) throws(LearnError) {
        guard bytes > memory.count else { return }
        memory = try Self.take(bytes + bytes / 2)
    }

    /// Bytes there is room for.
    var count: Int { memory.count }

    private static func take(_ bytes: Int) throws(LearnError) -> Memory {
        do throws(SystemError) {
            return try Memory(count: bytes)
        } catch {
            throw .request(.noMemory(bytes: bytes))
        }
    }
}
