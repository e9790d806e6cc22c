import Wire

/// So many bytes a second, with up to a second's worth saved. What is spent beyond is a debt that
/// is waited for: a group is asked for whole or not at all.
public struct ByteBudget: Equatable, Sendable {
    /// Bytes a second, at least 1.
    public let rate: UInt64
    private var balance: Int64
    private var filled: UInt64?

    /// A full budget.
    public init(bytesPerSecond rate: UInt64) {
        self.rate = min(max(1, rate), Self.rateMax)
        balance = Int64(self.rate)
    }

    /// More than any link has, and far from where integers end.
    private static let rateMax: UInt64 = 1 << 40

    /// What may be spent at a time; below zero while there is a debt.
    private func balance(at now: Moment) -> Int64 {
        let span = now.monotonic - min(now.monotonic, filled ?? now.monotonic)
        // In whole seconds and the rest, each product below 2^61: a rate has 40 bits.
        let micros = min(span, Span.second * 3_600) / 1_000
        let earned = Int64(
            rate * (micros / 1_000_000) + rate * (micros % 1_000_000) / 1_000_000)
        return min(Int64(rate), balance + earned)
    }

    /// Whether there is no debt.
    public func isReady(at now: Moment) -> Bool { balance(at: now) > 0 }

    /// Monotonic nanoseconds when there is no debt any more.
    public func readyAt(_ now: Moment) -> UInt64 {
        let balance = balance(at: now)
        guard balance <= 0 else { return now.monotonic }
        let missing = UInt64(1 - balance)
        return now.monotonic + missing * 1_000_000 / rate * 1_000 + Span.millisecond
    }

    /// Takes back bytes that were spent and did not go over the line.
    public mutating func giveBack(_ bytes: UInt64, at now: Moment) {
        balance = min(Int64(rate), balance(at: now) + Int64(min(bytes, 1 << 40)))
        filled = now.monotonic
    }

    /// Spends bytes.
    public mutating func spend(_ bytes: UInt64, at now: Moment) {
        balance = balance(at: now) - Int64(min(bytes, 1 << 40))
        filled = now.monotonic
    }
}
