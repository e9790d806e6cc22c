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
    /// Whether it keeps only its own records and those of layers that it found or fetched.
    public var isLight = false
    /// What the owner lets this machine do.
    public var owner = OwnerPolicy()
    /// Public X25519 key that secrets for this node are sealed for; nil where none is told.
    public var sealing: NodeContent.Sealing?
    /// The region that the owner says this machine is in; nil where none is told.
    public var region: String?
    /// Keys that let this node act for them.
    public var delegations: [Delegation] = []
    /// Wall milliseconds when this home was made from a backup; nil where it was not, or so long
    /// ago that its twin would have been met.
    public var restored: UInt64?
    /// Whether nothing may be announced: the key runs elsewhere.
    public var isSilent = false
    /// Addresses known from earlier runs; nil for a book whose secret follows from the seed, as
    /// simulations need it.
    package var addresses: AddressBook?
    /// What beacons on the local network say of this node; nil where none are sent or heard.
    public var lan: LocalBeacons.Identity?
    /// UDP port at which datagrams inside sessions are heard; nil where none are.
    public var datagramPort: UInt16?
    /// What the owner gives to relay for others; nil for nothing.
    public var relay: RelayOffer?
    /// Threads that seal, open and hash what connections carry.
    public var linkLanes = 1
    /// Random bytes that the questions of storage challenges follow from; none in simulations,
    /// where they follow from the seed.
    public var challengeSecret: [UInt8] = []
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
    /// Contacts at once, those that the owner gave among them.
    static let contactsMax = 1024
    /// Places among them that strangers leave for this node's own dials: its neighbours, and the
    /// holders of a few fetches.
    static let ownSessionsMin = 32
    /// Sessions with those who called from one global /24 of IPv4 or /48 of IPv6: a lab of so many
    /// machines behind one router is nothing unusual.
    static let sessionsPerSubnetMax = 64
    /// Of them such as serve nobody any more: one machine can make any number of keys.
    static let idlePerSubnetMax = 4
    /// A session is not ended for want of room before this: a newcomer has come to learn.
    static let sessionMin = 30 * Span.second
    /// A node that had no room is not dialled for as long, unless something is wanted of it.
    static let fullPause = 10 * Span.minute
    /// Addresses that the owner may give.
    static let ownerContactsMax = 256
    /// Record ids remembered as seen, so that news does not come round again.
    static let seenMax = 65_536
    /// Record ids wanted from one session.
    static let wantedMax = 4096
    /// Records waiting for a signature check and for their places: a transaction of the
    /// catalogue that gathers, and what is on its way meanwhile.
    static let unverifiedMax = 5120
    /// Batches of records asked of one peer at a time: 300 kB are on their way then, which is more
    /// records than the catalogue takes in even where a round trip takes 50 ms.
    static let batchesAskedMax = 12
    /// Faults after which a session is closed; each is a proven fault, not a guess.
    static let faultsMax = 10
    /// Peers remembered as not to be asked; the ban that ends first makes room.
    static let bansMax = 4096
    /// Pages of one comparison: 4 million ids when each page is full.
    static let pagesMax = 4096
    /// Fetches at once: each keeps at most 16 blobs open, each of those a file or two.
    static let fetchesMax = 64
    /// Holders remembered for one fetch.
    static let holdersMax = 256
    /// Descriptions of one layer that a fetch tries before it gives up: each needs a key and a
    /// record of its own.
    static let descriptionsMax = 16
    /// Proven faults that a fetch remembers for its report.
    static let faultsKeptMax = 16
    /// Requests of one peer that are being answered.
    static let servesPerSessionMax = 64
    /// Statements of one peer in one session: one for each layer that it fetches, and each costs
    /// the check of a signature.
    static let statementsPerSessionMax = 1024
    /// Of these, what a peer is told of layers unasked: the rest is left for terms that are
    /// accepted, each before a fetch.
    static let statementsToldMax = 960
    /// Documents of organisations that one peer may send in one session: a long chain of roots, and
    /// a renewal every few minutes for a day.
    static let credentialsPerSessionMax = 512
    /// Organisations that one peer may invite to, and bytes of one invitation: a hundred roots of
    /// a few keys each, or eight of the longest documents.
    static let invitationsMax = 2
    static let invitationBytesMax = 512 << 10
    /// Hold requests that wait for an answer, and answers that wait to be heard.
    static let holdsAskedMax = 4_096
    /// Keys that one peer may name as those it acts for: a person, a lab, and a few that are being
    /// replaced.
    static let namedMax = 16
    /// Delegations to one peer that count, of those keys and of publishers and grantees of layers
    /// that are here.
    static let delegationsMax = 256
    /// Bytes of one peer's words that wait for a delegation which gossip has not brought yet: a
    /// few hundred grants.
    static let waitingBytesMax = 256 << 10
    /// Layers of which a session remembers how access to them was decided, for the log.
    static let decidedMax = 1024
    /// Questions of one peer to catalogue and disk that are being answered: an honest peer has
    /// a page of ids, `batchesAskedMax` batches of records and `pagesAskedMax` pages of group
    /// values open.
    static let answeringMax = 32
    /// Pages of group values asked of one peer at a time.
    static let pagesAskedMax = 16
    /// After so long in a session both sides have shown for whom they act.
    static let grantsPause = 5 * Span.second
    /// Layers that went and of which those who knew are told when they are met: a kilobyte each.
    static let goneMax = 1024
    /// The way to a peer is measured this often, however much is said meanwhile: what was measured
    /// among the first words, while catalogues were compared, says little of a near one.
    static let measurePause = 30 * Span.second
    /// Who was dialled compares after this long: what the one that dialled found out has come by
    /// then, and little is left to say.
    static let firstComparisonPause = 10 * Span.second
    /// Symbols of a first sketch: 100 scattered records that differ come apart nearly always.
    static let symbolsFirst = 192
    /// Records by which two catalogues may differ in number for another sketch to be worth it.
    static let sketchGapMax: UInt64 = 2_500
    /// Sketches in a row that do not come apart before they are a fault: an honest peer's do once
    /// pages have brought what was too much for one.
    static let undecodedMax = 8
    /// Groups on their way over all sessions: what arrives waits in the network for a buffer of
    /// the data path.
    static let requestsMax = 128
    /// Blobs of fetches that are open at a time.
    static let openBlobsMax = 16
    /// The same where they are small, of one group each: a file of 64 KiB costs a round trip, not
    /// time on the line.
    static let openSmallBlobsMax = 128
    /// Requests that were given up and whose answers may be on their way.
    static let givenUpMax = 256
    /// Layers smaller than this are fetched before anybody else who fetches them is found.
    static let sharedBytesMin: UInt64 = 8 << 20
    /// Layers of which one peer may say that it fetches them, and blobs of which it is told what
    /// comes: as many as a fetch has open, for a few fetches.
    static let soughtPerSessionMax = 256
    static let watchedPerSessionMax = 512
    /// Others that fetch the same layer and are met for it: each is a session.
    static let sharersMax = 16
    /// How long a fetch waits for the word who else fetches the layer, and until it has met them,
    /// before it asks a source for more than one group.
    static let seekPatience = 500 * Span.millisecond
    static let meetPatience = 2 * Span.second
    /// With fewer groups left than this a slow peer is passed over where a fast one brings all of
    /// them sooner.
    static let tailMax = 64
    /// A peer is late at the earliest after this long without a group: near by, and far away.
    static let lateNear = 500 * Span.millisecond
    static let lateFar = 2 * Span.second
    /// A peer that is late for so many times its patience has stalled: what it owes is taken back.
    static let stalledAfter: UInt64 = 4
    /// A peer that stalled is asked again after this long.
    static let stalledPause = 5 * Span.second
    /// At the end of a fetch what comes sooner than this is waited for.
    static let tailSpanMin = 250 * Span.millisecond

    /// Bytes of one blob that may be asked of two peers while both may still send them: two
    /// hundredths, and one group.
    static func hedgedBytesMax(of size: UInt64) -> UInt64 {
        max(size / 50, UInt64(HashTree.groupBytes))
    }

    /// The same where groups come in parts: a sixty-fourth and one part, their paths come on top.
    static func hedgedPartsMax(of size: UInt64) -> UInt64 {
        max(size / 64, UInt64(PartLimits.leaves * HashTree.leafBytes))
    }

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
    /// How long a fetch waits for a holder when none is in sight, unless it says otherwise.
    public static let holderPatience = 15 * Span.second
    /// A fetch whose holders stand but bring nothing for this long is given up; what arrived
    /// stays.
    static let stallPatience = 5 * Span.minute
    /// How long a fetch on a full disk waits before it looks for room again: soon enough for a
    /// person who has just made some, seldom enough for a disk that stays full.
    static let roomPause = 3 * Span.second
    /// The longest pause before a full catalogue is tried again, where room comes and goes.
    static let roomPauseMax = Span.minute
    /// Records that are kept in memory for a full disk, and as many own ones: a megabyte each.
    static let unkeptMax = 1_024
    /// Peers that are compared with once there is room again.
    static let roomAsked = 3
    /// First and longest pause before a lost peer is dialled again.
    static let dialPauseMin = 1 * Span.second
    static let dialPauseMax = 30 * Span.second
    /// A contact that nobody needs any more is forgotten after this long: longer than any pause and
    /// than `settledAfter`, so that pauses grow as long as somebody does.
    static let contactPatience = Span.minute
    /// Catalogues are compared with that of a random peer again after at most this long and at
    /// least half of it: where they are equal it costs a hundred bytes.
    static let reconcilePause = 45 * Span.second
    /// Expired records are removed this often.
    static let expirePause = Span.minute
    /// A peer that sent bytes which do not match is not asked again for this long.
    static let banSpan = 10 * Span.minute
    /// One that did so within the last day too.
    static let banSpanAgain = Span.day
    /// Own records are renewed when this part of their life is over.
    static let renewalDivisor: UInt64 = 2
    /// Holdings are announced this long after the last change, many changes in one record.
    static let holdingsPause = Span.second
    /// People are told of a fetch's progress this often.
    static let reportPause = 200 * Span.millisecond
    /// A session that stood for this long was a success: the pause before the next dial of the
    /// peer starts again at its shortest. A peer that takes every call and hangs up at once gains
    /// nothing.
    static let settledAfter = 30 * Span.second
    /// Refusals that lie further apart than this have nothing to do with each other.
    static let refusalSpan = 2 * Span.minute
    /// A peer that said it does not have something is asked for it again after this long.
    static let absentSpan = Span.minute
    /// A busy peer is left alone for at least and at most this long, whatever it says.
    static let busyPauseMin = 100 * Span.millisecond
    static let busyPauseMax = 10 * Span.second
    /// The catalogue is asked for the holders of one layer at most this often.
    static let lookupPause = 250 * Span.millisecond
    /// Records that this node signs anew because an unknown one of its own came back: at most
    /// this often, also when two nodes run with one key.
    static let republishPause = Span.minute
    /// The Node and Holdings records, which live for a day, are signed anew this often.
    static let presencePause = 6 * Span.hour
    /// Witnesses are shown what came to the journal this often.
    static let witnessPause = Span.hour
}

