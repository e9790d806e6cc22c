import Genome
import Host
import Wire

/// How much of a blob is here.
public enum BlobState: Int64, Sendable {
    /// Some groups, maybe none.
    case partial = 0
    /// All of it.
    case complete = 1
    /// All of it, found on disk without any record of why it is here: never evicted unasked.
    case recovered = 2
}

/// A blob as the index knows it.
public struct BlobEntry: Equatable, Sendable {
    /// The blob.
    public let id: Digest
    /// How much of it is here.
    public let state: BlobState
    /// Its number of bytes.
    public let size: UInt64
    /// SHA-256 of its bytes, where it was computed or checked here.
    public let sha256: Digest?
    /// Milliseconds since 1970.
    public let added: UInt64
    /// How its bytes rest, once it is complete.
    public let form: BlobForm
    /// Why it is here.
    public let blobClass: BlobClass
    /// Bytes that it takes on the disk, with its leaf values.
    public let stored: UInt64
    /// Milliseconds since 1970 when its bytes were last read and found good.
    public let verified: UInt64

    static let columns = "id, state, size, sha256, added, form, class, stored, verified"
}

extension Index {
    /// What is known of a blob; nil if nothing is.
    public func blob(_ id: Digest) throws(StoreError) -> BlobEntry? {
        try connection.withLock { connection throws(StoreError) in
            try connection.first(
                "SELECT \(BlobEntry.columns) FROM blobs WHERE id=?", [SQLValue(id)],
                Self.readBlob)
        }
    }

    /// What is known of the blobs that a layer lists, in order of their ids: one question for
    /// thousands of them.
    func entries(of layer: Digest) throws(StoreError) -> [BlobEntry] {
        let columns = BlobEntry.columns.replacing(", ", with: ", blobs.")
        return try connection.withLock { connection throws(StoreError) in
            try connection.query(
                """
                SELECT blobs.\(columns) FROM layer_blobs JOIN blobs ON blobs.id=layer_blobs.blob
                WHERE layer_blobs.layer=? ORDER BY blobs.id
                """, [SQLValue(layer)], Self.readBlob)
        }
    }

    /// The files of a layer whose blobs are here whole.
    func heldFiles(of layer: Digest) throws(StoreError) -> Set<Digest> {
        try connection.withLock { connection throws(StoreError) in
            Set(
                try connection.query(
                    """
                    SELECT blobs.id FROM layer_files JOIN blobs ON blobs.id=layer_files.blob
                    WHERE layer_files.layer=? AND blobs.state>0
                    """, [SQLValue(layer)]
                ) { row throws(StoreError) in try row.digest(0) })
        }
    }

    /// All blobs in order of their ids.
    public func blobs() throws(StoreError) -> [BlobEntry] {
        try connection.withLock { connection throws(StoreError) in
            try connection.query(
                "SELECT \(BlobEntry.columns) FROM blobs ORDER BY id", [],
                Self.readBlob)
        }
    }

    static func readBlob(_ row: SQLiteRow) throws(StoreError) -> BlobEntry {
        BlobEntry(
            id: try row.digest(0), state: BlobState(rawValue: row.integer(1)) ?? .partial,
            size: row.number(2), sha256: row.isNull(3) ? nil : try row.digest(3),
            added: row.number(4), form: BlobForm(rawValue: row.integer(5)) ?? .raw,
            blobClass: BlobClass(rawValue: row.integer(6)) ?? .own, stored: row.number(7),
            verified: row.number(8))
    }

    /// The blobs of which not everything is here.
    func partials() throws(StoreError) -> [BlobReference] {
        try connection.withLock { connection throws(StoreError) in
            try connection.query("SELECT id, size FROM blobs WHERE state=0 ORDER BY id") {
                row throws(StoreError) in
                BlobReference(blob: try row.digest(0), size: row.number(1))
            }
        }
    }

    /// Bytes that all blobs take on the disk, counting partial ones whole, with what is promised
    /// to imports: what the quota is compared with.
    public func usedBytes() throws(StoreError) -> UInt64 { try accounts().used }

