/// Bounds and spans of what a node finds out about its own address, with the reason for each.
enum ReachLimits {
    // MARK: Own address

    /// Parts of the network that must see one address for it to be believed: whoever rules two
    /// networks cannot make a node announce a third party's address.
    static let observersMin = 3

    // MARK: Being called

    /// Parts of the network whose word about being reached is kept: enough for a majority that one
    /// or two liars do not turn.
    static let votesMax = 8
    /// Parts of the network that must have reached this node for it to say so.
    static let reachedMin = 2
    /// A vote is asked for anew after this long: routers change their minds.
    static let voteSpan = 15 * Span.minute
    /// It counts no more after this long.
    static let voteLife = 45 * Span.minute
    /// Between two questions: the first verdict stands within a few seconds.
    static let askPause = 2 * Span.second
    /// An answer that has not come after this long is none: a call takes 5 s for the connection and
    /// 10 s for the handshake.
    static let answerPatience = 20 * Span.second

    // MARK: Calling others

    /// Calls for one peer: one at once and one more, then one in two minutes. An honest peer asks
    /// once in fifteen.
    static let callsPerSession = TokenBucket(every: 2 * Span.minute, burst: 2)
    /// Calls for all peers together: each is a connection for up to 15 s.
    static let calls = TokenBucket(every: Span.second, burst: 8)
    /// Calls at a time.
    static let callsMax = 8

    // MARK: Telling

    /// A Node record that says something new comes this long after the one before at the soonest.
    static let tellPause = 5 * Span.second
}
