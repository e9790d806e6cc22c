import Wire

/// News among the members of circles, apart from all that is for everyone: trees, checks, chance,
/// times and counts of its own, so that nothing which strangers see is moved by it.
struct CircleNews: Sendable {
    /// Records between arrival and catalogue.
    struct Batch: Sendable {
        /// The session that brought them, and in which circle.
        let source: SessionNumber
        let circle: CircleDomain
        var records: [Record]
    }

    /// A tree for each circle that this node knows, and each epoch of it.
    var trees = OrderedTable<CircleDomain, CircleTree>()
    /// Batches waiting for an answer of the shell.
    var batches = OrderedTable<UInt64, Batch>()
    private var nextBatch = CircleLimits.firstBatch
    /// Words that were passed over: of nobody's circle, of one that the peer has not shown to
    /// belong to, or too many.
    var passedOver: UInt64 = 0
    /// Chance for whom to call.
    var generator: SeededGenerator
    private var lastWake: UInt64 = 0

    init(seed: UInt64) { generator = SeededGenerator(seed: seed ^ 0x6369_7263_6c65) }

    /// Records that wait for their check.
    var waiting: Int { batches.values.reduce(0) { $0 + $1.records.count } }

    /// Monotonic nanoseconds when `wake` is due.
    var deadline: UInt64 {
        let first = trees.values.compactMap(\.deadline).min() ?? .max
        return max(first, lastWake + Span.millisecond)
    }

    /// Forgets what was seen and refused: it may count anew.
    mutating func forgetAll() {
        for circle in trees.keys { _ = trees.change(circle) { $0.spread.forgetAll() } }
    }

    mutating func woke(at now: UInt64) { lastWake = now }

    /// Takes records that are to be checked; the number of their batch.
    mutating func add(_ batch: Batch) -> UInt64 {
        defer { nextBatch += 1 }
        batches[nextBatch] = batch
        return nextBatch
    }
}

/// How news goes among the members of one circle, in one of its epochs: for the owner alone.
public struct CircleFigures: Equatable, Sendable {
    /// The organisation.
    public let organization: NodeKey
    /// Whether it is the epoch in which this node itself publishes.
    public let isNewest: Bool
    /// Sessions with members over which news goes, and those of them that get whole records.
    public let links: Int
    /// Those of them that get whole records, and not names alone.
    public let eager: Int
    /// Whole records sent.
    public let sent: UInt64
    /// Records that came and were new.
    public let accepted: UInt64
    /// Records that came although they were known.
    public let duplicates: UInt64
    /// Records asked for by name.
    public let grafts: UInt64

    init(_ tree: CircleTree) {
        organization = tree.organization
        isNewest = tree.isNewest
        links = tree.spread.links.count
        eager = tree.spread.eagerCount
        let counters = tree.spread.statistics
        sent = counters.sent
        accepted = counters.accepted
        duplicates = counters.duplicates
        grafts = counters.grafts
    }
}
