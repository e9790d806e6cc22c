/// Bytes a second with at most one second saved up, and bytes in a day. Whole bytes and integer
/// nanoseconds, so that every process counts the same.
struct RelayBudget: Equatable, Sendable {
    private let bytesPerSecond: UInt64
    private let bytesPerDay: UInt64
    private var saved: UInt64
    private var filled: UInt64 = 0
    private var dayBegan: UInt64?
    /// Bytes that passed in this day.
    private(set) var usedToday: UInt64 = 0

    init(_ offer: RelayOffer) {
        bytesPerSecond = offer.bytesPerSecond
        bytesPerDay = offer.bytesPerDay
        saved = offer.bytesPerSecond
    }

    /// Takes bytes of the rate; false when there are not so many now.
    mutating func take(_ count: UInt64, at now: UInt64) -> Bool {
        fill(at: now)
        guard saved >= count else { return false }
        saved -= count
        return true
    }

    /// Monotonic nanoseconds when so many bytes may be taken.
    func due(_ count: UInt64) -> UInt64 {
        let missing = count > saved ? count - saved : 0
        return filled + (missing * Span.second + bytesPerSecond - 1) / bytesPerSecond
    }

    private mutating func fill(at now: UInt64) {
        let span = min(now - min(now, filled), Span.second)
        let earned = span * bytesPerSecond / Span.second
        saved = min(bytesPerSecond, saved + earned)
        // Time that earned no whole byte yet goes on counting.
        filled = saved == bytesPerSecond ? now : filled + earned * Span.second / bytesPerSecond
    }

    /// Counts bytes that pass.
    mutating func pass(_ count: UInt64, at now: UInt64) {
        renew(at: now)
        usedToday += count
    }

    /// Whether the day's bytes are used up.
    mutating func isSpent(at now: UInt64) -> Bool {
        renew(at: now)
        return usedToday >= bytesPerDay
    }

    private mutating func renew(at now: UInt64) {
        let began = dayBegan ?? now
        guard now - min(now, began) >= Span.day || dayBegan == nil else { return }
        dayBegan = now
        usedToday = 0
    }
}
