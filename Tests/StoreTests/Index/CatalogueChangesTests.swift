import Genome
import Host
import Testing
import Wire

@testable import Store

@Suite struct CatalogueChangesTests {
    private func found(_ catalogue: Catalogue, _ predicate: LayerPredicate) throws -> [Record] {
        try catalogue.search(try LayerQuery([predicate])).matches.map(\.record)
    }

    @Test func `a mirror stands for a layer until its publisher's record comes and once it goes`()
        throws
    {
        let catalogue = try Catalogue(try Scratch().home().layout)
        let publisher = Fixture.key(1).publicKey
        let mirror = try CatalogueTests.record(2, mirrorOf: publisher) { $0.tags = ["copy"] }
        try catalogue.put([mirror])
        #expect(try found(catalogue, .tag("copy")).count == 1)
        let own = try CatalogueTests.record(1, life: 1_000) { $0.tags = ["own"] }
        try catalogue.put([own])
        #expect(try found(catalogue, .tag("copy")).isEmpty)
        #expect(try found(catalogue, .tag("own")).map(\.id) == [own.id])
        try catalogue.expire(before: CatalogueTests.now + 1_001)
        #expect(try found(catalogue, .tag("own")).isEmpty)
        #expect(try found(catalogue, .tag("copy")).map(\.id) == [mirror.id])
    }

    @Test func `whoever claims another's layer does not push its record aside`() throws {
        let catalogue = try Catalogue(try Scratch().home().layout)
        let own = try CatalogueTests.record(1) { $0.name = "true" }
        let claim = try CatalogueTests.record(2, sequence: 9) { $0.name = "false" }
        try catalogue.put([own, claim])
        #expect(try found(catalogue, .name("true")).count == 1)
        #expect(try found(catalogue, .name("false")).count == 1)
    }

    @Test func `what replaces a record replaces its words`() throws {
        let catalogue = try Catalogue(try Scratch().home().layout)
        try catalogue.put([
            try CatalogueTests.record(1, sequence: 1) { $0.summary = "harpsichord" },
            try CatalogueTests.record(2, layer: [2]) { $0.summary = "harpsichords" },
        ])
        #expect(try found(catalogue, .text("harpsi")).count == 2)
        try catalogue.put([
            try CatalogueTests.record(1, sequence: 2) { $0.summary = "violin" }
        ])
        #expect(try found(catalogue, .text("harpsi")).count == 1)
        #expect(try found(catalogue, .text("violin")).count == 1)
        // Of the words that begin so only those that a layer still has are known.
        let words = try catalogue.connection.withLock { connection throws(StoreError) in
            try connection.query("SELECT word FROM vocabulary ORDER BY word") { $0.text(0) }
        }
        #expect(words == ["harpsichords", "psalms", "violin"])
    }
}
