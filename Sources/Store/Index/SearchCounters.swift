/// How many searches a catalogue answered and how long they took: for the owner.
public struct SearchCounters: Equatable, Sendable {
    /// Searches that were answered.
    public private(set) var answered: UInt64 = 0
    /// Of them those that stopped at their bounds, before they had looked at all.
    public private(set) var truncated: UInt64 = 0
    /// Counts up to each of `spanLimits`, and of those that took longer.
    public private(set) var spans = [UInt64](repeating: 0, count: spanLimits.count + 1)
    /// Milliseconds. A search of a million records should take no more than ten.
    public static let spanLimits: [UInt64] = [1, 3, 10, 30, 100, 300]

    /// None yet.
    public init() {}

    /// A search took so many nanoseconds.
    mutating func note(nanoseconds: UInt64, isTruncated: Bool) {
        answered += 1
        truncated += isTruncated ? 1 : 0
        let place = Self.spanLimits.firstIndex { nanoseconds <= $0 * 1_000_000 }
        spans[place ?? Self.spanLimits.count] += 1
    }
}
