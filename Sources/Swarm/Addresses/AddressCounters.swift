/// How often what happened to addresses.
package struct AddressCounters: Equatable, Sendable {
    /// Told and taken into the book.
    package var taken: UInt64 = 0
    /// Told by a peer that had told too many.
    package var tooMany: UInt64 = 0
    /// Told while another held the place.
    package var crowded: UInt64 = 0
    /// Thrown out because they could not be reached for long.
    package var replaced: UInt64 = 0
    /// Moved to the tried ones.
    package var tried: UInt64 = 0
    /// Tried ones that were asked whether they are still there because another wants the place.
    package var contested: UInt64 = 0
    /// Of those, the ones that were not and lost it.
    package var evicted: UInt64 = 0

    /// None yet.
    package init() {}
}
