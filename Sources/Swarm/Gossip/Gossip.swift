import Wire

/// News on its way through this node.
struct Gossip: Sendable {
    /// A batch of records between arrival and catalogue.
    struct Batch: Sendable {
        /// The session that brought it; nil for own records.
        let source: SessionNumber?
        /// Whether it came as news among neighbours.
        let isNews: Bool
        /// Whether a peer brings its whole catalogue to a node that agreed with nobody yet: who
        /// brought it need not be told of it, and the others are compared with.
        var isFilling = false
        /// Whether it answers a search of this node: others have it, and need not be told.
        var isAnswer = false
        /// Whether it could not be kept before: others were told.
        var isAgain = false
        /// The records.
        var records: [Record]

        /// The same with these records alone.
        func with(_ records: [Record]) -> Batch {
            var batch = self
            batch.records = records
            return batch
        }
    }

    /// Records seen lately, in two generations: when the younger is full the older is dropped.
    /// A record is known by a hash of all its bytes, not by its id: the id leaves the signature
    /// out, so that a forger could make us deaf for a record by sending it first with a wrong
    /// signature.
    private var young = Set<Digest>()
    private var old = Set<Digest>()
    /// Batches waiting for an answer of the shell.
    var batches = OrderedTable<UInt64, Batch>()
    var nextBatch: UInt64 = 1
    /// Records among them.
    var waiting = 0
    /// Records that were asked for and have not come.
    var asked = 0
    /// Ids of records that are wanted of some peer: they are not asked of another.
    var claimed: Set<Digest> = []
    /// Monotonic nanoseconds of the next comparison with a random neighbour.
    var nextReconciliation: UInt64 = 0
    /// Monotonic nanoseconds of the next removal of expired records.
    var nextExpiry: UInt64 = 0
    /// Whether the catalogue agreed with that of a node which keeps everything.
    var hasAgreed = false
    /// What could not be kept.
    var unkept = Unkept()
    /// How often what happened.
    var counters = GossipCounters()

    /// The name under which a record is remembered.
    static func name(_ bytes: [UInt8]) -> Digest {
        guard let name = Digest(bytes: Sodium.blake2b(bytes, count: Digest.byteCount)) else {
            preconditionFailure("BLAKE2b-256 has 32 bytes")
        }
        return name
    }

    /// Whether it was seen before.
    func hasSeen(_ name: Digest) -> Bool { young.contains(name) || old.contains(name) }

    /// Notes a record; false when it was seen before.
    mutating func see(_ name: Digest) -> Bool {
        guard !hasSeen(name) else { return false }
        if young.count >= SwarmLimits.seenMax / 2 {
            old = young
            young = []
        }
        young.insert(name)
        return true
    }

    /// Forgets all that was seen.
    mutating func forgetSeen() {
        young = []
        old = []
    }

    /// Forgets a record, so that it can be taken in later.
    mutating func forget(_ bytes: [UInt8]) {
        let name = Self.name(bytes)
        young.remove(name)
        old.remove(name)
    }
}
