import Wire

/// News on its way through this node.
struct Gossip: Sendable {
    /// A batch of records between arrival and catalogue.
    struct Batch: Sendable {
        /// The session that brought it; nil for own records.
        let source: SessionNumber?
        /// The records.
        let records: [Record]
    }

    /// Ids seen lately, in two generations: when the younger is full the older is dropped.
    private var young = Set<Digest>()
    private var old = Set<Digest>()
    /// Batches waiting for an answer of the shell.
    var batches = OrderedTable<UInt64, Batch>()
    var nextBatch: UInt64 = 1
    /// Records among them.
    var waiting = 0
    /// Monotonic nanoseconds of the next comparison with a random neighbour.
    var nextReconciliation: UInt64 = 0
    /// Monotonic nanoseconds of the next removal of expired records.
    var nextExpiry: UInt64 = 0

    /// Notes an id; false when it was seen before.
    mutating func see(_ id: Digest) -> Bool {
        guard !young.contains(id), !old.contains(id) else { return false }
        if young.count >= SwarmLimits.seenMax / 2 {
            old = young
            young = []
        }
        young.insert(id)
        return true
    }

    /// Forgets an id, so that it can be taken in later.
    mutating func forget(_ id: Digest) {
        young.remove(id)
        old.remove(id)
    }
}
