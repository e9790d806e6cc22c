/// What one `Spread` keeps at most, with the reason for each.
package struct SpreadBounds: Sendable {
    /// Names of records seen, in each of two generations.
    let seenMax: Int
    /// Names of records that were refused, so that they are not fetched again and again.
    let refusedMax: Int
    /// Bytes of records kept to answer grafts with.
    let payloadBytesMax: Int
    /// Records that are known by name only, and those that one link named first.
    let missingMax: Int
    let namedMax: Int
    /// Records of which the way they came is remembered.
    let waysMax: Int
    /// Links that get whole records from their beginning; those that come later get names, and
    /// become part of the tree where names are all that reaches them.
    let eagerAtFirst: Int

    /// Of the records for everyone: a network of 10^5 nodes says a few each second. 16 MB at most.
    package static let everyone = SpreadBounds(
        seenMax: NeighbourLimits.seenMax, refusedMax: NeighbourLimits.refusedMax,
        payloadBytesMax: NeighbourLimits.payloadBytesMax, missingMax: NeighbourLimits.missingMax,
        namedMax: NeighbourLimits.namedMax, waysMax: NeighbourLimits.waysMax, eagerAtFirst: .max)

    /// Of the records of one circle. Its members say a few an hour, and what is kept is also what
    /// one that was away is told of: 512 records of the longest, 1,300 of the usual ones, all of
    /// which one link may name at once. 2 MiB with all names, where members are hostile.
    package static let circle = SpreadBounds(
        seenMax: 4_096, refusedMax: 512, payloadBytesMax: 512 << 10, missingMax: 8_192,
        namedMax: 2_048, waysMax: 2_048, eagerAtFirst: 5)
}
