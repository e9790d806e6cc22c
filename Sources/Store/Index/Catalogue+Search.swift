import Host
import Wire

/// What a search asks for; an empty question asks for everything.
public struct CatalogueQuestion: Equatable, Sendable {
    /// Words that all occur in name, tags, summary or label, each as the beginning of a word.
    public var text = ""
    /// Layer type.
    public var type: String?
    /// Weights that the layer adapts.
    public var baseWeights: Digest?
    /// SPDX expression, exactly.
    public var licence: String?
    /// A tag, exactly.
    public var tag: String?
    /// The publisher's name for it, exactly.
    public var name: String?
    /// Most results.
    public var limit = 100

    /// The empty question.
    public init() {}
}

extension Catalogue {
    // MARK: Look-ups

    /// The live record of a place; nil if there is none.
    public func record(at place: SlotKey) throws(StoreError) -> Record? {
        try records(
            "publisher=? AND type=? AND slot=?",
            [
                SQLValue(place.publisher), .integer(Int64(place.type.rawValue)),
                .blob(place.slot.bytes),
            ]
        ).first
    }

    /// Sequence and id of what is in each place; nil where nothing is.
    public func heads(of places: [SlotKey]) throws(StoreError) -> [(
        sequence: UInt64, id: Digest
    )?] {
        try connection.withLock { connection throws(StoreError) in
            var heads: [(sequence: UInt64, id: Digest)?] = []
            for place in places {
                heads.append(
                    try connection.first(
                        """
                        SELECT sequence, id FROM records
                        WHERE publisher=? AND type=? AND slot=?
                        """,
                        [
                            SQLValue(place.publisher), .integer(Int64(place.type.rawValue)),
                            .blob(place.slot.bytes),
                        ]
                    ) { row throws(StoreError) in (row.number(0), try row.digest(1)) })
            }
            return heads
        }
    }

    /// The records of these ids that are here, in any order.
    public func records(ids: [Digest]) throws(StoreError) -> [Record] {
        var found: [Record] = []
        for id in ids { found += try records("id=?", [SQLValue(id)]) }
        return found
    }

    /// Up to `limit` ids above `id` in ascending order, of records that everyone may see: one
    /// page of a comparison with a peer.
    public func ids(after id: Digest?, limit: Int) throws(StoreError) -> [Digest] {
        let start: [UInt8] = id?.bytes ?? []
        return try connection.withLock { connection throws(StoreError) in
            try connection.query(
                "SELECT id FROM records WHERE id>? AND domain IS NULL ORDER BY id LIMIT ?",
                [.blob(start), SQLValue(limit)]
            ) { row throws(StoreError) in try row.digest(0) }
        }
    }

    /// All records of one type that everyone may see, newest first.
    public func records(type: RecordType, limit: Int) throws(StoreError) -> [Record] {
        try records(
            "type=? AND domain IS NULL ORDER BY issued DESC, id LIMIT ?",
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
        let place = SQLValue(publisher)
        let sequences = try connection.withLock { connection throws(StoreError) in
            try connection.query("SELECT sequence FROM records WHERE publisher=?", [place]) {
                $0.number(0)
            }
        }
        return sequences.max() ?? 0
    }

    /// Number of records.
    public func count() throws(StoreError) -> Int {
        try connection.withLock { connection throws(StoreError) in
            try connection.first("SELECT count(*) FROM records") { Int($0.integer(0)) } ?? 0
        }
    }

    // MARK: Layers

    /// The Layer and Mirror records about a layer, the publisher's own first: who serves it. For
    /// the owner alone: records that are not for everyone are among them.
    public func announcements(of layer: Digest) throws(StoreError) -> [Record] {
        try records(
            """
            number IN (SELECT number FROM facts WHERE layer=?)
            ORDER BY type, issued DESC, id
            """, [SQLValue(layer)])
    }

    /// The nodes that announce that they serve a layer.
    public func holders(of layer: Digest) throws(StoreError) -> [NodeKey] {
        var seen: Set<NodeKey> = []
        return try announcements(of: layer).map { $0.signer ?? $0.publisher }.filter {
            seen.insert($0).inserted
        }
    }

    /// One record a layer for everything that answers the question: the publisher's own where it
    /// is here, else a mirror's; newest first. For the owner alone: records that are not for
    /// everyone are among them.
    public func search(_ question: CatalogueQuestion) throws(StoreError) -> [Record] {
        var conditions = ["1"]
        var values: [SQLValue] = []
        let words = Self.match(question.text)
        if !words.isEmpty {
            conditions.append("records.number IN (SELECT rowid FROM words WHERE words MATCH ?)")
            values.append(.text(words))
        }
        for (column, text) in [
            ("facts.type", question.type), ("facts.licence", question.licence),
            ("facts.name", question.name),
        ] {
            guard let text else { continue }
            conditions.append("\(column)=?")
            values.append(.text(text))
        }
        if let base = question.baseWeights {
            conditions.append("facts.base_weights=?")
            values.append(SQLValue(base))
        }
        if let tag = question.tag {
            conditions.append("records.number IN (SELECT number FROM tags WHERE tag=?)")
            values.append(.text(tag))
        }
        values.append(SQLValue(question.limit))
        // With one min() SQLite takes the other columns from the row of the minimum.
        let sql = """
            SELECT bytes, min(is_mirror), issued FROM facts JOIN records USING(number)
            WHERE \(conditions.joined(separator: " AND "))
            GROUP BY layer ORDER BY issued DESC, layer LIMIT ?
            """
        return try connection.withLock { connection throws(StoreError) in
            try connection.query(sql, values, Self.read)
        }
    }

    /// The words of a question as an FTS5 expression: each quoted, so that nothing a person types
    /// is an operator, and each a prefix.
    static func match(_ text: String) -> String {
        text.split(whereSeparator: { !$0.isLetter && !$0.isNumber })
            .map { "\"\($0)\" *" }.joined(separator: " ")
    }

    func records(
        _ condition: String, _ values: [SQLValue]
    ) throws(StoreError) -> [Record] {
        try connection.withLock { connection throws(StoreError) in
            try connection.query(
                "SELECT bytes FROM records WHERE \(condition)", values, Self.read)
        }
    }

    private static func read(_ row: SQLiteRow) throws(StoreError) -> Record {
        do throws(WireError) {
            return try Record(bytes: row.bytes(0))
        } catch {
            throw .damaged("a record in the catalogue")
        }
    }
}
