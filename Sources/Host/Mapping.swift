import Glibc

/// A file mapped read-only: its pages are the system's cache, shared by all processes.
///
/// A mapped file that is cut short raises SIGBUS on access, so only a command or a worker maps
/// files, never the daemon. Unchecked because the bytes are never written through it.
public final class Mapping: @unchecked Sendable {
    /// First byte.
    public let start: UnsafeRawPointer
    /// Number of bytes.
    public let count: Int

    /// Maps all of `file`, which must not be empty.
    public init(_ file: File) throws(SystemError) {
        let size = try file.facts().size
        guard size > 0, let count = Int(exactly: size) else {
            throw SystemError("mmap", file.path, code: EINVAL)
        }
        let start = mmap(nil, count, PROT_READ, MAP_SHARED, file.descriptor.number, 0)
        guard let start, start != MAP_FAILED else { throw .last("mmap", file.path) }
        self.start = UnsafeRawPointer(start)
        self.count = count
    }

    /// A copy of bytes `range`.
    public func bytes(_ range: Range<Int>) -> [UInt8] {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        return Array(UnsafeRawBufferPointer(start: start + range.lowerBound, count: range.count))
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: start), count) }
}
