import Wire

/// How many records of whom the catalogue keeps, so that nobody fills it with what costs nothing:
/// keys are free.
///
/// Of a key with too many records those in the lowest places stay, in any order in which they come:
/// nodes that have met all of them agree on which.
public struct RecordQuota: Sendable {
    /// Records of a key that the owner knows: a laboratory that publishes every step of its work.
    public static let knownMax = 100_000
    /// Records of any other key: a publisher or mirror of a few hundred layers, its presence, and
    /// what it took back.
    public static let unknownMax = 1_024
    /// Records in all: a gibibyte of disk, and searches in milliseconds.
    public static let totalMax = 1_000_000
    /// Of these, records of keys that the owner does not know: strangers never push out known ones.
    public static let strangersMax = 900_000

    /// Keys that the owner knows: her own and those that she trusts.
    private let known: Set<NodeKey>
    private let perKey: (known: Int, unknown: Int)
    private let inAll: (total: Int, strangers: Int)

    /// A quota under which these keys are known.
    public init(
        known: Set<NodeKey>, knownMax: Int = knownMax, unknownMax: Int = unknownMax,
        totalMax: Int = totalMax, strangersMax: Int = strangersMax
    ) {
        self.known = known
        perKey = (knownMax, unknownMax)
        inAll = (totalMax, strangersMax)
    }

    /// Sees to it that there is room for a record in a place that is free, dropping one of its
    /// publisher if need be; why there is none otherwise. The end of a key is always kept.
    func makeRoom(
        for record: Record, _ connection: SQLiteConnection,
        count: (NodeKey?) throws(StoreError) -> Int, drop: (Int64) throws(StoreError) -> Void
    ) throws(StoreError) -> String? {
        let place = record.slotKey
        guard place.type != .keyRevocation else { return nil }
        let isKnown = known.contains(place.publisher)
        let most = isKnown ? perKey.known : perKey.unknown
        if try count(place.publisher) >= most {
            let last = try connection.first(
                """
                SELECT number, type, slot FROM records
                WHERE \(CatalogueTables.isPublisher) AND type<>?
                ORDER BY type DESC, slot DESC LIMIT 1
                """,
                CatalogueTables.keyed(place.publisher.digest) + [
                    .integer(Int64(RecordType.keyRevocation.rawValue))
                ]
            ) { row throws(StoreError) in (row.integer(0), row.integer(1), row.bytes(2)) }
            let own = (Int64(place.type.rawValue), place.slot.bytes)
            guard let (number, type, slot) = last,
                own.0 < type || own.0 == type && own.1.lexicographicallyPrecedes(slot)
            else { return "its publisher has \(most) records here already" }
            try drop(number)
            return nil
        }
        let total = try count(nil)
        guard total < inAll.total else { return "the catalogue is full" }
        guard !isKnown, total >= inAll.strangers else { return nil }
        var knownCount = 0
        for key in known { knownCount += try count(key) }
        return total - knownCount < inAll.strangers
            ? nil : "the catalogue is full of records of unknown keys"
    }
}
