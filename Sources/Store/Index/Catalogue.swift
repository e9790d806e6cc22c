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

    /// `number` rises with the time of issue, see `number(of:_:)`. A layer has a row in
    /// `announcements` for each record about it, and one in `layers`, under the number of the
    /// record that a search shows. The two full-text tables hold lists of these numbers and nothing
    /// else; `vocabulary` counts the words that are longer than the beginnings they index. A place
    /// may hold a record for everyone and one that is not (`is_hidden`) beside each other.
    /// `publishers` counts the records of each, and all of them under the empty key.
    private static let schema = """
        CREATE TABLE records(
            number INTEGER PRIMARY KEY, publisher BLOB NOT NULL, type INTEGER NOT NULL,
            slot BLOB NOT NULL, sequence INTEGER NOT NULL, id BLOB NOT NULL UNIQUE,
            issued INTEGER NOT NULL, expires INTEGER NOT NULL, domain BLOB,
            bytes BLOB NOT NULL, is_hidden INTEGER NOT NULL,
            UNIQUE(publisher, type, slot, is_hidden));
        CREATE TABLE publishers(
            publisher BLOB PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
        CREATE INDEX records_by_expiry ON records(expires);
        CREATE INDEX records_by_delegate ON records(slot) WHERE type=\(delegationType);
        CREATE TABLE announcements(
            number INTEGER PRIMARY KEY, layer BLOB NOT NULL, publisher BLOB NOT NULL,
            is_mirror INTEGER NOT NULL, holder BLOB NOT NULL);
        CREATE INDEX announcements_by_layer
            ON announcements(layer, publisher, is_mirror, number);
        CREATE INDEX announcements_by_holder ON announcements(holder);
        CREATE TABLE layers(
            number INTEGER PRIMARY KEY, layer BLOB NOT NULL, publisher BLOB NOT NULL,
            UNIQUE(layer, publisher));
        CREATE TABLE vocabulary(word TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
        CREATE VIRTUAL TABLE words USING fts5(
            text, content='', detail=none, columnsize=0, prefix='3 4 5', tokenize='ascii');
        CREATE VIRTUAL TABLE facets USING fts5(
            text, content='', detail=none, columnsize=0, tokenize='ascii');
        """

    /// The few records that are not for everyone are found by their circle without a walk over all
    /// others.
    private static let circles =
        "CREATE INDEX records_by_circle ON records(domain, number) WHERE domain IS NOT NULL;"

    /// What earlier versions kept. Gossip brings the records again.
    private static let forgotten = """
        DROP TABLE IF EXISTS words; DROP TABLE IF EXISTS tags; DROP TABLE IF EXISTS facts;
        DROP TABLE IF EXISTS records; DROP TABLE IF EXISTS announcements;
        DROP TABLE IF EXISTS layers; DROP TABLE IF EXISTS vocabulary;
        DROP TABLE IF EXISTS facets;
        """
    static let delegationType = RecordType.delegation.rawValue
    /// Pages that stay in memory, in KiB: the upper levels of all trees over 10^6 records, and half
    /// of what 10^5 take, so that a newcomer need not write and read them again in between.
    private static let cacheKibibytes = 40_960

    /// Pages of 4 KiB after which the log is written back: 128 MiB. A newcomer changes the same
    /// pages again and again, since what is filed under hashes comes in no order, and each is
    /// written back once. Afterwards the log is cut to `logKept` bytes.
    private static let logPages = 32_768
    private static let logKept = 16 << 20

    /// Opens the database of a home, making it when it is missing. One that is damaged or of
    /// another version is made anew: nothing in it is only there.
    public init(_ layout: Layout) throws(StoreError) {
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
        // Three versions before this one kept other tables.
        _ = try Index.migrate(
            connection, path: path, steps: ["", "", "", forgotten + schema, circles])
        try connection.execute("PRAGMA cache_size=-\(cacheKibibytes)")
        try connection.execute("PRAGMA wal_autocheckpoint=\(logPages)")
        try connection.execute("PRAGMA journal_size_limit=\(logKept)")
        return connection
    }

    // MARK: Writing

    /// What became of a record.
    public enum Placement: Equatable, Sendable {
        /// It took its place.
        case kept
        /// Its place holds a newer one, or the same.
        case outdated
        /// There is no room for it, and why.
        case refused(String)
    }

    /// Keeps records that take their places, in one transaction; for each whether it was kept.
    /// Of two for one place the one stays that `Record.supersedes` prefers, in any order.
    @discardableResult
    public func put(_ records: [Record]) throws(StoreError) -> [Bool] {
        try place(records, within: nil).map { $0 == .kept }
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
    private func changing<Result>(
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
        return .kept
    }

    /// What stands in a place: at most one record for everyone and one that is not.
    private static func standing(
        at place: SlotKey, _ connection: SQLiteConnection
    ) throws(StoreError) -> [(number: Int64, sequence: UInt64, id: Digest, isHidden: Bool)] {
        try connection.query(
            """
            SELECT number, sequence, id, is_hidden FROM records
            WHERE publisher=? AND type=? AND slot=?
            """,
            [
                SQLValue(place.publisher), .integer(Int64(place.type.rawValue)),
                .blob(place.slot.bytes),
            ]
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
        let number = try number(of: record, connection)
        try connection.run(
            """
            INSERT INTO records(
                publisher, type, slot, is_hidden, number, sequence, id, issued, expires, domain,
                bytes)
            VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                SQLValue(place.publisher), .integer(Int64(place.type.rawValue)),
                .blob(place.slot.bytes), SQLValue(record.domain != .everyone), .integer(number),
                SQLValue(bits: record.sequence), SQLValue(record.id), SQLValue(record.issued),
                SQLValue(record.expires), domain, .blob(record.bytes),
            ])
        try changes.counts.change(place.publisher, by: 1, connection)
        try changes.announce(record, number: number, connection)
    }

    /// The number of a record: its place in the order of time, so that whoever walks the numbers
    /// meets the records in that order, the same in every catalogue. Where another record has the
    /// number other bits of the id are tried.
    private static func number(
        of record: Record, _ connection: SQLiteConnection
    ) throws(StoreError) -> Int64 {
        let words = record.id.words
        let numbers = [words.0, words.1, words.2, words.3].map { word in
            Int64(Record.order(issued: record.issued, word))
        }
        for number in numbers where try isFree(number, connection) { return number }
        var number = numbers[3]
        while try !isFree(number, connection) { number = number == .max ? 0 : number + 1 }
        return number
    }

    private static func isFree(
        _ number: Int64, _ connection: SQLiteConnection
    ) throws(StoreError) -> Bool {
        try connection.first("SELECT 1 FROM records WHERE number=?", [.integer(number)]) { _ in }
            == nil
    }

    private static func drop(
        _ number: Int64, of publisher: NodeKey, _ connection: SQLiteConnection,
        _ changes: inout CatalogueChanges
    ) throws(StoreError) {
        let gone = try connection.query(
            "SELECT bytes FROM records WHERE number=? AND domain IS NULL", [.integer(number)], read)
        changes.sketches += gone.compactMap { RecordFor<Everyone>($0) }.map {
            SketchChange($0, isNew: false)
        }
        try changes.forget(number, connection)
        try connection.run("DELETE FROM records WHERE number=?", [.integer(number)])
        try changes.counts.change(publisher, by: -1, connection)
    }

    /// Removes records whose time was over at `wallMilliseconds`; their number.
    @discardableResult
    public func expire(before wallMilliseconds: UInt64) throws(StoreError) -> Int {
        try changing { connection, changes throws(StoreError) in
            let ended = try connection.query(
                "SELECT number, publisher FROM records WHERE expires<?",
                [SQLValue(wallMilliseconds)]
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
                "SELECT number FROM records WHERE publisher=? AND type<>?",
                [SQLValue(publisher), .integer(Int64(RecordType.keyRevocation.rawValue))]
            ) { $0.integer(0) }
            for number in numbers {
                try Self.drop(number, of: publisher, connection, &changes)
            }
            return numbers.count
        }
    }
}
