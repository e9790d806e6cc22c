import Wire

/// Bounds of asking others for layers, each with its reason.
enum SearchLimits {
    /// Nodes that are asked at once: who wants to hide a layer from a node must rule all of them.
    static let nodesMax = 8
    /// Parts of the network that a light node wants them in.
    static let groupsWanted = 4
    /// Nanoseconds after which a search ends with what has come: an answer takes two ways around
    /// the world and some milliseconds, and a person waits two seconds.
    static let patience = 1500 * Span.millisecond
    /// Searches that are open at a time: more than people and programs of one machine ask.
    static let openMax = 64
    /// Nanoseconds between two looks of a light node for others to ask.
    static let lookPause = 2 * Span.second
    /// Nodes that it dials at a look.
    static let dialsAtOnce = 3
}

extension SwarmRates {
    /// Searches of a key that nobody vouches for: a person's, and a few at once.
    static let searches = TokenBucket(perSecond: 2, burst: 10)
    /// Searches of a member of an organisation that this node knows: a program's.
    static let knownSearches = TokenBucket(perSecond: 20, burst: 100)
    /// Searches of all keys together that nobody vouches for: each takes the catalogue some
    /// milliseconds, so a fifth of its time.
    static let strangersSearches = TokenBucket(perSecond: 50, burst: 200)
}
