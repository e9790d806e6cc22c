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
}

extension Index {
    /// What is known of a blob; nil if nothing is.
    public func blob(_ id: Digest) throws(StoreError) -> BlobEntry? {
        try connection.withLock { connection throws(StoreError) in
            try connection.first(
                "SELECT id, state, size, sha256, added FROM blobs WHERE id=?", [SQLValue(id)],
                Self.readBlob)
        }
    }

    /// All blobs in order of their ids.
    public func blobs() throws(StoreError) -> [BlobEntry] {
        try connection.withLock { connection throws(StoreError) in
            try connection.query(
                "SELECT id, state, size, sha256, added FROM blobs ORDER BY id", [],
                Self.readBlob)
        }
    }

    private static func readBlob(_ row: SQLiteRow) throws(StoreError) -> BlobEntry {
        BlobEntry(
            id: try row.digest(0), state: BlobState(rawValue: row.integer(1)) ?? .partial,
            size: row.number(2), sha256: row.isNull(3) ? nil : try row.digest(3),
            added: row.number(4))
    }

    /// Bytes of all blobs, counting partial ones whole: what the quota is compared with.
    public func usedBytes() throws(StoreError) -> UInt64 {
        try connection.withLock { connection throws(StoreError) in
            try Self.used(connection)
        }
    }

    private static func used(_ connection: SQLiteConnection) throws(StoreError) -> UInt64 {
        try connection.first("SELECT coalesce(sum(size), 0) FROM blobs") { $0.number(0) } ?? 0
    }

    /// Reserves room for blobs before their first byte: those not known yet become partial. All
    /// or none, within the quota.
    public func reserve(_ wanted: [(id: Digest, size: UInt64)], now: UInt64) throws(StoreError) {
        // Sizes come from manifests of others; the quota alone need not stop them.
        guard wanted.allSatisfy({ $0.size <= Limits.blobBytesMax }) else {
            throw .refused("a blob has at most 1 TiB")
        }
        try connection.withLock { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                for blob in wanted {
                    try connection.run(
                        """
                        INSERT OR IGNORE INTO blobs(id, state, size, sha256, added)
                        VALUES(?, 0, ?, NULL, ?)
                        """, [SQLValue(blob.id), SQLValue(blob.size), SQLValue(now)])
                }
                let used = try Self.used(connection)
                let quota = try Self.policy("quota", connection).flatMap { UInt64($0) }
                guard let quota, used > quota else { return }
                let bytes = wanted.reduce(0) { $0 + $1.size }
                let before = used > bytes ? used - bytes : 0
                throw StoreError.quota(
                    bytes: bytes, available: quota > before ? quota - before : 0)
            }
        }
    }

    /// Records that a blob is here whole.
    public func complete(
        _ id: Digest, size: UInt64, sha256: Digest?, now: UInt64
    ) throws(StoreError) {
        try connection.withLock { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                try Self.complete(id, size: size, sha256: sha256, now: now, connection)
            }
        }
    }

    static func complete(
        _ id: Digest, size: UInt64, sha256: Digest?, now: UInt64, state: BlobState = .complete,
        _ connection: SQLiteConnection
    ) throws(StoreError) {
        try connection.run(
            """
            INSERT INTO blobs(id, state, size, sha256, added) VALUES(?, ?, ?, ?, ?)
            ON CONFLICT(id) DO UPDATE SET state=excluded.state, size=excluded.size,
                sha256=coalesce(excluded.sha256, sha256)
            """,
            [
                SQLValue(id), .integer(state.rawValue), SQLValue(size), SQLValue(sha256),
                SQLValue(now),
            ])
        try connection.run("DELETE FROM partials WHERE blob=?", [SQLValue(id)])
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
                    "UPDATE blobs SET state=0, size=? WHERE id=?", [SQLValue(size), SQLValue(id)])
                try connection.run(
                    "INSERT OR REPLACE INTO partials(blob, groups) VALUES(?, ?)",
                    [SQLValue(id), .blob(groups.bytes)])
            }
        }
    }

    /// Forgets a blob that no layer and no contract lists; false when one does, or when it is not
    /// known.
    public func forget(blob id: Digest) throws(StoreError) -> Bool {
        try connection.withLock { connection throws(StoreError) in
            try connection.run(
                """
                DELETE FROM blobs WHERE id=?
                AND NOT EXISTS (SELECT 1 FROM layer_blobs WHERE blob=blobs.id)
                AND NOT EXISTS (SELECT 1 FROM hold_blobs WHERE blob=blobs.id)
                """, [SQLValue(id)]) > 0
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
