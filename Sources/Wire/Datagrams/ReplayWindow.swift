/// Which of the latest numbers have come: each is taken once, whatever order they come in, and one
/// that is too old to tell is not taken (RFC 6479: a ring of words, so that advancing never moves
/// bits).
public struct ReplayWindow: Sendable {
    /// Numbers below the highest that are still taken: a second of the fastest neighbour's
    /// datagrams overtaking each other.
    public static let size: UInt64 = 1_024
    /// One word more than the window fills: it is cleared as the window moves on.
    private static let wordCount = Int(size / 64) + 1

    private var words = [UInt64](repeating: 0, count: wordCount)
    /// One more than the highest number that was taken.
    private var next: UInt64 = 0

    /// A window in which nothing has come.
    public init() {}

    /// Whether a number would be taken.
    public func isFresh(_ number: UInt64) -> Bool {
        if number >= next { return number < .max }
        guard next - number <= Self.size else { return false }
        return words[Self.place(number)] & Self.bit(number) == 0
    }

    /// Takes a number; false when it was taken before or is too old.
    public mutating func take(_ number: UInt64) -> Bool {
        guard isFresh(number) else { return false }
        if number >= next {
            let first = next == 0 ? 0 : ((next - 1) >> 6) + 1
            let last = number >> 6
            if first <= last {
                let count = min(last - first + 1, UInt64(Self.wordCount))
                for word in last + 1 - count...last {
                    words[Int(word % UInt64(Self.wordCount))] = 0
                }
            }
            next = number + 1
        }
        words[Self.place(number)] |= Self.bit(number)
        return true
    }

    private static func place(_ number: UInt64) -> Int {
        Int((number >> 6) % UInt64(wordCount))
    }

    private static func bit(_ number: UInt64) -> UInt64 { 1 << (number & 63) }
}
