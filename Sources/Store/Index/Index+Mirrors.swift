import Host
import Wire

/// What is kept as a mirror: the blobs of each layer that the owner's follows have brought, here or
/// on their way. Not journaled: what is followed is, and the rest follows from it.
extension Index {
    static let mirrorTables = """
        CREATE TABLE mirror_blobs(
            layer BLOB NOT NULL, blob BLOB NOT NULL, PRIMARY KEY(layer, blob)) WITHOUT ROWID;
        CREATE INDEX mirror_blobs_by_blob ON mirror_blobs(blob);
        """

    /// Keeps blobs as those of a mirrored layer. They count as mirrored from now on; refused, with
    /// nothing changed, where the quota of that class has no room for those that are here.
    func mirror(_ blobs: [Digest], of layer: Digest) throws(StoreError) {
        try connection.withLock { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                let before = try Self.accounts(connection).used(.mirrored)
                for blob in blobs {
                    try connection.run(
                        "INSERT OR IGNORE INTO mirror_blobs VALUES(?, ?)",
                        [SQLValue(layer), SQLValue(blob)])
                }
                try Self.classify(blobs, connection)
                guard let quota = try Self.quota(.mirrored, connection) else { return }
                let used = try Self.accounts(connection).used(.mirrored)
                guard used <= quota || used <= before else {
                    throw .quota(
                        bytes: used - before, available: quota - min(quota, before),
                        of: .mirrored)
                }
            }
        }
    }

    /// Lets a layer be one that is only cached. What no layer lists waits for its collection as
    /// what was fetched does.
    func unmirror(_ layer: Digest) throws(StoreError) {
        try connection.withLock { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                let blobs = try connection.query(
                    "SELECT blob FROM mirror_blobs WHERE layer=?", [SQLValue(layer)]
                ) { row throws(StoreError) in try row.digest(0) }
                try connection.run(
                    "DELETE FROM mirror_blobs WHERE layer=?", [SQLValue(layer)])
                for blob in blobs {
                    try connection.run(
                        """
                        UPDATE blobs SET class=2 WHERE id=? AND class=1 AND NOT EXISTS(
                            SELECT 1 FROM layer_blobs WHERE layer_blobs.blob=blobs.id)
                        """, [SQLValue(blob)])
                }
                try Self.classify(blobs, connection)
            }
        }
    }

    /// Layers that are kept as a mirror, or on their way to be, in order.
    public func mirrored() throws(StoreError) -> [Digest] {
        try connection.withLock { connection throws(StoreError) in
            try connection.query("SELECT DISTINCT layer FROM mirror_blobs ORDER BY layer") {
                row throws(StoreError) in try row.digest(0)
            }
        }
    }

    /// Whether a layer is.
    public func isMirrored(_ layer: Digest) throws(StoreError) -> Bool {
        try connection.withLock { connection throws(StoreError) in
            try connection.first(
                "SELECT 1 FROM mirror_blobs WHERE layer=? LIMIT 1", [SQLValue(layer)]
            ) { _ in true } ?? false
        }
    }
}