    /// Records that a blob is here whole.
    public func complete(
        _ id: Digest, size: UInt64, sha256: Digest?, now: UInt64,
        leasedFor reason: LeaseReason? = nil
    ) throws(StoreError) {
        try connection.withLock { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                try Self.complete(
                    id, size: size, sha256: sha256, now: now, leasedFor: reason, connection)
            }
        }
    }

    /// The same for several, in one transaction.
    func complete(
        _ blobs: [ImportedBlob], now: UInt64, leasedFor reason: LeaseReason
    ) throws(StoreError) {
        try connection.withLock { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                for blob in blobs {
                    try Self.complete(
                        blob.id, size: blob.size, sha256: blob.sha256, now: now,
                        leasedFor: reason, connection)
                }
            }
        }
    }

    /// The same for those of which nobody computed the SHA-256, such as fetched ones.
    public func complete(
        _ blobs: [BlobReference], now: UInt64, leasedFor reason: LeaseReason? = nil
    ) throws(StoreError) {
        try connection.withLock { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                for blob in blobs {
                    try Self.complete(
                        blob.blob, size: blob.size, sha256: nil, now: now, leasedFor: reason,
                        connection)
                }
            }
        }
    }

    /// Notes that files of blobs are about to get their names: where a crash comes before their
    /// rows, they are removed at opening like those of a removal.
    func expect(_ blobs: [Digest]) throws(StoreError) {
        try connection.withLock { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                for blob in blobs {
                    try connection.run(
                        """
                        INSERT OR IGNORE INTO doomed SELECT ?1
                        WHERE NOT EXISTS(SELECT 1 FROM blobs WHERE id=?1 AND state>0)
                        """, [SQLValue(blob)])
                }
            }
        }
    }

    /// A blob that was known keeps how it rests; a partial one becomes a plain file. `leasedFor`
    /// keeps one that nothing lists yet.
    static func complete(
        _ id: Digest, size: UInt64, sha256: Digest?, now: UInt64, state: BlobState = .complete,
        as blobClass: BlobClass = .own, leasedFor reason: LeaseReason? = nil,
        _ connection: SQLiteConnection
    ) throws(StoreError) {
        try connection.run(
            """
            INSERT INTO blobs(id, state, size, sha256, added, form, class, stored, verified)
            VALUES(?, ?, ?, ?, ?, 0, ?, ?, ?)
            ON CONFLICT(id) DO UPDATE SET state=excluded.state, size=excluded.size,
                sha256=coalesce(excluded.sha256, sha256),
                form=CASE WHEN state=0 THEN 0 ELSE form END,
                stored=CASE WHEN state=0 THEN excluded.stored ELSE stored END,
                verified=CASE WHEN state=0 THEN excluded.verified ELSE verified END
            """,
            [
                SQLValue(id), .integer(state.rawValue), SQLValue(size), SQLValue(sha256),
                SQLValue(now), .integer(blobClass.rawValue),
                SQLValue(storedBytes(fileBytes: size, size: size)), SQLValue(now),
            ])
        try connection.run("DELETE FROM partials WHERE blob=?", [SQLValue(id)])
        try connection.run("DELETE FROM doomed WHERE blob=?", [SQLValue(id)])
        if let reason { try lease(id, reason, now: now, connection) }
    }

    /// Lists a complete blob that was found on disk; 0 if it was known.
    static func recover(
        _ blob: StoredBlob, now: UInt64, _ connection: SQLiteConnection
    ) throws(StoreError) -> Int {
        let found = try connection.run(
            """
            INSERT OR IGNORE INTO blobs(id, state, size, sha256, added, form, class, stored)
            VALUES(?, ?, ?, NULL, ?, ?, ?, ?)
            """,
            [
                SQLValue(blob.id), .integer(BlobState.recovered.rawValue), SQLValue(blob.size),
                SQLValue(now), .integer(blob.form.rawValue), .integer(BlobClass.own.rawValue),
                SQLValue(blob.stored),
            ])
        if found > 0, !blob.parents.isEmpty { try put(blob.parents, of: blob.id, connection) }
        return found
    }

    /// Lists a blob of which a part was found on disk, as one that is being fetched; 0 if it was
    /// known.
    static func recover(
        partial blob: BlobReference, now: UInt64, _ connection: SQLiteConnection
    ) throws(StoreError) -> Int {
        let found = try connection.run(
            """
            INSERT OR IGNORE INTO blobs(id, state, size, sha256, added, class, stored)
            VALUES(?, 0, ?, NULL, ?, ?, ?)
            """,
            [
                SQLValue(blob.blob), SQLValue(blob.size), SQLValue(now),
                .integer(BlobClass.cache.rawValue), SQLValue(storedBytes(partialSize: blob.size)),
            ])
        if found > 0 { try lease(blob.blob, .fetching, now: now, connection) }
        return found
    }

    /// Commits what a checkpoint made durable.
    public func commit(_ checkpoint: PartialBlob.Checkpoint) throws(StoreError) {
        _ = try connection.withLock { connection throws(StoreError) in
            try connection.run(
                "INSERT OR REPLACE INTO partials(blob, groups) VALUES(?, ?)",
                [SQLValue(checkpoint.id), .blob(checkpoint.groups.bytes)])
        }
    }

    /// The groups of a partial blob at its last checkpoint; nil if there was none.
    public func durableGroups(of id: Digest, size: UInt64) throws(StoreError) -> GroupSet? {
        guard size <= Limits.blobBytesMax else { return nil }
        let bytes = try connection.withLock { connection throws(StoreError) in
            try connection.first("SELECT groups FROM partials WHERE blob=?", [SQLValue(id)]) {
                $0.bytes(0)
            }
        }
        return bytes.flatMap { GroupSet(count: HashTree.groupCount(size: size), bytes: $0) }
    }

    /// Turns a blob into a partial one of which `groups` are there.
    func reopen(_ id: Digest, size: UInt64, groups: GroupSet) throws(StoreError) {
        try connection.withLock { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                try connection.run(
                    "UPDATE blobs SET state=0, form=0, size=?, stored=? WHERE id=?",
                    [
                        SQLValue(size), SQLValue(Self.storedBytes(partialSize: size)),
                        SQLValue(id),
                    ])
                try connection.run(
                    "INSERT OR REPLACE INTO partials(blob, groups) VALUES(?, ?)",
                    [SQLValue(id), .blob(groups.bytes)])
                try connection.run("DELETE FROM coded_parents WHERE blob=?", [SQLValue(id)])
            }
        }
    }

    /// The layers that list a blob as a file, manifest or other part.
    public func layers(listing blob: Digest) throws(StoreError) -> [Digest] {
        try connection.withLock { connection throws(StoreError) in
            try connection.query(
                "SELECT layer FROM layer_blobs WHERE blob=? ORDER BY layer", [SQLValue(blob)]
            ) { row throws(StoreError) in try row.digest(0) }
        }
    }
}
