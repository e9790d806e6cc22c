import Genome
import Host
import Testing
import Wire

@testable import Store

@Suite struct CatalogueTablesTests {
    private let layout: Layout
    private let scratch = Scratch()

    init() throws { layout = try scratch.home().layout }

    /// A catalogue as the version before this one kept it, with these records, the first of each
    /// layer being shown.
    private func writeFormer(_ records: [Record]) throws {
        let connection = try SQLiteConnection(layout.catalogue, isSoft: true)
        let former = Array(CatalogueTables.steps.prefix(5))
        #expect(try Index.migrate(connection, path: layout.catalogue, steps: former))
        var shown: Set<Digest> = []
        for record in records {
            let number = SQLValue(record.order)
            let place = record.slotKey
            try connection.run(
                "INSERT INTO records VALUES(?, ?, ?, ?, ?, ?, ?, ?, NULL, ?, 0)",
                [
                    number, SQLValue(place.publisher), SQLValue(Int(place.type.rawValue)),
                    .blob(place.slot.bytes), SQLValue(bits: record.sequence), SQLValue(record.id),
                    SQLValue(record.issued), SQLValue(record.expires), .blob(record.bytes),
                ])
            guard let layer = DescribedLayer(record) else { continue }
            let id = SQLValue(layer.content.layer)
            let publisher = SQLValue(layer.publisher)
            try connection.run(
                "INSERT INTO announcements VALUES(?, ?, ?, ?, ?)",
                [
                    number, id, publisher, SQLValue(record.type == .mirror),
                    SQLValue(record.publisher),
                ])
            guard shown.insert(layer.content.layer).inserted else { continue }
            try connection.run("INSERT INTO layers VALUES(?, ?, ?)", [number, id, publisher])
            let facets = CatalogueTerms.facets(layer, circle: nil).split(separator: " ")
                .filter { $0 != CatalogueTerms.all }.joined(separator: " ")
            let words = layer.words.joined(separator: " ")
            for (table, text) in [("words", words), ("facets", facets)] {
                try connection.run(
                    "INSERT INTO \(table)(rowid, text) VALUES(?, ?)", [number, .text(text)])
            }
        }
        try connection.run(
            "INSERT INTO publishers VALUES(?, ?)", [.blob([]), SQLValue(records.count)])
    }

    @Test func `a catalogue of the version before keeps its records, and finds and loses them`()
        throws
    {
        let publisher = Fixture.key(1).publicKey
        let own = try CatalogueTests.record(1, layer: [1]) { $0.name = "first" }
        let mirror = try CatalogueTests.record(2, layer: [1], mirrorOf: publisher)
        let other = try CatalogueTests.record(3, layer: [2])
        try writeFormer([own, mirror, other])
        let catalogue = try Catalogue(layout)
        #expect(try catalogue.count() == 3)
        #expect(try catalogue.ids(after: nil, limit: 9) == [own, mirror, other].map(\.id).sorted())
        #expect(try catalogue.record(at: mirror.slotKey) == mirror)
        #expect(try catalogue.holders(of: Blake3.hash([1])) == [own.publisher, mirror.publisher])
        #expect(Set(try catalogue.layers(limit: 9).map(\.id)) == [own.id, other.id])
        let everything = try LayerQuery([])
        #expect(try catalogue.search(everything).matches.count == 2)
        #expect(try catalogue.search(try LayerQuery([.name("first")])).matches.count == 1)
        // What goes takes along what the former version filed of it.
        try catalogue.removeAll(of: publisher)
        #expect(try catalogue.search(everything).matches.map(\.record.id).contains(mirror.id))
        #expect(try catalogue.search(try LayerQuery([.name("first")])).matches.isEmpty)
        try catalogue.removeAll(of: mirror.publisher)
        try catalogue.removeAll(of: other.publisher)
        #expect(try catalogue.search(everything).matches.isEmpty)
        #expect(try catalogue.layers(limit: 9).isEmpty)
    }

    /// How SQLite would answer.
    private func plan(_ sql: String, _ catalogue: Catalogue) throws -> String {
        try catalogue.connection.withLock { connection in
            let values = [SQLValue](repeating: .null, count: sql.count { $0 == "?" })
            return try connection.query("EXPLAIN QUERY PLAN \(sql)", values) { $0.text(3) }
                .joined(separator: "; ")
        }
    }

    @Test(arguments: [
        ("SELECT id FROM records WHERE \(CatalogueTables.isPlace)", "records_by_place"),
        (
            """
            SELECT number FROM records WHERE \(CatalogueTables.isPublisher) AND type<>?
            ORDER BY type DESC, slot DESC LIMIT 1
            """, "records_by_place"
        ),
        (
            """
            SELECT type, number FROM records WHERE \(CatalogueTables.isLayerOf)
            ORDER BY type, number DESC LIMIT 1
            """, "records_by_layer"
        ),
        (
            """
            SELECT number, origin FROM records
            WHERE \(CatalogueTables.isLayer) AND substr(origin, 1, 8)>?
            ORDER BY substr(origin, 1, 8), type, number DESC LIMIT 1
            """, "records_by_layer"
        ),
        ("SELECT number FROM records WHERE \(CatalogueTables.isHolder)", "records_by_holder"),
        ("SELECT id FROM records WHERE is_hidden=0", "COVERING INDEX records_by_id"),
        (
            "SELECT id FROM records WHERE id>? AND is_hidden=0 ORDER BY id LIMIT ?",
            "COVERING INDEX records_by_id"
        ),
        ("SELECT 1 FROM records WHERE expires/3600000<=? AND expires<?", "records_by_expiry"),
        (
            "SELECT bytes FROM records WHERE type=? AND layer IS NULL ORDER BY issued DESC",
            "records_by_type"
        ),
        ("SELECT bytes FROM records WHERE number=?", "records_by_number"),
    ])
    func `no question reads all records, and none is sorted`(_ sql: String, _ index: String)
        throws
    {
        let plan = try plan(sql, try Catalogue(layout))
        #expect(plan.contains(index))
        #expect(!plan.contains("TEMP B-TREE"))
    }
}
