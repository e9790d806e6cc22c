/// A rate limit with a burst: so many tokens a second, at most `burst` saved up. Whole tokens and
/// integer nanoseconds, so that every process counts the same.
package struct TokenBucket: Equatable, Sendable {
    private let nanosecondsPerToken: UInt64
    private let burst: UInt64
    private var tokens: UInt64
    private var filled: UInt64?

    /// A full bucket.
    package init(perSecond: UInt64, burst: UInt64) {
        precondition(perSecond > 0)
        self.init(every: Span.second / perSecond, burst: burst)
    }

    /// A full bucket that gets a token each so many nanoseconds.
    init(every nanoseconds: UInt64, burst: UInt64) {
        precondition(nanoseconds > 0 && burst > 0)
        nanosecondsPerToken = nanoseconds
        self.burst = burst
        tokens = burst
    }

    /// A full bucket that is filled more slowly.
    init(perMinute: UInt64, burst: UInt64) {
        precondition(perMinute > 0 && burst > 0)
        nanosecondsPerToken = Span.minute / perMinute
        self.burst = burst
        tokens = burst
    }

    /// Whether there is a token at a time in monotonic nanoseconds.
    func hasToken(at now: UInt64) -> Bool {
        var copy = self
        return copy.take(at: now)
    }

    /// Takes a token at a time in monotonic nanoseconds; false when there is none.
    package mutating func take(at now: UInt64) -> Bool {
        let last = filled ?? now
        let earned = (now - min(now, last)) / nanosecondsPerToken
        tokens = min(burst, tokens + min(earned, burst))
        filled = tokens == burst ? now : last + earned * nanosecondsPerToken
        guard tokens > 0 else { return false }
        tokens -= 1
        return true
    }
}
