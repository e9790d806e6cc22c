import Wire

/// Batches of records that wait for the catalogue. Those that wait together are placed in one
/// transaction: what a transaction costs by itself is that of fifty records, and each touches most
/// pages of the lists beside the records, however few it places.
struct ArrivedRecords: Sendable {
    /// A batch as the core knows it.
    struct Batch: Sendable {
        let number: UInt64
        let records: [Record]
    }

    /// Records of one transaction: as many as wait for their check at most. That is a third of a
    /// second in which no search is answered, while a whole catalogue comes; each page of the
    /// database is written a fourth as often as with a thousand.
    static let togetherMax = 4_096

    /// Records of one transaction that are not news but a catalogue on its way: the next one then
    /// waits until there are as many as one may have, or for `pause` nanoseconds since this began.
    static let fillingMin = 256
    static let pause: UInt64 = 500_000_000

    private var waiting: [Batch] = []
    private var waitingCount = 0
    /// Until when few records wait for more.
    private var held: UInt64 = 0

    /// Whether nothing waits.
    var isEmpty: Bool { waiting.isEmpty }

    /// Adds a batch.
    mutating func add(_ batch: Batch) {
        waiting.append(batch)
        waitingCount += batch.records.count
    }

    /// The batches of the next transaction, in their order; none where more are worth waiting for.
    /// Two records for one place are never in one, unless they came in one batch, and the end of a
    /// key is with none: what became of the second depends on the first.
    mutating func takeNext(now: UInt64) -> [Batch] {
        guard now >= held || waitingCount >= Self.togetherMax else { return [] }
        var count = 0
        var places: Set<SlotKey> = []
        var end = 0
        for batch in waiting {
            let own = batch.records.map(\.slotKey)
            let endsKey = batch.records.contains { $0.type == .keyRevocation }
            guard
                end == 0
                    || !endsKey && count + own.count <= Self.togetherMax
                        && places.isDisjoint(with: own)
            else { break }
            places.formUnion(own)
            count += own.count
            end += 1
            if endsKey { break }
        }
        held = count >= Self.fillingMin ? now &+ Self.pause : 0
        waitingCount -= count
        defer { waiting.removeFirst(end) }
        return Array(waiting.prefix(end))
    }
}
