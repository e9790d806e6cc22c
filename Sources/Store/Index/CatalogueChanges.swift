import Genome
import Wire

/// What a transaction changes in the catalogue beside its records: the sketches, and under which
/// entries layers are found.
struct CatalogueChanges {
    /// A layer under the name of one publisher. Whoever publishes a layer id that is not hers
    /// cannot push the record of its publisher aside.
    struct Layer: Hashable {
        let layer: Digest
        let publisher: NodeKey
    }

    /// What stands in the index under one number.
    private struct Entry {
        let number: Int64
        let words: [String]
        let facets: String
    }

    /// What the sketches follow.
    var sketches: [SketchChange] = []
    /// How many records each publisher has.
    var counts = PublisherCounts()
    /// Records that were added, by number: they need not be read again.
    private var fresh: [Int64: Record] = [:]
    private var touched: Set<Layer> = []
    private var order: [Layer] = []
    private var removed: [Entry] = []

    /// A record was added: where it is about a layer, it announces it.
    mutating func announce(
        _ record: Record, number: Int64, _ connection: SQLiteConnection
    ) throws(StoreError) {
        guard let described = DescribedLayer(record) else { return }
        fresh[number] = record
        try connection.run(
            "INSERT INTO announcements VALUES(?, ?, ?, ?, ?)",
            [
                .integer(number), SQLValue(described.content.layer),
                SQLValue(described.publisher), SQLValue(record.type == .mirror),
                SQLValue(record.signer ?? record.publisher),
            ])
        touch(Layer(layer: described.content.layer, publisher: described.publisher))
    }

    /// A record is about to be removed.
    mutating func forget(
        _ number: Int64, _ connection: SQLiteConnection
    ) throws(StoreError) {
        let layer = try connection.first(
            "SELECT layer, publisher FROM announcements WHERE number=?", [.integer(number)]
        ) { row throws(StoreError) in
            Layer(layer: try row.digest(0), publisher: try row.nodeKey(1))
        }
        guard let layer else { return }
        touch(layer)
        try connection.run("DELETE FROM announcements WHERE number=?", [.integer(number)])
        try hide(number, connection)
    }

    private mutating func touch(_ layer: Layer) {
        if touched.insert(layer).inserted { order.append(layer) }
    }

    /// Takes the record that stood for a layer out of the index, if it is this one.
    private mutating func hide(
        _ number: Int64, _ connection: SQLiteConnection
    ) throws(StoreError) {
        let gone = try connection.run("DELETE FROM layers WHERE number=?", [.integer(number)])
        guard gone > 0, let entry = try entry(number, connection) else { return }
        removed.append(entry)
    }

    /// Brings the index up to date: for each layer the publisher's own record stands there, or else
    /// the newest of a mirror. In the order of numbers, in which FTS5 gathers what it writes.
    mutating func index(_ connection: SQLiteConnection) throws(StoreError) {
        var added: [Entry] = []
        for layer in order {
            let place = [SQLValue(layer.layer), SQLValue(layer.publisher)]
            let best = try connection.first(
                """
                SELECT number FROM announcements WHERE layer=? AND publisher=?
                ORDER BY is_mirror, number DESC LIMIT 1
                """, place
            ) { $0.integer(0) }
            let shown = try connection.first(
                "SELECT number FROM layers WHERE layer=? AND publisher=?", place
            ) { $0.integer(0) }
            guard best != shown else { continue }
            if let shown { try hide(shown, connection) }
            guard let best, let entry = try entry(best, connection) else { continue }
            try connection.run("INSERT INTO layers VALUES(?, ?, ?)", [.integer(best)] + place)
            added.append(entry)
        }
        try Self.write(removed.sorted { $0.number < $1.number }, isNew: false, connection)
        try Self.write(added.sorted { $0.number < $1.number }, isNew: true, connection)
        try Self.count(removed: removed, added: added, connection)
    }

    private func entry(
        _ number: Int64, _ connection: SQLiteConnection
    ) throws(StoreError) -> Entry? {
        var record = fresh[number]
        if record == nil {
            record = try connection.first(
                "SELECT bytes FROM records WHERE number=?", [.integer(number)], Catalogue.read)
        }
        guard let record, let layer = DescribedLayer(record) else { return nil }
        var circle: [UInt8]?
        if case .restricted(let tag) = record.domain { circle = tag }
        return Entry(
            number: number, words: layer.words,
            facets: CatalogueTerms.facets(layer, circle: circle))
    }

    /// A table without content is told what to take out of its lists in the words that were put
    /// in.
    private static func write(
        _ entries: [Entry], isNew: Bool, _ connection: SQLiteConnection
    ) throws(StoreError) {
        for entry in entries {
            let words = entry.words.joined(separator: " ")
            for (table, text) in [("words", words), ("facets", entry.facets)] {
                try connection.run(
                    isNew
                        ? "INSERT INTO \(table)(rowid, text) VALUES(?, ?)"
                        : "INSERT INTO \(table)(\(table), rowid, text) VALUES('delete', ?, ?)",
                    [.integer(entry.number), .text(text)])
            }
        }
    }

    /// Counts the long words that came and went, each once, in the order in which they stand.
    private static func count(
        removed: [Entry], added: [Entry], _ connection: SQLiteConnection
    ) throws(StoreError) {
        var changes: [String: Int64] = [:]
        for (entries, change) in [(removed, Int64(-1)), (added, 1)] {
            for word in entries.flatMap(\.words) where CatalogueTerms.isLong(word) {
                changes[word, default: 0] += change
            }
        }
        for (word, change) in changes.sorted(by: { $0.key < $1.key }) where change != 0 {
            guard change < 0 else {
                try connection.run(
                    """
                    INSERT INTO vocabulary VALUES(?, ?)
                    ON CONFLICT(word) DO UPDATE SET count=count+excluded.count
                    """, [.text(word), .integer(change)])
                continue
            }
            try connection.run(
                "UPDATE vocabulary SET count=count+? WHERE word=?", [.integer(change), .text(word)])
            try connection.run(
                "DELETE FROM vocabulary WHERE word=? AND count<1", [.text(word)])
        }
    }
}
