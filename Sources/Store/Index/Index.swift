import Host
import Wire

/// What a node knows of the things it keeps: one SQLite database beside the blobs.
///
/// Everything in it can be made again from blobs and journal, so deleting it loses nothing. One
/// connection, used by one lane; the lock is there so that the compiler knows, and is never
/// waited for.
public final class Index: Sendable {
    let connection: Lock<SQLiteConnection>
    let path: String
    /// Whether the database was made anew by this opening.
    public let isNew: Bool

    /// What made the tables, step by step; the number of steps taken stands in the database.
    /// A step whose tables are filled by journal entries sets `applied` to 0, so that all of them
    /// are applied again at opening.
    static let steps = [
        first, statementSubjects, credentialTable, holdTables, graph + origins + licences,
        sketchBases, accounts + coding, receiptTable, mirrorTables,
    ]

    private static let first = """
        CREATE TABLE settings(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE policies(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE blobs(
            id BLOB PRIMARY KEY, state INTEGER NOT NULL, size INTEGER NOT NULL, sha256 BLOB,
            added INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE partials(
            blob BLOB PRIMARY KEY REFERENCES blobs(id) ON DELETE CASCADE, groups BLOB NOT NULL)
            WITHOUT ROWID;
        CREATE TABLE layers(
            id BLOB PRIMARY KEY, uuid BLOB NOT NULL, publisher BLOB NOT NULL, name TEXT NOT NULL,
            version TEXT NOT NULL, type TEXT NOT NULL, licence TEXT, visibility TEXT NOT NULL,
            size INTEGER NOT NULL, manifest_size INTEGER NOT NULL, weights BLOB,
            base_weights BLOB, created INTEGER NOT NULL, added INTEGER NOT NULL,
            origin INTEGER NOT NULL) WITHOUT ROWID;
        CREATE INDEX layers_by_uuid ON layers(uuid);
        CREATE INDEX layers_by_name ON layers(name, publisher);
        CREATE INDEX layers_by_weights ON layers(weights);
        CREATE TABLE layer_files(
            layer BLOB NOT NULL REFERENCES layers(id) ON DELETE CASCADE, path TEXT NOT NULL,
            blob BLOB NOT NULL, size INTEGER NOT NULL, sha256 BLOB NOT NULL,
            evidence INTEGER NOT NULL, PRIMARY KEY(layer, path)) WITHOUT ROWID;
        CREATE TABLE layer_blobs(
            layer BLOB NOT NULL REFERENCES layers(id) ON DELETE CASCADE, blob BLOB NOT NULL,
            PRIMARY KEY(layer, blob)) WITHOUT ROWID;
        CREATE INDEX layer_blobs_by_blob ON layer_blobs(blob);
        CREATE TABLE envelopes(
            layer BLOB PRIMARY KEY REFERENCES layers(id) ON DELETE CASCADE, bytes BLOB NOT NULL)
            WITHOUT ROWID;
        CREATE TABLE statements(
            layer BLOB NOT NULL, kind TEXT NOT NULL, publisher BLOB NOT NULL,
            sequence INTEGER NOT NULL, bytes BLOB NOT NULL,
            PRIMARY KEY(layer, kind, publisher)) WITHOUT ROWID;
        CREATE TABLE pins(layer BLOB PRIMARY KEY, added INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE contacts(
            key BLOB PRIMARY KEY, addresses TEXT NOT NULL, trusted INTEGER NOT NULL, label TEXT,
            last_seen INTEGER NOT NULL, transport BLOB, suite INTEGER) WITHOUT ROWID;
        CREATE TABLE slots(
            type INTEGER NOT NULL, slot BLOB NOT NULL, sequence INTEGER NOT NULL,
            PRIMARY KEY(type, slot)) WITHOUT ROWID;
        """

    private static let statementSubjects = """
        DROP TABLE statements;
        CREATE TABLE statements(
            layer BLOB NOT NULL, kind TEXT NOT NULL, publisher BLOB NOT NULL,
            subject TEXT NOT NULL, sequence INTEGER NOT NULL, bytes BLOB NOT NULL,
            PRIMARY KEY(layer, kind, publisher, subject)) WITHOUT ROWID;
        UPDATE settings SET value=0 WHERE name='applied';
        """

    private static let credentialTable = """
        CREATE TABLE credentials(
            organization BLOB NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL,
            version INTEGER NOT NULL, bytes BLOB NOT NULL,
            PRIMARY KEY(organization, kind, subject)) WITHOUT ROWID;
        UPDATE settings SET value=0 WHERE name='applied';
        """

