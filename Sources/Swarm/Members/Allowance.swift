/// How much of something a peer may do: so many at once, and so many in each second (a token
/// bucket, in whole numbers so that it counts alike everywhere).
struct Allowance: Equatable, Sendable {
    /// Most tokens that can be saved up.
    let burst: UInt64
    /// Tokens that come back in each second.
    let perSecond: UInt64
    /// Billionths of tokens left.
    private var left: UInt64
    /// Monotonic nanoseconds of the last use; nil before the first.
    private var used: UInt64?

    /// A full bucket.
    init(burst: UInt64, perSecond: UInt64) {
        precondition(burst > 0 && burst <= 1 << 30 && perSecond > 0 && perSecond <= 1 << 30)
        self.burst = burst
        self.perSecond = perSecond
        left = burst * Span.second
    }

    /// Takes `count` tokens; false, and nothing is taken, when there are not so many.
    mutating func take(_ count: UInt64 = 1, at monotonic: UInt64) -> Bool {
        let full = burst * Span.second
        let elapsed = monotonic - min(monotonic, used ?? monotonic)
        used = max(monotonic, used ?? 0)
        let isFull = elapsed >= (full - left) / perSecond + 1
        left = isFull ? full : min(full, left + elapsed * perSecond)
        guard count <= burst, left >= count * Span.second else { return false }
        left -= count * Span.second
        return true
    }
}
