/// Bounds of what stripes may cost.
enum StripeLimits {
    /// Stripes of one peer: with the session's own connection nine connections for a key.
    static let perPeerMax = 8
    /// Stripes in all that others opened, and that this node opened: each has half a megabyte of
    /// buffers.
    static let takenMax = 64
    static let openedMax = 64
    /// Bytes that must be left to fetch from a peer for one more: below that a new connection is
    /// hardly at its speed before all is here.
    static let leftMin: UInt64 = 16 << 20
    /// Nanoseconds after which one that carries nothing is closed by the side that opened it, and
    /// by the other.
    static let idleMax = 30 * Span.second
    static let idleAtServerMax = 2 * Span.minute
}
