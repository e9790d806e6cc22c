/// Bounds and spans of news among members, with the reason for each. Times are nanoseconds.
enum CircleLimits {
    /// Trees at a time: eight circles with three epochs each, as many as tags may speak of. With
    /// `SpreadBounds.circle` 48 MiB at most, and what old epochs hold is nearly nothing.
    static let treesMax = 24
    /// Records that wait for their check: apart from those for everyone, whose room must not show
    /// how much members say to each other. As many as one member may have for one that was away.
    static let waitingMax = 2_048
    /// Batches are numbered from here: apart from all others, and above them.
    static let firstBatch: UInt64 = 1 << 63
    /// What one peer may say in all its circles, far above what an honest one does: one message for
    /// each record of a flood, names each twentieth of a second.
    static let words = TokenBucket(perSecond: 100, burst: 2_000)
    /// Records of one circle that are read again at the start, newest first: as many as its
    /// `Spread` may keep, and as names fit in one message.
    static let foundMax = 1_024
    /// Members of one circle whose keys are remembered, to be called.
    static let membersMax = 256
    /// Links to other members that a node calls others for: with two each a circle hangs together
    /// where one of them goes, and it costs two sessions.
    static let linksWanted = 2
    /// Members called at a time, and again after this long at the earliest.
    static let callsAtOnce = 2
    static let callPause = 20 * Span.second
    /// One that was called is left alone for this long: it is away, or has no room.
    static let calledPause = 10 * Span.minute
}