/// What a peer may ask or tell in a burst and for ever, each set far above what an honest peer
/// needs. More is a fault, and too many faults end the session.
enum SwarmRates {
    /// Pings and introductions: an honest neighbour sends one in a second, and more for a while
    /// when it doubts, or is asked to look.
    static let pings = TokenBucket(perSecond: 8, burst: 128)
    /// Words among neighbours: one message for each record of a flood, names each twentieth of a
    /// second, shuffles that pass.
    static let gossip = TokenBucket(perSecond: 1000, burst: 8000)
    /// Pages and batches of records: 17,000 bring a whole catalogue of 10^6 records, and then
    /// the comparisons of a neighbour need seven a second.
    static let questions = TokenBucket(perSecond: 100, burst: 20_000)
    /// Envelopes and pages of group values, whose answers are hundreds of times larger than the
    /// question: one for each blob above 1 MiB.
    static let documents = TokenBucket(perSecond: 1000, burst: 4000)
    /// Records that nobody asked for. More are dropped without blame: whoever joins two large
    /// catalogues is honest, and the next comparison brings what was dropped.
    static let news = TokenBucket(perSecond: 1000, burst: 8000)
    /// Words about relays, calls and punches; bytes of circuits are counted where they pass.
    static let reach = TokenBucket(perSecond: 16, burst: 256)
    /// Chunks of circuits that are over: two windows were under way when they ended.
    static let stray = TokenBucket(perSecond: 16, burst: 256)
}
