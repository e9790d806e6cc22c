import Genome
import Host
import Wire

extension Catalogue {
    // MARK: Look-ups

    /// The newest record of a place, for everyone or not; nil if there is none.
    public func record(at place: SlotKey) throws(StoreError) -> Record? {
        try records(
            CatalogueTables.isPlace, CatalogueTables.place(place)
        ).max { $0.sequence < $1.sequence }
    }

    /// Which of these keys are revoked.
    public func revoked(among keys: Set<NodeKey>) throws(StoreError) -> Set<NodeKey> {
        var revoked: Set<NodeKey> = []
        for key in keys {
            let place = SlotKey(publisher: key, type: .keyRevocation, slot: .only)
            if try record(at: place) != nil { revoked.insert(key) }
        }
        return revoked
    }

    /// The records of these ids that are here, in any order.
    public func records(ids: [Digest]) throws(StoreError) -> [Record] {
        var found: [Record] = []
        for id in ids { found += try records("id=?", [SQLValue(id)]) }
        return found
    }

    /// The records of these ids that everyone may see: what a peer is sent as it is.
    public func publicRecords(ids: [Digest]) throws(StoreError) -> [RecordFor<Everyone>] {
        try connection.withLock { connection throws(StoreError) in
            var found: [RecordFor<Everyone>] = []
            for id in ids {
                found += try connection.query(
                    "SELECT bytes FROM records WHERE id=? AND is_hidden=0", [SQLValue(id)]
                ) { RecordFor<Everyone>($0.bytes(0)) }.compactMap { $0 }
            }
            return found
        }
    }

    /// The newest records of one circle, newest first: for its members alone.
    public func records(of circle: CircleDomain, limit: Int) throws(StoreError) -> [Record] {
        try records(
            "domain=? ORDER BY number DESC LIMIT ?", [.blob(circle.bytes), SQLValue(limit)])
    }

    /// Those of the ids that no record has which everyone may see, in their order.
    public func missing(of ids: [Digest]) throws(StoreError) -> [Digest] {
        try connection.withLock { connection throws(StoreError) in
            var missing: [Digest] = []
            for id in ids {
                let found = try connection.query(
                    "SELECT 1 FROM records WHERE id=? AND is_hidden=0", [SQLValue(id)]
                ) { $0.integer(0) }
                if found.isEmpty { missing.append(id) }
            }
            return missing
        }
    }

    /// Up to `limit` ids above `id` in ascending order, of records that everyone may see: one
    /// page of a comparison with a peer.
    public func ids(after id: Digest?, limit: Int) throws(StoreError) -> [Digest] {
        let start: [UInt8] = id?.bytes ?? []
        return try connection.withLock { connection throws(StoreError) in
            try connection.query(
                "SELECT id FROM records WHERE id>? AND is_hidden=0 ORDER BY id LIMIT ?",
                [.blob(start), SQLValue(limit)]
            ) { row throws(StoreError) in try row.digest(0) }
        }
    }

    /// All records of one type that everyone may see, newest first.
    public func records(type: RecordType, limit: Int) throws(StoreError) -> [Record] {
        // The few that are not about layers have a list of their own.
        let isAboutLayer = type == .layer || type == .mirror
        return try records(
            """
            type=? AND \(isAboutLayer ? "" : "layer IS NULL AND ")domain IS NULL
            ORDER BY issued DESC, id LIMIT ?
            """,
            [.integer(Int64(type.rawValue)), SQLValue(limit)])
    }

    /// The delegations to a key that are not over, of the `publishers` alone: anyone may delegate
    /// to any key, as often as she has keys, and only these are read whole.
    public func delegations(
        to key: NodeKey, of publishers: Set<NodeKey>
    ) throws(StoreError) -> [Record] {
        let slot = Slot(prefixOf: key.digest)
        let found = try connection.withLock { connection throws(StoreError) in
            try connection.query(
                """
                SELECT publisher FROM records
                WHERE type=\(Self.delegationType) AND slot=? AND domain IS NULL
                """, [.blob(slot.bytes)]
            ) { row throws(StoreError) in try row.nodeKey(0) }
        }
        var delegations: [Record] = []
        for publisher in found.filter({ publishers.contains($0) }).sorted() {
            let place = SlotKey(publisher: publisher, type: .delegation, slot: slot)
            guard let record = try record(at: place), record.type == .delegation else { continue }
            delegations.append(record)
        }
        return delegations
    }

