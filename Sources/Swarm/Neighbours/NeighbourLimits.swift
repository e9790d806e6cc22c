/// Bounds and spans of the overlay, with the reason for each. Times are nanoseconds.
package enum NeighbourLimits {
    // MARK: Who is a neighbour

    /// Neighbours that a node looks for itself. With five of each, the mean node has ten links: of
    /// 10,000 nodes that lose 80 % at once each survivor keeps two on average, and 64 known
    /// addresses to mend the rest with.
    static let outboundWanted = 5
    /// Neighbours that it keeps of its own choice when lost ones come back after others took their
    /// places: so that a network that was cut grows together again.
    static let outboundMax = 8
    /// Neighbours that found this node: more than twice the mean, so that a newcomer is refused
    /// seldom, and few enough that one node never feeds a crowd.
    static let inboundMax = 11
    /// Addresses kept in reserve (HyParView's passive view).
    static let passiveMax = 64
    /// Lost neighbours that are called until they are back, after pauses from a second to half a
    /// minute, for an hour: a router that restarts, a machine that is updated, a network that is
    /// cut.
    static let missedMax = 64
    static let missedPauseMin = 1 * Span.second
    static let missedPauseMax = 30 * Span.second
    static let missedPatience = Span.hour
    /// Dials for the overlay at a time: side by side, never one after the other.
    static let dialsMax = 4
    /// A peer that was asked and said nothing is given up after this long.
    static let answerPatience = 5 * Span.second
    /// A peer that refused, or could not be reached, is not asked again for this long.
    static let refusedPause = 30 * Span.second
    /// Addresses of one netgroup (/16, or /32 of IPv6) among the neighbours that a node looks for
    /// itself, counted for global addresses only: a lab behind one router is normal.
    static let outboundPerNetgroup = 1
    /// The book is asked for addresses at most this often, also where all it gives fail at once.
    static let needPause = 500 * Span.millisecond
    /// A shuffle every half minute keeps the reserve fresh (HyParView); the first few follow each
    /// other quickly, so that a newcomer's neighbours come from all over the network.
    static let shufflePause = 30 * Span.second
    static let firstShufflePause = Span.second
    /// Hops of a shuffle, and addresses in it: itself, three neighbours, four in reserve.
    static let shuffleHops: UInt8 = 6
    static let shuffleNeighbours = 3
    static let shufflePassives = 4
    /// Shuffles that a neighbour may send: ten times what an honest one passes on.
    static let shufflesPerSecond: UInt64 = 2
    static let shufflesBurst: UInt64 = 16
    /// Shuffles on their way over this node whose answers it will pass back.
    static let walksMax = 256

    // MARK: Whether a neighbour lives

    /// A neighbour that said nothing for this long is asked for a word: nearby and elsewhere.
    static let nearPeriod = 1 * Span.second
    static let farPeriod = 3 * Span.second
    /// Round trips below this count as nearby.
    static let nearRoundTrip = 10 * Span.millisecond
    /// Least and longest wait for an answer, before the node's own slowness is counted in.
    static let answerMin = 200 * Span.millisecond
    static let answerMax = 3 * Span.second
    /// Neighbours that are asked about one that is silent.
    static let helpersMax = 3
    /// Periods of silence from suspicion to the end.
    static let suspicionPeriods: UInt64 = 6
    /// Lifeguard's local health: each own slowness adds one, up to eight, and each answer in time
    /// takes one away; all waits are as many times longer (Dadgar et al. 2018).
    static let slownessMax: UInt64 = 8
    /// A wake that comes so late means that this node stood still, not the others.
    static let pauseNoticed = 500 * Span.millisecond
    /// A neighbour that said a word so lately is not asked for one on behalf of others: they cannot
    /// make a node ping another more than twice a second.
    static let heardLately = 500 * Span.millisecond
    /// Questions about third nodes that are open at a time, own and others'.
    static let probesMax = 64

    // MARK: News

    /// Names of records seen, in each of two generations.
    static let seenMax = 65_536
    /// Names of records that were refused, so that they are not fetched again and again.
    static let refusedMax = 65_536
    /// Bytes of records kept to answer grafts with.
    static let payloadBytesMax = 4 << 20
    /// Names for those who get names only are sent this often.
    static let havesPause = 50 * Span.millisecond
    /// A record whose name came first is asked for after this long, and of the next peer that has
    /// it after that much more.
    static let firstGraft = 250 * Span.millisecond
    static let nextGraft = 200 * Span.millisecond
    /// Records that follow one another to a neighbour this closely go out together, so many to a
    /// message and so many at most; what is more than that is told by name.
    static let newsPause = 10 * Span.millisecond
    static let newsPerMessage = 32
    static let gatheredMax = 512
    /// Fresh records of one comparison beyond which they are passed on by name: others compare too.
    static let comparedWhole = 8
    /// Records that are known by name only, those that one neighbour named first, and peers
    /// remembered for each.
    static let missingMax = 8192
    static let namedMax = 1024
    /// A neighbour that did not bring what it named so often in a row is not asked any more.
    static let unkeptMax = 64
    static let sourcesMax = 8
    /// Times that one record is asked for, of its sources in turn; then comparing catalogues will
    /// bring it.
    static let graftsMax = 12
    /// A peer is not told again within this long to send names only: what is under way still comes.
    static let prunePause = 500 * Span.millisecond
    /// Peers that send whole records, at least. One: names from the others make up for a silent
    /// one, and two cost a fourth more copies (1.42 against 1.15 in 1,000 nodes).
    static let eagerMin = 1
    /// A way that is shorter by so many hops is worth taking (Plumtree, Leitão et al. 2007).
    static let shorterBy: UInt8 = 3
    /// Records of which the way they came is remembered, for that and while they are checked: as
    /// many as may wait for their check.
    static let waysMax = 4096
}
