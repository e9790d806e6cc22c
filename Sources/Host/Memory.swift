import Glibc

/// Anonymous memory for numbers: zero-filled, page-aligned, taken from the system only as far as
/// it is touched.
///
/// Unchecked because the bytes have no lock: an engine and the lanes of its team share it under
/// the rules of `Team`.
public final class Memory: @unchecked Sendable {
    /// First byte.
    public let start: UnsafeMutableRawPointer
    /// Number of bytes.
    public let count: Int

    /// `count` bytes of zeros.
    public init(count: Int) throws(SystemError) {
        precondition(count > 0)
        let start = mmap(
            nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        guard let start, start != MAP_FAILED else {
            throw .last("mmap", "\(count) bytes of memory")
        }
        self.start = start
        self.count = count
        // Large pages spare the processor most address translations; a refusal costs only speed.
        if count >= 2 << 20 { _ = madvise(start, count, 14) }
    }

    deinit { munmap(start, count) }
}
