/// Leaves that may be read in an hour: full at first, and filled again evenly.
struct ChallengeAllowance: Sendable {
    private let perHour: UInt64
    private var left: UInt64
    private var filled: UInt64

    /// A full allowance at a time in monotonic nanoseconds.
    init(perHour: UInt64, at now: UInt64) {
        precondition((1...1_000_000).contains(perHour))
        self.perHour = perHour
        left = perHour
        filled = now
    }

    private mutating func fill(_ now: UInt64) {
        let passed = min(now - min(now, filled), Span.hour)
        let earned = passed * perHour / Span.hour
        guard earned > 0 else { return }
        left = min(perHour, left + earned)
        // The rest of a leaf is not lost.
        filled = left == perHour ? now : filled + earned * Span.hour / perHour
    }

    /// Seconds until so many may be read; 0 where they may now.
    mutating func wait(for leaves: UInt64, at now: UInt64) -> UInt64 {
        fill(now)
        guard leaves > left else { return 0 }
        return (leaves - left) * 3_600 / perHour + 1
    }

    /// Takes what `wait` found to be there.
    mutating func take(_ leaves: UInt64) { left -= min(left, leaves) }

    /// Whether nothing of it is used.
    mutating func isFull(at now: UInt64) -> Bool {
        fill(now)
        return left == perHour
    }
}
