import Genome
import Host
import Wire

/// One use of a layer on this machine: by whom, from when to when, and how well it did.
public struct LayerUse: Equatable, Sendable {
    /// Which layer.
    public let layer: Digest
    /// The run of the command, the same for all its layers.
    public let session: String
    /// `infer`, `chat` or `eval`.
    public let verb: String
    /// As text, in UTC.
    public let startedAt: String
    /// As text, in UTC.
    public let endedAt: String
    /// The user's own judgement, 1 to 5; nil for none.
    public let rating: Double?
}

/// Who used what when. It is written for the owner alone: it stands in no journal, no record and
/// no statement, no peer can ask for it, and it is gone with the index.
extension Index {
    /// Most uses that are kept; the oldest go first.
    static let usesMax = 100_000

    /// SQL for the text of a time in milliseconds since 1970.
    private static let momentText = "strftime('%Y-%m-%dT%H:%M:%fZ', ? / 1000.0, 'unixepoch')"

    /// Notes that layers were used; times in milliseconds since 1970.
    public func noteUse(
        of layers: [Digest], user: NodeKey, session: String, verb: String, started: UInt64,
        ended: UInt64, rating: Double? = nil
    ) throws(StoreError) {
        let user = LayerUUID(of: user.digest).description
        try connection.withLock { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                for layer in layers {
                    try connection.run(
                        """
                        INSERT OR REPLACE INTO layer_usage
                        VALUES(?, ?, ?, \(Self.momentText), \(Self.momentText), ?, ?, ?)
                        """,
                        [
                            .text(LayerUUID(of: layer).description), .text(user), .text(session),
                            SQLValue(started), SQLValue(ended), rating.map { .real($0) } ?? .null,
                            SQLValue(layer), .text(verb),
                        ])
                }
                try connection.run(
                    """
                    DELETE FROM layer_usage WHERE started_at < (
                        SELECT started_at FROM layer_usage ORDER BY started_at DESC
                        LIMIT 1 OFFSET \(Self.usesMax))
                    """)
            }
        }
    }

    /// Judges the newest use of a layer; whether there was one.
    public func rate(_ layer: Digest, _ rating: Double) throws(StoreError) -> Bool {
        try connection.withLock { connection throws(StoreError) in
            let changed = try connection.run(
                """
                UPDATE layer_usage SET performance_rating=? WHERE layer=? AND session_id=(
                    SELECT session_id FROM layer_usage WHERE layer=?
                    ORDER BY started_at DESC, session_id LIMIT 1)
                """, [.real(rating), SQLValue(layer), SQLValue(layer)])
            return changed > 0
        }
    }

    /// The uses of a layer, newest first.
    public func uses(of layer: Digest, limit: Int = 100) throws(StoreError) -> [LayerUse] {
        try connection.withLock { connection throws(StoreError) in
            try connection.query(
                """
                SELECT session_id, verb, started_at, ended_at, performance_rating
                FROM layer_usage WHERE layer=? ORDER BY started_at DESC, session_id LIMIT ?
                """, [SQLValue(layer), SQLValue(limit)]
            ) { row in
                LayerUse(
                    layer: layer, session: row.text(0), verb: row.text(1),
                    startedAt: row.text(2), endedAt: row.text(3),
                    rating: row.isNull(4) ? nil : row.real(4))
            }
        }
    }

    /// Forgets every use of a layer.
    public func forgetUses(of layer: Digest) throws(StoreError) {
        _ = try connection.withLock { connection throws(StoreError) in
            try connection.run("DELETE FROM layer_usage WHERE layer=?", [SQLValue(layer)])
        }
    }
}
