import Genome
import Host
import Wire

/// Taking blobs from the tables, for good, and noting whose files are to follow.
extension Index {
    /// The blobs that a layer lists.
    func blobs(of layer: Digest) throws(StoreError) -> [Digest] {
        try connection.withLock { connection throws(StoreError) in
            try Self.blobs(of: layer, connection)
        }
    }

    static func blobs(
        of layer: Digest, _ connection: SQLiteConnection
    ) throws(StoreError) -> [Digest] {
        try connection.query(
            "SELECT blob FROM layer_blobs WHERE layer=? ORDER BY blob", [SQLValue(layer)]
        ) { row throws(StoreError) in try row.digest(0) }
    }

    /// SQL that is true of a row of `blobs` that nothing lists or draws on.
    private static let isUnlisted = """
        NOT EXISTS(SELECT 1 FROM layer_blobs WHERE layer_blobs.blob=blobs.id)
        AND NOT EXISTS(SELECT 1 FROM hold_blobs WHERE hold_blobs.blob=blobs.id)
        AND NOT EXISTS(SELECT 1 FROM coded_parents WHERE coded_parents.parent=blobs.id)
        """

    /// Takes a blob that nothing lists from the tables, leases or not, and notes that its files
    /// are to go; the bytes that it took, nil where it is listed or not known.
    static func doom(
        _ blob: Digest, _ connection: SQLiteConnection
    ) throws(StoreError) -> UInt64? {
        let id = SQLValue(blob)
        let stored = try connection.first(
            "SELECT stored FROM blobs WHERE id=? AND \(isUnlisted)", [id]
        ) { $0.number(0) }
        guard let stored else { return nil }
        try connection.run("DELETE FROM blobs WHERE id=?", [id])
        try connection.run("DELETE FROM leases WHERE blob=?", [id])
        try connection.run("DELETE FROM coded_parents WHERE blob=?", [id])
        try connection.run("INSERT OR IGNORE INTO doomed VALUES(?)", [id])
        return stored
    }

    /// The same for single blobs, in one transaction: those that were taken, and their bytes. Of a
    /// layer that was `added` then, those stay that an import or a later fetch needs at `now`.
    func doom(
        _ blobs: [Digest], added: UInt64? = nil, now: UInt64 = 0
    ) throws(StoreError) -> (blobs: [Digest], bytes: UInt64) {
        try connection.withLock { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                var (taken, bytes): ([Digest], UInt64) = ([], 0)
                for blob in blobs {
                    if let added, try Self.isArriving(blob, since: added, now: now, connection) {
                        continue
                    }
                    guard let stored = try Self.doom(blob, connection) else { continue }
                    taken.append(blob)
                    bytes += stored
                }
                return (taken, bytes)
            }
        }
    }

    /// Blobs that a removal took from the tables and whose files may still be there.
    func doomed() throws(StoreError) -> [Digest] {
        try connection.withLock { connection throws(StoreError) in
            try connection.query("SELECT blob FROM doomed ORDER BY blob") {
                row throws(StoreError) in try row.digest(0)
            }
        }
    }

    /// Those of some blobs that have no row.
    func unlisted(_ blobs: [Digest]) throws(StoreError) -> [Digest] {
        try connection.withLock { connection throws(StoreError) in
            var found: [Digest] = []
            for blob in blobs {
                let isListed = try connection.first(
                    "SELECT 1 FROM blobs WHERE id=?", [SQLValue(blob)]
                ) { _ in true }
                if isListed == nil { found.append(blob) }
            }
            return found
        }
    }

    /// Waits until everything that was committed is durable, also what was committed softly.
    func makeDurable() throws(StoreError) {
        try connection.withLock { connection throws(StoreError) in
            try Self.makeDurable(connection)
        }
    }

    static func makeDurable(_ connection: SQLiteConnection) throws(StoreError) {
        try connection.transaction { () throws(StoreError) in
            try set("durable", Clock.wallMilliseconds(), connection)
        }
    }

    /// Writes the log of changes back into the database where it has become long, through a
    /// connection of its own, so that nobody who writes waits for it.
    public func writeBackIfLong() throws(StoreError) {
        let log = (try? File.facts(of: path + "-wal").size) ?? 0
        guard log > Self.logBytesMax else { return }
        try SQLiteConnection(path, isSoft: true).execute("PRAGMA wal_checkpoint(PASSIVE)")
    }

    /// Bytes of the log of changes after which it is written back.
    private static let logBytesMax: UInt64 = 4 << 20

    /// Notes that the files of blobs are gone.
    func forgetDoomed(_ blobs: [Digest]) throws(StoreError) {
        try connection.withLock { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                for blob in blobs {
                    try connection.run("DELETE FROM doomed WHERE blob=?", [SQLValue(blob)])
                }
            }
        }
    }

    /// One step of a collection: among the next `rows` blobs behind `after`, at most `limit` that
    /// nothing lists or leases are taken. Recovered ones stay. `last` is where the next step goes
    /// on, nil at the end.
    func collect(
        after: Digest?, rows: Int, limit: Int, now: UInt64
    ) throws(StoreError) -> (blobs: [Digest], bytes: UInt64, last: Digest?) {
        let start = SQLValue.blob(after?.bytes ?? [])
        return try connection.withLock { connection throws(StoreError) in
            let end = try connection.first(
                "SELECT id FROM blobs WHERE id>? ORDER BY id LIMIT 1 OFFSET ?",
                [start, SQLValue(rows - 1)]
            ) { row throws(StoreError) in try row.digest(0) }
            let found = try connection.query(
                """
                SELECT id FROM blobs WHERE id>? AND (? OR id<=?) AND state<2
                AND \(Self.isUnlisted) AND \(Self.isUnleased) ORDER BY id LIMIT ?
                """,
                [start, SQLValue(end == nil), SQLValue(end), SQLValue(now), SQLValue(limit)]
            ) { row throws(StoreError) in try row.digest(0) }
            guard !found.isEmpty else { return ([], 0, end) }
            let bytes = try connection.softly { () throws(StoreError) in
                try connection.transaction { () throws(StoreError) in
                    var bytes: UInt64 = 0
                    for blob in found { bytes += try Self.doom(blob, connection) ?? 0 }
                    return bytes
                }
            }
            // Where the limit was met, the rest of these rows comes next.
            return (found, bytes, found.count == limit ? found.last : end)
        }
    }
}
