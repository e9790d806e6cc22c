/// One reading of both clocks, taken by the shell and handed to the core with each input.
public struct Moment: Equatable, Sendable {
    /// Nanoseconds that never go back; for timers.
    public let monotonic: UInt64
    /// Milliseconds since 1970; for expiry of what others signed.
    public let wall: UInt64

    /// A reading.
    public init(monotonic: UInt64, wall: UInt64) {
        self.monotonic = monotonic
        self.wall = wall
    }
}

/// Spans of time in nanoseconds.
enum Span {
    static let millisecond: UInt64 = 1_000_000
    static let second: UInt64 = 1_000_000_000
    static let minute: UInt64 = 60 * second
    static let hour: UInt64 = 60 * minute
    static let day: UInt64 = 24 * hour

    /// Bytes a second where so many come in a span: up to 2^40 bytes, by the microsecond.
    static func rate(of bytes: UInt64, in span: UInt64) -> UInt64 {
        min(bytes, 1 << 40) * millisecond / max(1, span / 1_000)
    }

    /// Nanoseconds that so many bytes take at so many a second.
    static func of(_ bytes: UInt64, at rate: UInt64) -> UInt64 {
        bytes * millisecond / max(1, rate / 1_000)
    }
}
