import Glibc

/// A page-aligned block of memory for payload bytes, owned by one holder at a time.
///
/// Unchecked because the bytes have no lock: whoever was handed the buffer last is the only one
/// who touches it, and it is handed over through a mailbox or lane, which orders memory.
public final class Buffer: @unchecked Sendable {
    /// Number of bytes that fit.
    public let capacity: Int
    /// Number of bytes that count, set by the holder.
    public var count: Int = 0
    let base: UnsafeMutableRawPointer

    /// A new block of `capacity` bytes, not initialised.
    public init(capacity: Int) {
        precondition(capacity > 0)
        self.capacity = capacity
        base = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 4096)
    }

    deinit { base.deallocate() }

    /// Reads bytes `range` in place.
    public func withSpan<Result, Failure: Error>(
        _ range: Range<Int>, _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(range.lowerBound >= 0 && range.upperBound <= capacity)
        let bytes = UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count)
        return try body(RawSpan(_unsafeBytes: bytes))
    }

    /// Reads and writes bytes `range` in place.
    public func withMutableSpan<Result, Failure: Error>(
        _ range: Range<Int>, _ body: (inout MutableRawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(range.lowerBound >= 0 && range.upperBound <= capacity)
        let bytes = UnsafeMutableRawBufferPointer(
            start: base + range.lowerBound, count: range.count)
        var span = MutableRawSpan(_unsafeBytes: bytes)
        return try body(&span)
    }

    /// One byte.
    public subscript(index: Int) -> UInt8 {
        get {
            precondition((0..<capacity).contains(index))
            return base.load(fromByteOffset: index, as: UInt8.self)
        }
        set {
            precondition((0..<capacity).contains(index))
            base.storeBytes(of: newValue, toByteOffset: index, as: UInt8.self)
        }
    }

    /// A copy of bytes `range`.
    public func bytes(_ range: Range<Int>) -> [UInt8] {
        withSpan(range) { span in span.withUnsafeBytes { Array($0) } }
    }

    /// Copies bytes `range` into an array whose memory is used again.
    public func copy(_ range: Range<Int>, into bytes: inout [UInt8]) {
        bytes.removeAll(keepingCapacity: true)
        withSpan(range) { span in span.withUnsafeBytes { bytes.append(contentsOf: $0) } }
    }

    /// Copies bytes `range` into another buffer, to `offset` there.
    public func copy(_ range: Range<Int>, into other: Buffer, at offset: Int) {
        precondition(range.lowerBound >= 0 && range.upperBound <= capacity)
        precondition(offset >= 0 && offset + range.count <= other.capacity && other !== self)
        (other.base + offset).copyMemory(from: base + range.lowerBound, byteCount: range.count)
    }

    /// Copies `bytes` to `offset`.
    public func store(_ bytes: [UInt8], at offset: Int) {
        precondition(offset >= 0 && offset + bytes.count <= capacity)
        bytes.withUnsafeBytes { source in
            guard let start = source.baseAddress else { return }
            (base + offset).copyMemory(from: start, byteCount: source.count)
        }
    }

    /// Moves `count` bytes from `source` to `destination`; the ranges may overlap.
    public func move(from source: Int, to destination: Int, count: Int) {
        precondition(source >= 0 && destination >= 0 && count >= 0)
        precondition(max(source, destination) + count <= capacity)
        memmove(base + destination, base + source, count)
    }
}
