import Wire

/// Batches of records that wait for the catalogue. Those that wait together are placed in one
/// transaction: what a transaction costs by itself is that of fifty records.
struct ArrivedRecords: Sendable {
    /// A batch as the core knows it.
    struct Batch: Sendable {
        let number: UInt64
        let records: [Record]
    }

    /// Records of one transaction: a tenth of a second, in which no search is answered.
    static let togetherMax = 1_000

    private var waiting: [Batch] = []

    /// Adds a batch.
    mutating func add(_ batch: Batch) { waiting.append(batch) }

    /// The batches of the next transaction, in their order. Two records for one place are never in
    /// one, unless they came in one batch: what became of the second depends on the first.
    mutating func takeNext() -> [Batch] {
        var count = 0
        var places: Set<SlotKey> = []
        var end = 0
        for batch in waiting {
            let own = batch.records.map(\.slotKey)
            guard end == 0 || count + own.count <= Self.togetherMax && places.isDisjoint(with: own)
            else { break }
            places.formUnion(own)
            count += own.count
            end += 1
        }
        defer { waiting.removeFirst(end) }
        return Array(waiting.prefix(end))
    }
}
