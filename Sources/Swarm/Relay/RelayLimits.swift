import Wire

/// Bounds and spans of relaying beside those that the owner of a relay sets, with the reason for
/// each.
enum RelayLimits {
    // MARK: The relay

    /// Places for nodes that want to be reached: each keeps a session, and three quarters of those
    /// stay for others.
    static let placesMax = 64
    /// Of them for nodes of one part of the network: whoever rules one leaves as many to others.
    /// Circuits are held to half in the same way.
    static let placesPerNetgroup = 32
    /// Circuits that one peer may have opened: a fetch from four holders.
    static let circuitsPerCaller = 4
    /// Circuits to one node.
    static let circuitsPerPlace = 8
    /// Circuits that one peer may ask for: eight at once, then one in three seconds. More than that
    /// is refused, not blamed: people retry.
    static let asked = TokenBucket(every: 3 * Span.second, burst: 8)
    /// A circuit that the other side has not taken by then is refused.
    static let openPatience = 10 * Span.second
    /// One without a byte for this long is over: channels inside ask for a word every 15 s.
    static let silence = 60 * Span.second
    /// A relayed session that nobody has had use of for this long is ended by either side.
    static let idlePatience = 30 * Span.second
    /// Bytes that one circuit is allowed at a time where the rate is used up, so that all go on.
    static let share: UInt64 = 64 << 10

    // MARK: Who is relayed to

    /// Relays that a node keeps: one may go away.
    static let relaysWanted = NodeContent.relaysMax
    /// A relay that refused, or could not be reached, is left alone for this long.
    static let refusedPause = 5 * Span.minute
    /// The catalogue is searched for relays at most this often.
    static let searchPause = 10 * Span.second
    /// Relays out of the catalogue that are remembered.
    static let foundMax = 32
    /// An answer to `reserve` is waited for this long.
    static let reservePatience = 10 * Span.second
    /// Circuits that end here: as many as fetches dial holders, and some that come.
    static let endsMax = 64

    // MARK: Who dials

    /// Nodes of which it is remembered by which relays they are reached.
    static let waysMax = 1024
    /// How long a session with the relay is waited for: a connection and a handshake.
    static let sessionPatience = 15 * Span.second
}

extension RelayMessage.Reason {
    /// In words, for people and for logs.
    var words: String {
        switch self {
        case .closed: "the other side closed it"
        case .notOffered: "the node does not relay"
        case .full: "the relay has no room"
        case .tooMany: "the relay has too many circuits of this node"
        case .absent: "the node has no place at the relay"
        case .spent: "the relay has used up what its owner gives"
        case .declined: "the node does not answer over the relay"
        case .broken: "the rules of circuits were broken"
        }
    }
}
