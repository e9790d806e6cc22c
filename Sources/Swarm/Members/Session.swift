import Wire

/// A peer with a standing channel.
public struct Session: Sendable {
    /// Who it is.
    public let facts: SessionFacts
    /// What it said of itself; nil before its introduction.
    public internal(set) var introduction: Introduction?
    /// Monotonic nanoseconds when it was opened.
    public let opened: UInt64
    /// Monotonic nanoseconds of the last word.
    public internal(set) var heard: UInt64
    /// Nanoseconds of the last round trip; nil before the first.
    public internal(set) var roundTrip: UInt64?
    /// Whether it is so far that a connection finds its speed slowly; false before it is known.
    var isFar: Bool { (roundTrip ?? 0) >= SessionFacts.farRoundTrip }
    /// Monotonic nanoseconds of that measurement, or of the session's beginning.
    var measured: UInt64
    /// Payload bytes served to it, coded ones as they left.
    public internal(set) var sent: UInt64 = 0
    /// Payload bytes fetched from it, coded ones as they came.
    public internal(set) var received: UInt64 = 0
    /// Whether it is a neighbour in the overlay.
    public internal(set) var isNeighbour = false
    /// Whether it is a neighbour that seems to be dead.
    public internal(set) var isSuspected = false
    /// Whether circuits run over it, or one of the two has a place for them at the other.
    var isRelaying = false
    /// Monotonic nanoseconds when it was last of use to anybody.
    var used: UInt64
    /// Milliseconds by which its wall clock is ahead of our monotonic one; nil before its
    /// introduction.
    var clockOffset: Int64?
    /// Proven faults.
    var faults = 0
    /// Statements that it sent.
    var statements = 0
    /// What it has proven of itself beyond its key.
    var rights = SessionRights()
    /// Monotonic nanoseconds when what it told of layers for named keys is looked up; nil once it
    /// was.
    var grantsDue: UInt64?
    /// Layers of which it was asked whether this node may still know of them.
    var grantsAsked: Set<Digest> = []
    /// Layers about which a decision was written down, and how it was.
    var decided: [Digest: Bool] = [:]
    /// Chance for the numbers of its pings: of its own, so that how often it is pinged moves
    /// nothing that others see.
    var generator: SeededGenerator
    /// Number and time of an unanswered ping.
    var ping: (number: UInt64, sent: UInt64)?
    /// Whether closing was asked for; nothing more is sent.
    var isClosing = false
    /// Record ids wanted from it.
    var wanted: [Digest] = []
    /// Items wanted from it.
    var wantedItems: [UInt64] = []
    /// The salt of its last sketch.
    var salt: SketchSalt?
    /// Sketches in a row that did not come apart.
    var undecoded = 0
    /// Records of each batch that was asked for and has not come, in the order of asking.
    var batchesAsked: [Int] = []
    /// Ids that are wanted of it and of nobody else meanwhile.
    var claimed: Set<Digest> = []
    /// Where the list of its ids began; nil for the lowest.
    var pageStart: Digest?
    /// Whether that list has passed the highest id.
    var isSecondLap = false
    /// Where the comparison of catalogues stands; nil when there is none.
    var reconciliation: Reconciliation?
    /// Monotonic nanoseconds when this side compares for the first time; nil once it has begun.
    var comparisonDue: UInt64?
    /// Whether records that it sent were passed over since the comparison began: it does not count.
    var hasLostRecords = false
    /// Pages asked for and not answered yet.
    var pagesAsked = 0
    /// Monotonic nanoseconds of the last step of the comparison.
    var compared: UInt64 = 0
    /// Pages of this comparison so far.
    var pagesSeen = 0
    /// Its questions to the catalogue or the disk that the shell is answering.
    var answering = 0
    /// Monotonic nanoseconds of the last of them, or of the session's beginning.
    var asked: UInt64
    /// Its requests that are being answered, and the connection over which.
    var serving: [UInt64: SessionNumber] = [:]
    /// Searches asked of it and not answered yet.
    var searchesAsked = 0
    /// How fast groups come from it, and how many are asked of it.
    var pace = PeerPace()
    /// Whether they are asked for coded.
    var coding = CodingChoice()
    /// The connections over which groups are asked of it, and whether one more is worth while.
    var lines = PeerLines()
    /// How many connections to the peer there are: this one, and those that carry groups for it.
    public var connections: Int { lines.all.count }
    var stripePlan = StripePlan()
    /// Layers of which it gives out what it has while it fetches them, and wants to know who else
    /// does.
    var sought: Set<Digest> = []
    /// Layers for which it was told that this node does so.
    var told: Set<Digest> = []
    /// Blobs of which it is told what comes here, by the layer through which it asked.
    var watched = OrderedTable<Digest, Digest>()
    /// Monotonic nanoseconds before which no group is asked of it: it said that it is busy.
    var busyUntil: UInt64 = 0
    /// How it stands as a witness of the own journal.
    var witness = WitnessState()
    /// What it may still do.
    var rates = Rates()

    /// What a peer may still do without waiting.
    struct Rates: Sendable {
        var pings = SwarmRates.pings
        var questions = SwarmRates.questions
        var documents = SwarmRates.documents
        var news = SwarmRates.news
        var gossip = SwarmRates.gossip
        var circles = CircleLimits.words
        var reach = SwarmRates.reach
        var calls = ReachLimits.callsPerSession
        var stray = SwarmRates.stray
        var searches = SwarmRates.searches
        var knownSearches = SwarmRates.knownSearches
    }

    /// Where a comparison of catalogues stands.
    enum Reconciliation: Equatable, Sendable {
        /// So many symbols are asked for.
        case awaitingSketch(count: Int)
        /// A sketch came and is held against the catalogue.
        case comparingSketch(count: Int)
        /// A page of ids above this one was asked for.
        case awaitingPage(after: Digest?)
        /// A page came and is held against the catalogue; then the next is asked for.
        case comparingPage(next: NextPage?)
        /// The page's missing records are being fetched; then the next is asked for.
        case fetching(next: NextPage?)
    }

    /// Where the next page of ids begins.
    enum NextPage: Equatable, Sendable {
        case lowest
        case above(Digest)
    }

    /// Whether its ids are being listed.
    var isPaging: Bool {
        switch reconciliation {
        case .awaitingPage, .comparingPage: true
        case .fetching(let next): next != nil
        case .awaitingSketch, .comparingSketch, nil: false
        }
    }

    /// Whether the peer's introduction has a bit of the features.
    func speaks(of feature: UInt64) -> Bool {
        (introduction?.features ?? 0) & feature != 0
    }

    init(_ facts: SessionFacts, seed: UInt64, at monotonic: UInt64) {
        self.facts = facts
        generator = SeededGenerator(seed: seed)
        measured = monotonic
        used = monotonic
        asked = monotonic
        grantsDue = monotonic + SwarmLimits.grantsPause
        opened = monotonic
        heard = monotonic
        roundTrip = facts.roundTrip
    }
}
