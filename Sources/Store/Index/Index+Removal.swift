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
        AND NOT EXISTS(SELECT 1 FROM mirror_blobs WHERE mirror_blobs.blob=blobs.id)
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

    /// Blobs that a removal took from the tables and whose files may still be there: at most
    /// `limit`, in order from the one behind `after` on.
    static func doomed(
        after: Digest?, limit: Int, _ reader: SQLiteConnection
    ) throws(StoreError) -> [Digest] {
        try reader.query(
            "SELECT blob FROM doomed WHERE blob>? ORDER BY blob LIMIT ?",
            [.blob(after?.bytes ?? []), SQLValue(limit)]
        ) { row throws(StoreError) in try row.digest(0) }
    }

    /// All of them.
    func doomed() throws(StoreError) -> [Digest] {
        try connection.withLock { connection throws(StoreError) in
            try Self.doomed(after: nil, limit: .max, connection)
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

    /// Waits until everything that was committed is durable, also what was committed softly. The
    /// log goes to the disk beside whoever writes; the commit that follows, which SQLite promises
    /// it by, finds little left to wait for (12.9 ms became 0.7 after a hundred thousand removals).
    func makeDurable(_ collection: inout Library.Collection) throws(StoreError) {
        try syncLog()
        try connection.withLock { connection throws(StoreError) in
            let hold = Library.Hold()
            defer { hold.end(&collection) }
            try Self.makeDurable(connection)
        }
    }

    /// Waits for the disk to have the log as it is now; nothing is promised by it.
    private func syncLog() throws(StoreError) {
        do throws(SystemError) {
            try File("\(path)-wal", .read).syncData()
        } catch {
            guard error.isMissing else { throw StoreError(error) }
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
        _ = try writeBack(ifOver: Self.logPagesMax)
    }

    /// The same where the log has more than so many pages; whether it had.
    func writeBack(ifOver pages: Int) throws(StoreError) -> Bool {
        guard connection.withLock({ $0.logPages }) > pages else { return false }
        try SQLiteConnection(path, isSoft: true).execute("PRAGMA wal_checkpoint(PASSIVE)")
        connection.withLock { $0.logPages = 0 }
        return true
    }

    /// Pages of 4 KiB of the log after which it is written back. Whoever writes first afterwards
    /// begins the log anew and waits for the disk once, also softly (a header that is not durable
    /// before what follows could be taken for that of an older log): not too often.
    private static let logPagesMax = 8_192

    /// Notes that the files of blobs are gone. What a power failure takes of that is found to be
    /// gone again, so no disk is waited for.
    func forgetDoomed(_ blobs: [Digest]) throws(StoreError) {
        try connection.withLock { connection throws(StoreError) in
            try connection.softly { () throws(StoreError) in
                try connection.transaction { () throws(StoreError) in
                    for blob in blobs {
                        try connection.run("DELETE FROM doomed WHERE blob=?", [SQLValue(blob)])
                    }
                }
            }
        }
    }

    /// A connection of its own to look through, so that nobody who writes waits for what is read.
    func reader() throws(StoreError) -> SQLiteConnection {
        try SQLiteConnection(path, isSoft: true)
    }

    /// At most `limit` blobs behind `after` that nothing lists or leases, in order. Recovered ones
    /// are none of them.
    static func collectable(
        after: Digest?, limit: Int, now: UInt64, _ reader: SQLiteConnection
    ) throws(StoreError) -> [Digest] {
        try reader.query(
            """
            SELECT id FROM blobs WHERE id>? AND state<2 AND \(isUnlisted) AND \(isUnleased)
            ORDER BY id LIMIT ?
            """, [.blob(after?.bytes ?? []), SQLValue(now), SQLValue(limit)]
        ) { row throws(StoreError) in try row.digest(0) }
    }

    /// One step of a collection: takes those of some blobs that are still collectable, and adds
    /// them to `collection`. No disk is waited for.
    func doom(
        collectable blobs: [Digest], now: UInt64, _ collection: inout Library.Collection
    ) throws(StoreError) {
        try connection.withLock { connection throws(StoreError) in
            let hold = Library.Hold()
            defer { hold.end(&collection) }
            try connection.softly { () throws(StoreError) in
                try connection.transaction { () throws(StoreError) in
                    for blob in blobs {
                        let isFree = try connection.first(
                            "SELECT 1 FROM blobs WHERE id=? AND state<2 AND \(Self.isUnleased)",
                            [SQLValue(blob), SQLValue(now)]
                        ) { _ in true }
                        guard isFree != nil, let bytes = try Self.doom(blob, connection) else {
                            continue
                        }
                        collection.blobs += 1
                        collection.bytes += bytes
                    }
                }
            }
        }
    }

    /// Longer than any id and not before any: what lies between an id and this is all behind it.
    static let behindAll = [UInt8](repeating: 255, count: 33)
}
