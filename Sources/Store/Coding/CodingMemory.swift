/// Memory of one coder: enough for every step of a group of 1 MiB, taken once.
final class CodingMemory {
    /// Most bytes that are coded at a time: a group.
    static let bytesMax = 1 << 20
    /// Most elements: a group of single bytes.
    private static let slack = 4_096

    /// Planes of a byte for each element.
    let symbols, rest, unpacked, packed: UnsafeMutablePointer<UInt8>
    /// Elements as words, and the values of a delta.
    let words: UnsafeMutablePointer<UInt16>
    let lows: UnsafeMutablePointer<UInt16>
    let values, sorted: UnsafeMutablePointer<UInt32>
    /// Four planes of differences.
    let planes: UnsafeMutablePointer<UInt8>
    /// What is coded of a stream, its parent's bytes in the same order, and what is not zero of it.
    let stream, parent, compact: UnsafeMutablePointer<UInt8>
    /// An attempt at a plane or at a whole stream that may be put aside, and what is kept.
    let attempt, trial, result: UnsafeMutablePointer<UInt8>
    static let attemptBytes = bytesMax + bytesMax / 4 + 65_536

    /// Bytes between two planes of `planes`.
    static let planeStride = bytesMax + slack

    init() {
        func take<Element: FixedWidthInteger>(
            _ count: Int, of type: Element.Type
        ) -> UnsafeMutablePointer<Element> {
            let memory = UnsafeMutablePointer<Element>.allocate(capacity: count)
            memory.initialize(repeating: 0, count: count)
            return memory
        }
        let most = Self.bytesMax + Self.slack
        symbols = take(most, of: UInt8.self)
        rest = take(most, of: UInt8.self)
        unpacked = take(most, of: UInt8.self)
        packed = take(most, of: UInt8.self)
        words = take(most / 2, of: UInt16.self)
        lows = take(most / 2, of: UInt16.self)
        values = take(most / 2, of: UInt32.self)
        // Against a wrong parent a decoder reads on for half of the elements before it knows.
        sorted = take(most, of: UInt32.self)
        planes = take(4 * Self.planeStride, of: UInt8.self)
        stream = take(most, of: UInt8.self)
        parent = take(most, of: UInt8.self)
        compact = take(most, of: UInt8.self)
        attempt = take(Self.attemptBytes, of: UInt8.self)
        trial = take(Self.attemptBytes, of: UInt8.self)
        result = take(most, of: UInt8.self)
    }

    deinit {
        for bytes in [
            symbols, rest, unpacked, packed, planes, stream, parent, compact, attempt,
            trial, result,
        ] { bytes.deallocate() }
        words.deallocate()
        lows.deallocate()
        values.deallocate()
        sorted.deallocate()
    }
}
