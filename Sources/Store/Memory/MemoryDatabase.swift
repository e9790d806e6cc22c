import Genome
import Host
import Wire

/// What a memory layer holds, in one SQLite file: read from the layer's files once, kept within its
/// capacity and its time, asked by likeness, time or importance.
///
/// Derived: it can be deleted at any time and is made again from the layer. One connection, used by
/// whoever opened it.
public final class MemoryDatabase {
    /// Most entries of one memory: a scan of all vectors stays within seconds.
    public static let capacityMax = 1_000_000

    private static let schema = """
        CREATE TABLE settings(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE entries(
            number INTEGER PRIMARY KEY, text TEXT NOT NULL, importance REAL NOT NULL,
            time INTEGER NOT NULL, vector BLOB, given INTEGER NOT NULL);
        CREATE INDEX entries_by_importance ON entries(importance, time, number);
        CREATE INDEX entries_by_time ON entries(time, number);
        """

    let connection: SQLiteConnection
    /// How much it may hold, and how long.
    public let limits: MemoryLimits

    /// Opens the memory at a path, making it when it is missing; nil keeps it in this process
    /// alone. One that is damaged or of another version is made anew: nothing in it is only there.
    public init(_ path: String?, _ limits: MemoryLimits) throws(StoreError) {
        self.limits = limits
        guard let path else {
            connection = try Self.open(":memory:")
            return
        }
        try onDisk { () throws(SystemError) in
            try Directory.create(Layout.folder(of: path))
        }
        do throws(StoreError) {
            connection = try Self.open(path)
        } catch {
            for suffix in ["", "-wal", "-shm"] where Directory.exists(path + suffix) {
                try onDisk { () throws(SystemError) in try Directory.removeFile(path + suffix) }
            }
            connection = try Self.open(path)
        }
    }

    private static func open(_ path: String) throws(StoreError) -> SQLiteConnection {
        let connection = try SQLiteConnection(path, isSoft: true)
        _ = try Index.migrate(connection, path: path, steps: [schema])
        return connection
    }

    /// Whether the layer's records have been taken in.
    public func isFilled() throws(StoreError) -> Bool { try setting("filled") != nil }

    /// Takes records in, in one transaction, those of no time as of `time`; what is beyond the
    /// capacity goes at once. Seconds since 1970.
    public func fill(_ records: [MemoryRecord], time: Int64) throws(StoreError) {
        try connection.transaction { () throws(StoreError) in
            try connection.run("DELETE FROM entries")
            for record in records { try insert(record, time: time) }
            try evict()
            try set("filled", "1")
        }
    }

    /// Adds one record; the least important goes if there is no room.
    public func add(_ record: MemoryRecord, time: Int64) throws(StoreError) {
        try connection.transaction { () throws(StoreError) in
            try insert(record, time: time)
            try evict()
        }
    }

    /// Number of entries.
    public func count() throws(StoreError) -> Int {
        try connection.first("SELECT count(*) FROM entries") { Int($0.integer(0)) } ?? 0
    }

    /// Removes what has lasted its time at `now`, in seconds since 1970; their number.
    @discardableResult
    public func expire(now: Int64) throws(StoreError) -> Int {
        guard let seconds = limits.seconds else { return 0 }
        let (start, isOver) = now.subtractingReportingOverflow(seconds)
        guard !isOver else { return 0 }
        return try connection.run("DELETE FROM entries WHERE time<=?", [.integer(start)])
    }

    private func insert(_ record: MemoryRecord, time: Int64) throws(StoreError) {
        try connection.run(
            "INSERT INTO entries(text, importance, time, vector, given) VALUES(?, ?, ?, ?, ?)",
            [
                .text(record.text), .real(record.importance), .integer(record.time ?? time),
                SQLValue(record.vector.map { Self.bytes($0) }), SQLValue(record.vector != nil),
            ])
    }

    /// Keeps the most important entries; of equal ones the newest, then the last one read.
    private func evict() throws(StoreError) {
        let surplus = try count() - limits.capacity
        guard surplus > 0 else { return }
        try connection.run(
            """
            DELETE FROM entries WHERE number IN (
                SELECT number FROM entries ORDER BY importance, time, number LIMIT ?)
            """, [SQLValue(surplus)])
    }

    // MARK: Vectors

    /// Says which model the vectors belong to. Those of another one go; those that came with the
    /// records stay only if they are `width` wide and came with that model.
    public func use(model: String, width: Int, trustsGiven: Bool) throws(StoreError) {
        let name = "\(model) \(trustsGiven ? "given" : "own")"
        guard try setting("model") != name else { return }
        try connection.transaction { () throws(StoreError) in
            if trustsGiven {
                try connection.run(
                    "UPDATE entries SET vector=NULL WHERE given=0 OR length(vector)<>?",
                    [SQLValue(width * 4)])
            } else {
                try connection.run("UPDATE entries SET vector=NULL")
            }
            try set("model", name)
        }
    }

    /// Entries whose vector is still to be computed, in their order.
    public func withoutVector(limit: Int) throws(StoreError) -> [(number: Int64, text: String)] {
        try connection.query(
            "SELECT number, text FROM entries WHERE vector IS NULL ORDER BY number LIMIT ?",
            [SQLValue(limit)]
        ) { ($0.integer(0), $0.text(1)) }
    }

    /// Keeps computed vectors.
    public func set(vectors: [(number: Int64, vector: [Float])]) throws(StoreError) {
        try connection.transaction { () throws(StoreError) in
            for (number, vector) in vectors {
                try connection.run(
                    "UPDATE entries SET vector=?, given=0 WHERE number=?",
                    [.blob(Self.bytes(vector)), .integer(number)])
            }
        }
    }

    /// The bytes of a vector: f32, little-endian.
    static func bytes(_ vector: [Float]) -> [UInt8] {
        vector.flatMap { value in
            (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32($0))) }
        }
    }

    /// The vector of bytes.
    static func vector(_ bytes: [UInt8]) -> [Float] {
        stride(from: 0, to: bytes.count - bytes.count % 4, by: 4).map { start in
            Float(
                bitPattern: bytes[start..<start + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) })
        }
    }

    // MARK: Settings

    private func setting(_ name: String) throws(StoreError) -> String? {
        try connection.first("SELECT value FROM settings WHERE name=?", [.text(name)]) {
            $0.text(0)
        }
    }

    private func set(_ name: String, _ value: String) throws(StoreError) {
        try connection.run(
            "INSERT OR REPLACE INTO settings(name, value) VALUES(?, ?)",
            [.text(name), .text(value)])
    }
}
