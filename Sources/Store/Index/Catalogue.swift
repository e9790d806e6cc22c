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

    private static let schema = """
        CREATE TABLE records(
            number INTEGER PRIMARY KEY, publisher BLOB NOT NULL, type INTEGER NOT NULL,
            slot BLOB NOT NULL, sequence INTEGER NOT NULL, id BLOB NOT NULL UNIQUE,
            issued INTEGER NOT NULL, expires INTEGER NOT NULL, domain BLOB,
            bytes BLOB NOT NULL, UNIQUE(publisher, type, slot));
        CREATE INDEX records_by_expiry ON records(expires);
        CREATE TABLE facts(
            number INTEGER PRIMARY KEY REFERENCES records(number) ON DELETE CASCADE,
            layer BLOB NOT NULL, is_mirror INTEGER NOT NULL, type TEXT NOT NULL,
            name TEXT NOT NULL, licence TEXT NOT NULL, weights BLOB, base_weights BLOB);
        CREATE INDEX facts_by_layer ON facts(layer);
        CREATE INDEX facts_by_name ON facts(name);
        CREATE INDEX facts_by_base ON facts(base_weights);
        CREATE TABLE tags(
            tag TEXT NOT NULL, number INTEGER NOT NULL REFERENCES records(number)
            ON DELETE CASCADE, PRIMARY KEY(tag, number)) WITHOUT ROWID;
        CREATE INDEX tags_by_number ON tags(number);
        CREATE VIRTUAL TABLE words USING fts5(
            name, tags, summary, label, tokenize='unicode61 remove_diacritics 2');
        """

    /// Who delegated to a key is asked for every session that begins.
    private static let delegates = """
        CREATE INDEX records_by_delegate ON records(slot) WHERE type=\(delegationType);
        """
    static let delegationType = RecordType.delegation.rawValue

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
        _ = try Index.migrate(connection, path: path, steps: [schema, delegates])
        return connection
    }

    // MARK: Writing

    /// Keeps records that take their places, in one transaction; for each whether it was kept.
    /// Of two for one place the one stays that `Record.supersedes` prefers, in any order.
    @discardableResult
    public func put(_ records: [Record]) throws(StoreError) -> [Bool] {
        try changing { connection, changes throws(StoreError) in
            var kept: [Bool] = []
            for record in records { kept.append(try Self.put(record, connection, &changes)) }
            return kept
        }
    }

    /// One transaction, whose changes the sketches follow once it is committed.
    private func changing<Result>(
        _ body: (SQLiteConnection, inout [SketchChange]) throws(StoreError) -> Result
    ) throws(StoreError) -> Result {
        try connection.withLock { connection throws(StoreError) in
            var changes: [SketchChange] = []
            let result = try connection.transaction { () throws(StoreError) in
                try body(connection, &changes)
            }
            sketches.withLock { $0.apply(changes) }
            return result
        }
    }

    private static func put(
        _ record: Record, _ connection: SQLiteConnection, _ changes: inout [SketchChange]
    ) throws(StoreError) -> Bool {
        let place = record.slotKey
        let values: [SQLValue] = [
            SQLValue(place.publisher), .integer(Int64(place.type.rawValue)),
            .blob(place.slot.bytes),
        ]
        let known = try connection.first(
            "SELECT number, sequence, id FROM records WHERE publisher=? AND type=? AND slot=?",
            values
        ) { row throws(StoreError) in (row.integer(0), row.number(1), try row.digest(2)) }
        if let (number, sequence, id) = known {
            guard record.supersedes(sequence: sequence, id: id) else { return false }
            try drop(number, connection, &changes)
        }
        var domain = SQLValue.null
        if case .restricted(let tag) = record.domain {
            domain = .blob(tag)
        } else {
            changes.append(SketchChange(item: SetSketch.item(record.id), isNew: true))
        }
        try connection.run(
            """
            INSERT INTO records(publisher, type, slot, sequence, id, issued, expires, domain, bytes)
            VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            values + [
                SQLValue(bits: record.sequence), SQLValue(record.id), SQLValue(record.issued),
                SQLValue(record.expires), domain, .blob(record.bytes),
            ])
        try describe(record, number: connection.lastRow, connection)
        return true
    }

    private static func describe(
        _ record: Record, number: Int64, _ connection: SQLiteConnection
    ) throws(StoreError) {
        let layer: LayerContent
        let isMirror: Bool
        switch record.content {
        case .layer(let content): (layer, isMirror) = (content, false)
        case .mirror(let content, _): (layer, isMirror) = (content, true)
        default: return
        }
        try connection.run(
            "INSERT INTO facts VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
            [
                .integer(number), SQLValue(layer.layer), SQLValue(isMirror), .text(layer.type),
                .text(layer.name), .text(layer.licence), SQLValue(layer.weights),
                SQLValue(layer.baseWeights),
            ])
        for tag in layer.tags {
            try connection.run(
                "INSERT OR IGNORE INTO tags VALUES(?, ?)", [.text(tag), .integer(number)])
        }
        try connection.run(
            "INSERT INTO words(rowid, name, tags, summary, label) VALUES(?, ?, ?, ?, ?)",
            [
                .integer(number), .text(layer.name), .text(layer.tags.joined(separator: " ")),
                .text(layer.summary ?? ""), .text(layer.label ?? ""),
            ])
    }

    private static func drop(
        _ number: Int64, _ connection: SQLiteConnection, _ changes: inout [SketchChange]
    ) throws(StoreError) {
        let gone = try connection.query(
            "SELECT id FROM records WHERE number=? AND domain IS NULL", [.integer(number)]
        ) { row throws(StoreError) in SetSketch.item(try row.digest(0)) }
        changes += gone.map { SketchChange(item: $0, isNew: false) }
        try connection.run("DELETE FROM words WHERE rowid=?", [.integer(number)])
        try connection.run("DELETE FROM records WHERE number=?", [.integer(number)])
    }

    /// Removes records whose time was over at `wallMilliseconds`; their number.
    @discardableResult
    public func expire(before wallMilliseconds: UInt64) throws(StoreError) -> Int {
        try changing { connection, changes throws(StoreError) in
            let numbers = try connection.query(
                "SELECT number FROM records WHERE expires<?", [SQLValue(wallMilliseconds)]
            ) { $0.integer(0) }
            for number in numbers { try Self.drop(number, connection, &changes) }
            return numbers.count
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
            for number in numbers { try Self.drop(number, connection, &changes) }
            return numbers.count
        }
    }
}
