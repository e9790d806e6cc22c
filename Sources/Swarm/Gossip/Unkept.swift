import Wire

/// Records that were heard and could not be kept, as when the disk is full.
struct Unkept: Sendable {
    /// One of them, and the session that brought it; nil for an own one.
    struct Waiting: Sendable {
        let record: Record
        let source: SessionNumber?
    }

    /// Why nothing can be kept, in words; nil while it can.
    var reason: String?
    /// Those that are tried again, by id: own ones, and what was passed on to others. All others
    /// come by comparing.
    private(set) var waiting = OrderedTable<Digest, Waiting>()
    /// Monotonic nanoseconds of the next try, and how long after one that fails the next is.
    var nextTry: UInt64 = 0
    var pause = SwarmLimits.roomPause
    /// The batch that is being tried.
    var trying: UInt64?
    /// Monotonic nanoseconds when there was room again.
    var foundRoom: UInt64 = 0

    /// Keeps a record in memory, if there are not too many.
    mutating func add(_ record: Record, from source: SessionNumber?) {
        // Nobody else can bring back what this node said itself.
        let most = source == nil ? 2 * SwarmLimits.unkeptMax : SwarmLimits.unkeptMax
        guard waiting.count < most else { return }
        waiting[record.id] = Waiting(record: record, source: source)
    }

    /// All that waits, which is nothing from now on.
    mutating func takeAll() -> [Waiting] {
        defer { waiting = OrderedTable() }
        return waiting.values
    }

    /// One is here now, or has no place any more.
    mutating func remove(_ record: Record) { waiting[record.id] = nil }
}
