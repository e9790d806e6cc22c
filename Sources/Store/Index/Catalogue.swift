import Genome
import Host
import Wire

/// The records of others, searchable: what layers exist, who holds them, where nodes are.
///
/// Soft state in a database of its own with its own lane: it can be deleted at any time and fills
/// again by gossip. Signatures were checked before a record comes here.
public final class Catalogue: Sendable {
    let connection: Lock<SQLiteConnection>
    /// Sketches of what it holds. Taken only with the connection's lock held.
    let sketches = Lock(SketchShelf())
    let searched = Lock(SearchCounters())

    static let delegationType = RecordType.delegation.rawValue
    /// Pages that stay in memory, in KiB: all lists beside 10^5 records. With 60 MiB, which is
    /// what a transaction touches of those beside 10^6, a tenth less is written there.
    private static let cacheKibibytes = 24_576

    /// Pages of 4 KiB of the log after which it is written back through a connection of its own,
    /// 128 MiB, and after which whoever commits does so, 512 MiB: while records come without a
    /// pause the log is begun anew only then. A newcomer changes the same pages again and again,
    /// and each is written back once. Afterwards the log is cut to `logKept` bytes.
    private static let logPages = (aside: 32_768, most: Int32(131_072))
    private static let logKept = 16 << 20

    private let path: String
    /// Pages of the log that are written back already.
    private let writtenBack = Lock(0)

    /// Opens the database of a home, making it when it is missing. One that is damaged or of
    /// another version is made anew: nothing in it is only there.
    public init(_ layout: Layout) throws(StoreError) {
        path = layout.catalogue
        do throws(StoreError) {
            self.connection = Lock(try Self.open(layout.catalogue))
        } catch {
            for suffix in ["", "-wal", "-shm"] where Directory.exists(layout.catalogue + suffix) {
                try onDisk { () throws(SystemError) in
                    try Directory.removeFile(layout.catalogue + suffix)
                }
            }
            self.connection = Lock(try Self.open(layout.catalogue))
        }
    }

    private static func open(_ path: String) throws(StoreError) -> SQLiteConnection {
        let connection = try SQLiteConnection(path, isSoft: true)
        _ = try Index.migrate(connection, path: path, steps: CatalogueTables.steps)
        // One that cannot be read is made anew by whoever opens it.
        var counts = PublisherCounts()
        _ = try counts.count(of: nil, connection)
        connection.countLog(writingBackFrom: logPages.most)
        try connection.execute("PRAGMA journal_size_limit=\(logKept)")
        try connection.execute("PRAGMA cache_size=-\(cacheKibibytes)")
        return connection
    }

    /// Writes the log of changes back into the database where it has grown long, through a
    /// connection of its own, so that nobody who writes waits for the disk.
    public func writeBackIfLong() throws(StoreError) {
        let pages = connection.withLock { $0.logPages }
        // Fewer than before: the log was begun anew.
        let written = writtenBack.withLock { $0 > pages ? 0 : $0 }
        guard pages - written > Self.logPages.aside else { return }
        try SQLiteConnection(path, isSoft: true).execute("PRAGMA wal_checkpoint(PASSIVE)")
        writtenBack.withLock { $0 = pages }
    }

    // MARK: Writing

    /// What became of a record.
    public enum Placement: Equatable, Sendable {
        /// It took its place.
        case kept
        /// The same, from one that has its sequence: the key signed two.
        case twin
        /// Its place holds a newer one, or the same.
        case outdated
        /// There is no room for it, and why.
        case refused(String)

        /// Whether the record is here now.
        public var isKept: Bool { self == .kept || self == .twin }
    }

    /// Keeps records that take their places, in one transaction; for each whether it was kept.
    /// Of two for one place the one stays that `Record.supersedes` prefers, in any order.
    @discardableResult
    public func put(_ records: [Record]) throws(StoreError) -> [Bool] {
        try place(records, within: nil).map(\.isKept)
    }

    /// The same within a quota; what became of each.
    public func place(
        _ records: [Record], within quota: RecordQuota?
    ) throws(StoreError) -> [Placement] {
        try changing { connection, changes throws(StoreError) in
            var placements: [Placement] = []
            for record in records {
                placements.append(try Self.put(record, quota, connection, &changes))
            }
            return placements
        }
    }

    /// One transaction, whose changes index and sketches follow: the index within it, the sketches
    /// once it is committed.
    func changing<Result>(
        _ body: (SQLiteConnection, inout CatalogueChanges) throws(StoreError) -> Result
    ) throws(StoreError) -> Result {
        try connection.withLock { connection throws(StoreError) in
            var changes = CatalogueChanges()
            let result = try connection.transaction { () throws(StoreError) in
                let result = try body(connection, &changes)
                try changes.index(connection)
                try changes.counts.write(connection)
                return result
            }
            sketches.withLock { $0.apply(changes.sketches) }
            return result
        }
    }

