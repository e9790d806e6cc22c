import Genome
import Host
import Wire

extension Index {
    /// Keeps a signed statement unless a newer one of its place is here; whether it was kept.
    public func put(
        statement bytes: [UInt8], at place: StatementPlace, sequence: UInt64
    ) throws(StoreError) -> Bool {
        try connection.withLock { connection throws(StoreError) in
            try Self.put(statement: bytes, at: place, sequence: sequence, connection)
        }
    }

    static func put(
        statement bytes: [UInt8], at place: StatementPlace, sequence: UInt64,
        _ connection: SQLiteConnection
    ) throws(StoreError) -> Bool {
        if let known = try newest(place, connection), known >= sequence { return false }
        try connection.run(
            "INSERT OR REPLACE INTO statements VALUES(?, ?, ?, ?, ?, ?)",
            values(place) + [SQLValue(bits: sequence), .blob(bytes)])
        return true
    }

    private static func values(_ place: StatementPlace) -> [SQLValue] {
        [
            SQLValue(place.layer), .text(place.kind.rawValue), SQLValue(place.publisher),
            .text(place.subject),
        ]
    }

    private static func newest(
        _ place: StatementPlace, _ connection: SQLiteConnection
    ) throws(StoreError) -> UInt64? {
        try connection.first(
            """
            SELECT sequence FROM statements
            WHERE layer=? AND kind=? AND publisher=? AND subject=?
            """, values(place)
        ) { $0.number(0) }
    }

    /// The sequence of the newest statement of a place; nil if there is none.
    public func sequence(at place: StatementPlace) throws(StoreError) -> UInt64? {
        try connection.withLock { connection throws(StoreError) in
            try Self.newest(place, connection)
        }
    }

    /// Number of grants by a publisher for layers that are not here.
    func grantsAhead(of publisher: NodeKey) throws(StoreError) -> Int {
        try connection.withLock { connection throws(StoreError) in
            try connection.first(
                """
                SELECT count(*) FROM statements WHERE kind='grant' AND publisher=?
                AND layer NOT IN (SELECT id FROM layers)
                """, [SQLValue(publisher)]
            ) { Int($0.integer(0)) } ?? 0
        }
    }

    /// Every statement that is kept, with its layer.
    func statements() throws(StoreError) -> [(layer: Digest, bytes: [UInt8])] {
        try connection.withLock { connection throws(StoreError) in
            try connection.query(
                "SELECT layer, bytes FROM statements ORDER BY layer, kind, publisher, subject"
            ) { row throws(StoreError) in (layer: try row.digest(0), bytes: row.bytes(1)) }
        }
    }

    /// The newest statements about a layer, by kind, publisher and subject.
    public func statements(about layer: Digest) throws(StoreError) -> [[UInt8]] {
        try connection.withLock { connection throws(StoreError) in
            try connection.query(
                "SELECT bytes FROM statements WHERE layer=? ORDER BY kind, publisher, subject",
                [SQLValue(layer)]
            ) { $0.bytes(0) }
        }
    }
}