    /// The highest sequence that a publisher ever signed here; 0 for none.
    public func highestSequence(of publisher: NodeKey) throws(StoreError) -> UInt64 {
        let sequences = try connection.withLock { connection throws(StoreError) in
            try connection.query(
                "SELECT sequence FROM records WHERE \(CatalogueTables.isPublisher)",
                CatalogueTables.keyed(publisher.digest)
            ) { $0.number(0) }
        }
        return sequences.max() ?? 0
    }

    /// Number of records.
    public func count() throws(StoreError) -> Int {
        try connection.withLock { connection throws(StoreError) in
            var counts = PublisherCounts()
            return try counts.count(of: nil, connection)
        }
    }

    // MARK: Layers

    /// The Layer and Mirror records about a layer, the publisher's own first: who serves it. For
    /// the owner alone: records that are not for everyone are among them.
    public func announcements(of layer: Digest) throws(StoreError) -> [Record] {
        try records(
            "\(CatalogueTables.isLayer) ORDER BY type, issued DESC, id",
            CatalogueTables.keyed(layer))
    }

    /// The nodes that announce that they serve a layer.
    public func holders(of layer: Digest) throws(StoreError) -> [NodeKey] {
        var seen: Set<NodeKey> = []
        return try announcements(of: layer).map { $0.signer ?? $0.publisher }.filter {
            seen.insert($0).inserted
        }
    }

    /// How many nodes announce that they serve a layer; `most` means so many or more.
    public func holderCount(of layer: Digest, most: Int = 1_000) throws(StoreError) -> Int {
        try connection.withLock { connection throws(StoreError) in
            try connection.query(
                "SELECT DISTINCT holder FROM records WHERE \(CatalogueTables.isLayer) LIMIT ?",
                CatalogueTables.keyed(layer) + [SQLValue(most)]
            ) { _ in }.count
        }
    }

    /// One record for each layer and publisher, newest first: for those who look through all that
    /// was heard of. `name` narrows it to the layers of that name. For the owner alone: records
    /// that are not for everyone are among them.
    public func layers(named name: String? = nil, limit: Int) throws(StoreError) -> [Record] {
        try connection.withLock { connection throws(StoreError) in
            guard let name else { return try Self.shown(CatalogueTerms.all, limit, connection) }
            guard let lookup = CatalogueTerms.lookup(.name(name), circles: [:]) else { return [] }
            let found = try Self.shown(lookup.expression, limit, connection)
            return found.filter { DescribedLayer($0)?.content.name == name }
        }
    }

    /// The records that a search shows under an entry of `facets`, newest first.
    private static func shown(
        _ expression: String, _ limit: Int, _ connection: SQLiteConnection
    ) throws(StoreError) -> [Record] {
        try connection.query(
            """
            SELECT bytes FROM facets JOIN records ON records.number=facets.rowid
            WHERE facets MATCH ? ORDER BY facets.rowid DESC LIMIT ?
            """, [.text(expression), SQLValue(limit)], read)
    }

    func records(
        _ condition: String, _ values: [SQLValue]
    ) throws(StoreError) -> [Record] {
        try connection.withLock { connection throws(StoreError) in
            try connection.query(
                "SELECT bytes FROM records WHERE \(condition)", values, Self.read)
        }
    }

    static func read(_ row: SQLiteRow) throws(StoreError) -> Record {
        do throws(WireError) {
            return try Record(bytes: row.bytes(0))
        } catch {
            throw .damaged("a record in the catalogue")
        }
    }
}
