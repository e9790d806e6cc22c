import Wire

/// What the owner decides about a node's behaviour in the swarm.
public struct Settings: Sendable {
    /// This node's key.
    public var node: NodeKey
    /// The owner's label.
    public var label: String
    /// Where the node listens, as others should dial it.
    public var endpoints: [Endpoint]
    /// Software and version, told to peers.
    public var software: String
    /// Whether fetched public layers that allow it are announced again and served.
    public var isSeeding: Bool
    /// Highest sequence that this node ever signed, so that a new one is higher.
    public var lastSequence: UInt64
    /// Seed of all choices.
    public var seed: UInt64

    /// Settings of a node.
    public init(
        node: NodeKey, label: String, endpoints: [Endpoint], software: String,
        isSeeding: Bool = true, lastSequence: UInt64 = 0, seed: UInt64
    ) {
        self.node = node
        self.label = label
        self.endpoints = endpoints
        self.software = software
        self.isSeeding = isSeeding
        self.lastSequence = lastSequence
        self.seed = seed
    }
}

/// Bounds of every table and queue of the core, with the reason for each.
enum SwarmLimits {
    /// Sessions at once: the memory of one is about 24 kB plus its socket buffers.
    static let sessionsMax = 256
    /// Sessions that the node looks for by itself: eight random links keep a graph of 10^5
    /// nodes connected when half of them die (HyParView, Leitão et al. 2007, uses 5).
    static let sessionsWanted = 8
    /// Addresses remembered besides those that the owner gave.
    static let contactsMax = 1024
    /// Record ids remembered as seen, so that news does not come round again.
    static let seenMax = 65_536
    /// Record ids wanted from one session.
    static let wantedMax = 4096
    /// Records waiting for a signature check.
    static let unverifiedMax = 4096
    /// Faults after which a session is closed; each is a proven fault, not a guess.
    static let faultsMax = 10
    /// Requests of one peer that are being answered.
    static let servesPerSessionMax = 64
    /// Questions that a peer may ask a second; each costs us a look-up, a page or a check. A
    /// newcomer that compares catalogues asks about 20 for 1,000 records.
    static let questionsPerSecond: UInt64 = 200
    /// Questions that a peer may ask at once.
    static let questionsBurst: UInt64 = 1000
    /// Questions of one peer to catalogue and disk that are being answered: an honest peer has
    /// one of each kind.
    static let answeringMax = 32
    /// Longest pause that a busy peer can make us wait.
    static let retryMillisecondsMax: UInt64 = 60_000
    /// Envelopes kept for one fetch until the manifest shows which is good.
    static let envelopesMax = 8
    /// Descriptions of one layer that are tried.
    static let descriptionsMax = 8
    /// Holders of one layer that are remembered.
    static let holdersMax = 64
    /// Faults remembered of one fetch.
    static let faultsRememberedMax = 16
    /// Groups asked of one peer at a time: 8 MiB covers 2.5 Gbit/s at 25 ms.
    static let requestsPerSessionMax = 8
    /// Groups on their way over all sessions: the buffers of the data path.
    static let requestsMax = 24
    /// Blobs of fetches that are open at a time.
    static let openBlobsMax = 16
    /// Holders dialled for one fetch at a time.
    static let holdersDialledMax = 4

    /// A session without a word for this long is dead.
    static let silence = 45 * Span.second
    /// A word is asked for after this long.
    static let pingAfter = 15 * Span.second
    /// A group that has not come after this long is asked of another peer.
    static let groupPatience = 30 * Span.second
    /// A request for a page, an envelope or an `open` is repeated elsewhere after this long.
    static let replyPatience = 10 * Span.second
    /// How long a fetch waits for a holder when none is in sight.
    static let holderPatience = 15 * Span.second
    /// A fetch whose holders stand but bring nothing for this long is given up; what arrived
    /// stays.
    static let stallPatience = 2 * Span.minute
    /// First and longest pause before a lost peer is dialled again.
    static let dialPauseMin = 1 * Span.second
    static let dialPauseMax = 30 * Span.second
    /// A neighbour learned by gossip is forgotten after this long without success.
    static let contactPatience = Span.hour
    /// Catalogues of neighbours are compared again this often.
    static let reconcilePause = 5 * Span.minute
    /// Expired records are removed this often.
    static let expirePause = Span.minute
    /// A peer that sent bytes which do not match is not asked again for this long.
    static let banSpan = 10 * Span.minute
    /// Own records are renewed when this part of their life is over.
    static let renewalDivisor: UInt64 = 2
    /// Holdings are announced this long after the last change, many changes in one record.
    static let holdingsPause = Span.second
    /// People are told of a fetch's progress this often.
    static let reportPause = 200 * Span.millisecond
}
