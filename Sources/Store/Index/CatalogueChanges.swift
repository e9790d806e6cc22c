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

        init(_ described: DescribedLayer) {
            (layer, publisher) = (described.content.layer, described.publisher)
        }
    }

    /// A record about a layer by what decides whether a search shows it: the publisher's own before
    /// those of mirrors, then the newest.
    private struct Rank {
        let type: Int64
        let number: Int64

        func precedes(_ other: Rank) -> Bool {
            (type, -number) < (other.type, -other.number)
        }
    }

    /// What a search shows of a layer.
    private struct Shown {
        /// Under which number it stood when the transaction began; nil for none.
        let before: Int64?
        /// What stood there, once that record is gone.
        var gone: Entry?
        /// The first of its records now, unless that is to be looked up.
        var first: Rank?
        var isKnown = true
    }

    /// What stands in the index under one number.
    private struct Entry {
        let number: Int64
        let words: [String]
        let facets: String

        init(_ layer: DescribedLayer, _ domain: Domain, number: Int64) {
            self.number = number
            words = layer.words
            var circle: [UInt8]?
            if case .restricted(let tag) = domain { circle = tag }
            facets = CatalogueTerms.facets(layer, circle: circle)
        }
    }

    /// What the sketches follow.
    var sketches: [SketchChange] = []
    /// How many records each publisher has.
    var counts = PublisherCounts()
    /// What was added about layers, by number: it need not be read again.
    private var fresh: [Int64: (layer: DescribedLayer, domain: Domain)] = [:]
    private var shown: [Layer: Shown] = [:]

    /// A record about a layer is about to come or go: notes what a search shows of it until then.
    mutating func touch(_ layer: Layer, _ connection: SQLiteConnection) throws(StoreError) {
        guard shown[layer] == nil else { return }
        let first = try Self.first(of: layer, connection)
        shown[layer] = Shown(before: first?.number, first: first)
    }

    /// A record about a layer that was touched was added.
    mutating func announce(_ described: DescribedLayer, _ record: Record, number: Int64) {
        fresh[number] = (described, record.domain)
        let rank = Rank(type: Int64(record.type.rawValue), number: number)
        let layer = Layer(described)
        if shown[layer]?.first.map({ rank.precedes($0) }) ?? true { shown[layer]?.first = rank }
    }

    /// A record is about to be removed.
    mutating func forget(
        _ record: Record, number: Int64, _ connection: SQLiteConnection
    ) throws(StoreError) {
        guard let described = DescribedLayer(record) else { return }
        let layer = Layer(described)
        try touch(layer, connection)
        fresh[number] = nil
        if shown[layer]?.first?.number == number { shown[layer]?.isKnown = false }
        if shown[layer]?.before == number {
            shown[layer]?.gone = Entry(described, record.domain, number: number)
        }
    }

    /// The record that a search shows of a layer.
    private static func first(
        of layer: Layer, _ connection: SQLiteConnection
    ) throws(StoreError) -> Rank? {
        try connection.first(
            """
            SELECT type, number FROM records WHERE \(CatalogueTables.isLayerOf)
            ORDER BY type, number DESC LIMIT 1
            """,
            CatalogueTables.keyed(layer.layer) + CatalogueTables.keyed(layer.publisher.digest)
        ) { Rank(type: $0.integer(0), number: $0.integer(1)) }
    }

    /// Brings the index up to date: for each layer the publisher's own record stands there, or else
    /// the newest of a mirror. In the order of numbers, in which FTS5 gathers what it writes.
    mutating func index(_ connection: SQLiteConnection) throws(StoreError) {
        var (added, removed): ([Entry], [Entry]) = ([], [])
        for (layer, shown) in shown {
            let best = shown.isKnown ? shown.first : try Self.first(of: layer, connection)
            guard best?.number != shown.before || shown.gone != nil else { continue }
            if let gone = shown.gone {
                removed.append(gone)
            } else if let before = shown.before {
                if let entry = try entry(before, connection) { removed.append(entry) }
            }
            guard let best, let entry = try entry(best.number, connection) else { continue }
            added.append(entry)
        }
        try Self.write(removed.sorted { $0.number < $1.number }, isNew: false, connection)
        try Self.write(added.sorted { $0.number < $1.number }, isNew: true, connection)
        try Self.count(removed: removed, added: added, connection)
    }

    private func entry(
        _ number: Int64, _ connection: SQLiteConnection
    ) throws(StoreError) -> Entry? {
        if let (layer, domain) = fresh[number] { return Entry(layer, domain, number: number) }
        let record = try connection.first(
            "SELECT bytes FROM records WHERE number=?", [.integer(number)], Catalogue.read)
        guard let record, let layer = DescribedLayer(record) else { return nil }
        return Entry(layer, record.domain, number: number)
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
