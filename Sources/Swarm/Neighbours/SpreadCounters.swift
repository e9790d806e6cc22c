/// How often what happened on the way of news.
package struct SpreadCounters: Equatable, Sendable {
    /// Whole records sent.
    package var sent: UInt64 = 0
    /// Records that came, were new and were taken.
    package var accepted: UInt64 = 0
    /// Records that came although they were known.
    package var duplicates: UInt64 = 0
    /// Records that were false or had no place.
    package var refused: UInt64 = 0
    /// Names sent.
    package var haves: UInt64 = 0
    /// Records asked for by name.
    package var grafts: UInt64 = 0
    /// Neighbours told to send names only.
    package var prunes: UInt64 = 0
}
