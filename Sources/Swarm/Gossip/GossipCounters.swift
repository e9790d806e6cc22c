/// How often what happened to records and comparisons since the node started. They count what
/// everyone may know of and restricted records alike, for the owner alone.
public struct GossipCounters: Equatable, Sendable {
    // Records that peers sent
    /// New ones that took their place.
    public var taken: UInt64 = 0
    /// Older than what is here, or here already.
    public var superseded: UInt64 = 0
    /// Refused: no room, a revoked key, a signer that nobody delegated to.
    public var refused: UInt64 = 0
    /// Not well-formed, or with a signature that is not the publisher's.
    public var forged: UInt64 = 0
    /// Dated ahead of this machine's clock by more than clocks may differ.
    public var future: UInt64 = 0
    /// Run out.
    public var expired: UInt64 = 0
    /// Passed over because a peer sent too many, or too many wait for their check.
    public var dropped: UInt64 = 0
    /// Good ones that could not be kept, as the disk was full.
    public var unkept: UInt64 = 0
    /// Words among neighbours passed over because a peer said too many.
    public var wordsDropped: UInt64 = 0
    /// Two records of one publisher with one sequence.
    public var equivocations: UInt64 = 0

    // Comparisons that this node began
    /// All of them.
    public var compared: UInt64 = 0
    /// Those in which nothing differed.
    public var equal: UInt64 = 0
    /// Those in which sketches told the difference.
    public var sketched: UInt64 = 0
    /// Those that went on by pages of ids.
    public var paged: UInt64 = 0
    /// Symbols of sketches that came.
    public var symbols: UInt64 = 0
    /// Records that they told of, on either side alone.
    public var differences: UInt64 = 0

    /// How old news was when it came, by the clocks of its publishers and of this machine: counts
    /// up to each of `lagLimits` seconds, and of what was older.
    public internal(set) var lags = [UInt64](repeating: 0, count: lagLimits.count + 1)
    /// Seconds.
    public static let lagLimits: [UInt64] = [1, 2, 5, 10, 30, 60, 600]

    /// News came so many milliseconds after it was issued.
    mutating func noteLag(milliseconds: UInt64) {
        let place = Self.lagLimits.firstIndex { milliseconds <= $0 * 1_000 }
        lags[place ?? Self.lagLimits.count] += 1
    }
}