    private static func put(
        _ record: Record, _ quota: RecordQuota?, _ connection: SQLiteConnection,
        _ changes: inout CatalogueChanges
    ) throws(StoreError) -> Placement {
        let isHidden = record.domain != .everyone
        let standing = try standing(at: record.slotKey, connection)
        for other in standing where isHidden == other.isHidden || isHidden {
            // What everyone has been told may end what not everyone was told, and not the other
            // way round.
            guard record.supersedes(sequence: other.sequence, id: other.id) else {
                return .outdated
            }
        }
        let ended = standing.filter { other in
            other.isHidden == isHidden
                || !isHidden && record.supersedes(sequence: other.sequence, id: other.id)
        }
        for other in ended { try drop(other.number, of: record.publisher, connection, &changes) }
        if ended.isEmpty, let quota {
            let refusal = try quota.makeRoom(for: record, connection) {
                publisher throws(StoreError) in
                try changes.counts.count(of: publisher, connection)
            } drop: { number throws(StoreError) in
                try drop(number, of: record.publisher, connection, &changes)
            }
            if let refusal { return .refused(refusal) }
        }
        try insert(record, connection, &changes)
        let isTwin = ended.contains {
            $0.isHidden == isHidden && $0.sequence == record.sequence
        }
        return isTwin ? .twin : .kept
    }

    /// What stands in a place: at most one record for everyone and one that is not.
    private static func standing(
        at place: SlotKey, _ connection: SQLiteConnection
    ) throws(StoreError) -> [(number: Int64, sequence: UInt64, id: Digest, isHidden: Bool)] {
        try connection.query(
            """
            SELECT number, sequence, id, is_hidden FROM records
            WHERE \(CatalogueTables.isPlace)
            """, CatalogueTables.place(place)
        ) { row throws(StoreError) in
            (row.integer(0), row.number(1), try row.digest(2), row.integer(3) != 0)
        }
    }

    private static func insert(
        _ record: Record, _ connection: SQLiteConnection, _ changes: inout CatalogueChanges
    ) throws(StoreError) {
        let place = record.slotKey
        var domain = SQLValue.null
        if case .restricted(let tag) = record.domain { domain = .blob(tag) }
        if let open = RecordFor<Everyone>(record) {
            changes.sketches.append(SketchChange(open, isNew: true))
        }
        let described = DescribedLayer(record)
        if let described { try changes.touch(.init(described), connection) }
        let values: [SQLValue] = [
            SQLValue(place.publisher), .integer(Int64(place.type.rawValue)),
            .blob(place.slot.bytes), SQLValue(record.domain != .everyone),
            SQLValue(bits: record.sequence), SQLValue(record.id), SQLValue(record.issued),
            SQLValue(record.expires), domain, SQLValue(described?.content.layer),
            SQLValue(described?.publisher),
            described == nil ? .null : SQLValue(record.signer ?? record.publisher),
            .blob(record.bytes),
        ]
        let number = try number(of: record) { number throws(StoreError) in
            try connection.run(
                """
                INSERT INTO records(
                    number, publisher, type, slot, is_hidden, sequence, id, issued, expires,
                    domain, layer, origin, holder, bytes)
                VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT(number) DO NOTHING
                """, [.integer(number)] + values) > 0
        }
        try changes.counts.change(place.publisher, by: 1, connection)
        if let described { changes.announce(described, record, number: number) }
    }

    /// The number of a record: its place in the order of time, so that whoever walks the numbers
    /// meets the records in that order, the same in every catalogue. Where another record has the
    /// number other bits of the id are tried; `take` says whether it was free.
    private static func number(
        of record: Record, _ take: (Int64) throws(StoreError) -> Bool
    ) throws(StoreError) -> Int64 {
        let words = record.id.words
        let numbers = [words.0, words.1, words.2, words.3].map { word in
            Int64(Record.order(issued: record.issued, word))
        }
        for number in numbers where try take(number) { return number }
        var number = numbers[3]
        while try !take(number) { number = number == .max ? 0 : number + 1 }
        return number
    }

    static func drop(
        _ number: Int64, of publisher: NodeKey, _ connection: SQLiteConnection,
        _ changes: inout CatalogueChanges
    ) throws(StoreError) {
        let gone = try connection.first(
            "SELECT bytes FROM records WHERE number=?", [.integer(number)], read)
        guard let gone else { return }
        if let open = RecordFor<Everyone>(gone) {
            changes.sketches.append(SketchChange(open, isNew: false))
        }
        try changes.forget(gone, number: number, connection)
        try connection.run("DELETE FROM records WHERE number=?", [.integer(number)])
        try changes.counts.change(publisher, by: -1, connection)
    }

    /// Removes records whose time was over at `wallMilliseconds`; their number.
    @discardableResult
    public func expire(before wallMilliseconds: UInt64) throws(StoreError) -> Int {
        try changing { connection, changes throws(StoreError) in
            let ended = try connection.query(
                """
                SELECT number, publisher FROM records WHERE expires/3600000<=? AND expires<?
                """,
                [
                    SQLValue(wallMilliseconds / CatalogueTables.hour),
                    SQLValue(wallMilliseconds),
                ]
            ) { row throws(StoreError) in (row.integer(0), try row.nodeKey(1)) }
            for (number, publisher) in ended {
                try Self.drop(number, of: publisher, connection, &changes)
            }
            return ended.count
        }
    }

    /// Removes every record of a publisher, as its key's revocation demands, except that
    /// revocation; their number.
    @discardableResult
    public func removeAll(of publisher: NodeKey) throws(StoreError) -> Int {
        try changing { connection, changes throws(StoreError) in
            let numbers = try connection.query(
                "SELECT number FROM records WHERE \(CatalogueTables.isPublisher) AND type<>?",
                CatalogueTables.keyed(publisher.digest) + [
                    .integer(Int64(RecordType.keyRevocation.rawValue))
                ]
            ) { $0.integer(0) }
            for number in numbers {
                try Self.drop(number, of: publisher, connection, &changes)
            }
            return numbers.count
        }
    }
}
