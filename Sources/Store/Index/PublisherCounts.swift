import Wire

/// How many records each publisher has in the catalogue, and how many there are, as they are within
/// one transaction: read when first asked for, written once at its end.
struct PublisherCounts {
    /// By publisher; all of them under nil.
    private var counts: [NodeKey?: Int] = [:]
    private var changed: Set<NodeKey?> = []

    /// Records of a publisher, or of all.
    mutating func count(
        of publisher: NodeKey?, _ connection: SQLiteConnection
    ) throws(StoreError) -> Int {
        if let known = counts[publisher] { return known }
        let found = try connection.first(
            "SELECT count FROM publishers WHERE publisher=?", [Self.place(publisher)]
        ) { Int($0.integer(0)) }
        counts[publisher] = found ?? 0
        return found ?? 0
    }

    /// Follows a record that came or went.
    mutating func change(
        _ publisher: NodeKey, by difference: Int, _ connection: SQLiteConnection
    ) throws(StoreError) {
        for key in [publisher, nil] {
            counts[key] = try count(of: key, connection) + difference
            changed.insert(key)
        }
    }

    /// Writes what changed.
    func write(_ connection: SQLiteConnection) throws(StoreError) {
        for key in changed {
            let count = counts[key] ?? 0
            try connection.run(
                count > 0
                    ? "INSERT OR REPLACE INTO publishers(count, publisher) VALUES(?, ?)"
                    : "DELETE FROM publishers WHERE ?<1 AND publisher=?",
                [.integer(Int64(count)), Self.place(key)])
        }
    }

    private static func place(_ publisher: NodeKey?) -> SQLValue {
        publisher.map { SQLValue($0) } ?? .blob([])
    }
}
