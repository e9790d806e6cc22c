import Genome
import Host
import Wire

/// Records about layers that are for named keys.
extension Catalogue {
    /// The layers of which a node told by its own records for named keys, at most `limit`.
    public func granted(by holder: NodeKey, limit: Int) throws(StoreError) -> [Digest] {
        try connection.withLock { connection throws(StoreError) in
            let found = try Self.granted(by: holder, connection).map(\.layer)
            return Array(found.prefix(limit))
        }
    }

    /// Removes a node's own records for named keys about some layers; their number.
    @discardableResult
    public func forget(
        granted layers: [Digest], by holder: NodeKey
    ) throws(StoreError) -> Int {
        let layers = Set(layers)
        return try changing { connection, changes throws(StoreError) in
            let ended = try Self.granted(by: holder, connection).filter {
                layers.contains($0.layer)
            }
            for record in ended {
                try Self.drop(record.number, of: record.publisher, connection, &changes)
            }
            return ended.count
        }
    }

    private static func granted(
        by holder: NodeKey, _ connection: SQLiteConnection
    ) throws(StoreError) -> [(number: Int64, layer: Digest, publisher: NodeKey)] {
        try connection.query(
            """
            SELECT number, layer, publisher, domain FROM records INDEXED BY records_by_grant
            WHERE domain IS NOT NULL AND holder IS NOT NULL AND \(CatalogueTables.isHolder)
                AND type=?
            """,
            CatalogueTables.keyed(holder.digest) + [.integer(Int64(RecordType.layer.rawValue))]
        ) { row throws(StoreError) in
            let (layer, publisher) = (try row.digest(1), try row.nodeKey(2))
            let isGranted = row.bytes(3) == CircleTag.domain(publisher: publisher, layer: layer)
            return isGranted ? (row.integer(0), layer, publisher) : nil
        }.compactMap { $0 }
    }
}