    private static let holdTables = """
        CREATE TABLE holds(
            contract BLOB PRIMARY KEY, publisher BLOB NOT NULL, mirror BLOB NOT NULL,
            until INTEGER NOT NULL, complete INTEGER NOT NULL, bytes BLOB NOT NULL)
            WITHOUT ROWID;
        CREATE TABLE hold_blobs(
            contract BLOB NOT NULL REFERENCES holds(contract) ON DELETE CASCADE,
            blob BLOB NOT NULL, PRIMARY KEY(contract, blob)) WITHOUT ROWID;
        CREATE INDEX hold_blobs_by_blob ON hold_blobs(blob);
        UPDATE settings SET value=0 WHERE name='applied';
        """

    /// Opens the database of a home, making it when it is missing.
    public init(_ layout: Layout) throws(StoreError) {
        path = layout.index
        let connection = try SQLiteConnection(layout.index, isSoft: false)
        // Written back through a connection of its own long before, so that no commit has to.
        connection.countLog(writingBackFrom: 16_384)
        isNew = try Self.migrate(
            connection, path: layout.index, steps: Self.steps)
        self.connection = Lock(connection)
    }

    /// Brings a database to the current schema; true when it was empty.
    static func migrate(
        _ connection: SQLiteConnection, path: String, steps: [String]
    ) throws(StoreError) -> Bool {
        let found = try connection.first("PRAGMA user_version") { $0.integer(0) } ?? 0
        if found == steps.count { return false }
        guard found >= 0, found < steps.count else {
            throw .unusable("\(path) was made by a newer version of plasmid")
        }
        try connection.transaction { () throws(StoreError) in
            for step in steps[Int(found)...] { try connection.execute(step) }
            try connection.execute("PRAGMA user_version=\(steps.count)")
        }
        return found == 0
    }

    // MARK: Settings

    /// The last journal entry that this database has taken in; 0 for none.
    public func appliedSequence() throws(StoreError) -> UInt64 {
        try setting("applied") ?? 0
    }

    /// What the owner set under a name; nil if nothing.
    public func policy(_ name: String) throws(StoreError) -> String? {
        try connection.withLock { connection throws(StoreError) in
            try Self.policy(name, connection)
        }
    }

    /// Everything that the owner set, by name.
    func policies() throws(StoreError) -> [(name: String, value: String)] {
        try connection.withLock { connection throws(StoreError) in
            try connection.query("SELECT name, value FROM policies ORDER BY name") {
                ($0.text(0), $0.text(1))
            }
        }
    }

    /// What follows `prefix` in the names of what the owner set, in order.
    public func policies(named prefix: String) throws(StoreError) -> [String] {
        try connection.withLock { connection throws(StoreError) in
            try connection.query(
                "SELECT name FROM policies WHERE substr(name, 1, ?)=? ORDER BY name",
                [.integer(Int64(prefix.utf8.count)), .text(prefix)]
            ) { String($0.text(0).dropFirst(prefix.count)) }
        }
    }

    /// Bytes that blobs may take, all together or those of one class; nil for no limit beyond the
    /// disk.
    public func quota(_ blobClass: BlobClass? = nil) throws(StoreError) -> UInt64? {
        try connection.withLock { connection throws(StoreError) in
            try Self.quota(blobClass, connection)
        }
    }

    static func quota(
        _ blobClass: BlobClass?, _ connection: SQLiteConnection
    ) throws(StoreError) -> UInt64? {
        try policy(quotaName(blobClass), connection).flatMap { UInt64($0) }
    }

    /// The name of the setting that limits a class, or everything.
    static func quotaName(_ blobClass: BlobClass?) -> String {
        blobClass.map { "quota-\($0.name)" } ?? "quota"
    }

    static func policy(
        _ name: String, _ connection: SQLiteConnection
    ) throws(StoreError) -> String? {
        try connection.first("SELECT value FROM policies WHERE name=?", [.text(name)]) {
            $0.text(0)
        }
    }

    private func setting(_ name: String) throws(StoreError) -> UInt64? {
        try connection.withLock { connection throws(StoreError) in
            try connection.first("SELECT value FROM settings WHERE name=?", [.text(name)]) {
                $0.number(0)
            }
        }
    }

    static func set(
        _ name: String, _ value: UInt64, _ connection: SQLiteConnection
    ) throws(StoreError) {
        try connection.run(
            "INSERT OR REPLACE INTO settings(name, value) VALUES(?, ?)",
            [.text(name), SQLValue(value)])
    }
}
