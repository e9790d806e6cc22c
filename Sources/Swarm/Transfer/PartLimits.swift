import Wire

/// Bounds of parts: where a group is asked for in pieces, and how much of that at a time.
public enum PartLimits {
    /// Bytes a second below which a peer is asked for parts: 8 Mbit/s, where a group takes a
    /// second and more. A line that breaks each few seconds would lose a good part of what it
    /// brings, and the end of a fetch would wait for whole groups.
    static let rateMax: UInt64 = 1_000_000
    /// Leaves of a part: 128 KiB come in 0.13 s at that limit and in a second at 1 Mbit/s; their
    /// path is 96 bytes, a message for them 80.
    static let leaves = 8
    /// Bytes a second below which a part has half of them, and those leaves: 1 Mbit/s.
    static let rateSmall: UInt64 = 125_000
    static let leavesSmall = 4
    /// Groups of which parts are here or asked for, over all fetches: each is a megabyte of
    /// memory in the shell. Peers share one as long as leaves of it are free, so sixteen sources
    /// that are asked for three parts each need six; the rest is for those that are behind.
    public static let groupsMax = 16
    /// Part of a group's bytes that a part of it counts for at least where peers are served in
    /// turn, as a divisor: all of it is read and hashed for each, which costs less than sending a
    /// sixteenth.
    static let servedDivisor = 16
    /// A connection that broke while groups were owed says for so long that the next may break
    /// too: until its speed is known the peer is asked for parts.
    static let brokenSpan = 10 * Span.minute
    /// Bytes that a session must have brought to count as one that stood: the smallest part.
    static let usefulBytes = UInt64(leavesSmall * HashTree.leafBytes)
    /// Peers of which that is remembered.
    static let brokenMax = 256
}
