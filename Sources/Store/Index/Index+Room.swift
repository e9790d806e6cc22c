import Genome
import Host
import Wire

/// What had to give way for something new.
public struct Eviction: Equatable, Sendable {
    /// Layers that are no longer here.
    public var layers: [LayerEntry] = []
    /// Blobs whose files are to be removed.
    public var blobs: [Digest] = []
    /// Bytes that they took.
    public var bytes: UInt64 = 0
}

/// Room for what comes, within the quotas and the floor of free disk, decided in the one
/// transaction that takes it.
extension Index {
    /// Reserves room for blobs before their first byte: those not known yet become partial and
    /// are leased to a fetch. All or none. `disk` is how many bytes more the disk may take.
    func reserve(
        _ wanted: [BlobReference], disk: UInt64, now: UInt64
    ) throws(StoreError) -> Eviction {
        // Sizes come from manifests of others; the quota alone need not stop them.
        guard wanted.allSatisfy({ $0.size <= Limits.blobBytesMax }) else {
            throw .refused("a blob has at most 1 TiB")
        }
        return try connection.withLock { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                var eviction = Eviction()
                for blob in wanted {
                    try Self.lease(blob.blob, .fetching, now: now, connection)
                    let isKnown = try connection.first(
                        "SELECT 1 FROM blobs WHERE id=?", [SQLValue(blob.blob)]
                    ) { _ in true }
                    if isKnown != nil { continue }
                    let isHeld = try connection.first(
                        "SELECT 1 FROM hold_blobs WHERE blob=? LIMIT 1", [SQLValue(blob.blob)]
                    ) { _ in true }
                    let blobClass: BlobClass = isHeld == nil ? .cache : .mirrored
                    let stored = storedBytes(partialSize: blob.size)
                    try Self.makeRoom(
                        stored, for: blobClass, disk: disk, now: now, &eviction, connection)
                    try connection.run(
                        """
                        INSERT INTO blobs(id, state, size, sha256, added, class, stored)
                        VALUES(?, 0, ?, NULL, ?, ?, ?)
                        """,
                        [
                            SQLValue(blob.blob), SQLValue(blob.size), SQLValue(now),
                            .integer(blobClass.rawValue), SQLValue(stored),
                        ])
                }
                return eviction
            }
        }
    }

    private func storedBytes(partialSize size: UInt64) -> UInt64 {
        Self.storedBytes(partialSize: size)
    }

    /// Evicts layers until there is room for `bytes`; throws, and with it undoes all of it, where
    /// nothing is left to evict. The disk counts what is evicted as free.
    static func makeRoom(
        _ bytes: UInt64, for blobClass: BlobClass, disk: UInt64, now: UInt64,
        _ eviction: inout Eviction, _ connection: SQLiteConnection
    ) throws(StoreError) {
        var quotas: [(of: BlobClass?, bytes: UInt64)] = []
        for limited in [nil, blobClass] {
            if let bytes = try quota(limited, connection) { quotas.append((limited, bytes)) }
        }
        while true {
            let accounts = try accounts(connection)
            var refusal: StoreError?
            for quota in quotas {
                let used = quota.of.map(accounts.used) ?? accounts.used
                let available = quota.bytes > used ? quota.bytes - used : 0
                if bytes > available {
                    refusal = .quota(bytes: bytes, available: available, of: quota.of)
                }
            }
            // What is promised or partial has its blocks already, or will ask for them itself.
            let free = disk.addingReportingOverflow(eviction.bytes)
            if refusal == nil, bytes > free.partialValue, !free.overflow {
                refusal = .diskFull(path: "the store", bytes: bytes)
            }
            guard let refusal else { return }
            guard let victim = try evictable(now: now, connection) else { throw refusal }
            try evict(victim, &eviction, connection)
        }
    }

    /// The layer that goes next: fetched, without pin or lease, not needed by one of the owner's
    /// or a pinned one, and longest unused.
    private static func evictable(
        now: UInt64, _ connection: SQLiteConnection
    ) throws(StoreError) -> LayerEntry? {
        try connection.first(
            """
            SELECT \(LayerEntry.columns) FROM layers WHERE origin=1
            AND NOT EXISTS(SELECT 1 FROM pins WHERE pins.layer=layers.id)
            AND NOT EXISTS(
                SELECT 1 FROM layer_blobs JOIN leases ON leases.blob=layer_blobs.blob
                WHERE layer_blobs.layer=layers.id AND \(countsForLayer))
            AND NOT EXISTS(
                SELECT 1 FROM nodes AS needed
                JOIN edges ON edges.target=needed.number AND edges.relation='DEPENDS_ON'
                JOIN nodes AS user ON user.number=edges.source
                JOIN layers AS user_layer ON user_layer.id=user.layer
                WHERE needed.layer=layers.id AND (user_layer.origin=0
                    OR EXISTS(SELECT 1 FROM pins WHERE pins.layer=user_layer.id)))
            ORDER BY max(used, added), id LIMIT 1
            """, [SQLValue(now)]
        ) { row throws(StoreError) in try LayerEntry(row) }
    }

    private static func evict(
        _ layer: LayerEntry, _ eviction: inout Eviction, _ connection: SQLiteConnection
    ) throws(StoreError) {
        let blobs = try blobs(of: layer.id, connection)
        try remove(layer.id, connection)
        for blob in blobs {
            guard let bytes = try doom(blob, connection) else { continue }
            eviction.blobs.append(blob)
            eviction.bytes += bytes
        }
        try classify(blobs, connection)
        eviction.layers.append(layer)
    }

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

    // MARK: Removal

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
