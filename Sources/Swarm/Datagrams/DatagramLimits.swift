import Wire

/// Bounds and spans of datagrams, with the reason for each. Times are nanoseconds.
enum DatagramLimits {
    /// Pings without an answer before a path counts as closed: of paths that lose every fifth
    /// datagram one in twenty does at a time, and what it carries goes over the session then.
    static let missesMax = 3
    /// How much longer than the round trip an answer by datagram is waited for at least, and how
    /// long at most, before the same is asked over the session (RFC 6298 §2.3). On a path whose
    /// round trips are all the same a wait without a margin ends when the answer comes. The margin
    /// is a quarter of the time after which others are asked about a neighbour.
    static let answerMargin = 50 * Span.millisecond
    static let answerMax = Span.second
    /// The wait where no round trip is known.
    static let answerFirst = 500 * Span.millisecond
    /// A closed path is tried again after pauses from this, twice as long each time, to that: where
    /// datagrams do not pass at all it costs three of 42 bytes each half hour.
    static let pauseMin = 10 * Span.second
    static let pauseMax = 30 * Span.minute
    /// A path that was open for this long was a good one: the pauses begin at the shortest again.
    static let settledAfter = Span.minute
    /// An open path on which nothing was answered for this long is asked: routers forget a mapping
    /// after half a minute without a datagram (RFC 4787 §4.3 asks for two minutes).
    static let quietMax = 15 * Span.second
    /// The same once names go by it: what is lost when it closes unnoticed is so much.
    static let carryingQuietMax = 2 * Span.second
    /// Pings that wait for an answer on one path.
    static let pingsMax = 4
    /// Bytes of a sealed datagram that is sent, at most: 576 with the heads of IPv4 and UDP, which
    /// every part of a path takes (RFC 791 §3.1). The pings that open a path are shorter and say
    /// nothing of longer ones; where those vanished, all names of a busy moment would.
    static let sentMax = 548
    /// What one peer may send: names each 50 ms, pings and questions each second, ten times over.
    static let rate = TokenBucket(perSecond: 250, burst: 1_000)
    /// Keys are chosen anew after this long, or when so many datagrams came under one.
    static let keyLife = Span.hour
    static let keyUses: UInt64 = 1 << 24
    /// Others are asked this often at which address they see this node, so many of them, each in
    /// another part of the network; sooner while nobody could be asked.
    static let seenPause = 15 * Span.minute
    static let seenPauseFirst = 10 * Span.second
    static let seenBy = 3
    /// Questions to strangers that wait for an answer, and for how long.
    static let questionsMax = 4
    static let questionPatience = 10 * Span.second
    /// Sessions that have channels at a time: all that there may be.
    static let channelsMax = SwarmLimits.sessionsMax
}
