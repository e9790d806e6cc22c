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

    /// Whether a record with a good signature had this id lately.
    func hasSeen(_ id: Digest) -> Bool { young.contains(id) || old.contains(id) }

    /// Notes the id of a record whose signature is good. Not before: the id leaves the signature
    /// out, so a false one sent first would keep the true record away.
    mutating func see(_ id: Digest) {
        guard !hasSeen(id) else { return }
        if young.count >= SwarmLimits.seenMax / 2 {
            old = young
            young = []
        }
        young.insert(id)
    }

    /// Forgets an id, so that it can be taken in later.
    mutating func forget(_ id: Digest) {
        young.remove(id)
        old.remove(id)
    }
}
