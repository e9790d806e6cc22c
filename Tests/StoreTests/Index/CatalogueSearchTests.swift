import Genome
import Testing
import Wire

@testable import Store

@Suite struct CatalogueSearchTests {
    private func filled() throws -> Catalogue {
        let catalogue = try Catalogue(try Scratch().home().layout)
        let publisher = Fixture.key(1).publicKey
        try catalogue.put([
            try CatalogueTests.record(1, layer: [1]) {
                $0.summary = "King James psalter, sung"
                $0.tags = ["bible", "poetry"]
                $0.baseWeights = Blake3.hash([7])
                $0.label = "lab"
            },
            try CatalogueTests.record(2, layer: [1], mirrorOf: publisher),
            try CatalogueTests.record(3, layer: [1], mirrorOf: publisher),
            try CatalogueTests.record(1, layer: [2]) {
                $0.name = "diary"
                $0.summary = "une mémoire"
                $0.type = "memory"
                $0.licence = "MIT"
            },
            try CatalogueTests.record(2, layer: [3], mirrorOf: publisher) { $0.name = "orphan" },
        ])
        return catalogue
    }

    private func names(_ predicates: LayerPredicate...) throws -> Set<String> {
        let found = try filled().search(try LayerQuery(predicates))
        #expect(!found.isTruncated && found.next == nil)
        return Set(
            found.matches.map { match in
                switch match.record.content {
                case .layer(let layer): layer.name
                case .mirror(let layer, _): "mirrored " + layer.name
                default: "other"
                }
            })
    }

    @Test func `words match names, tags, summaries and labels from their beginning`() throws {
        #expect(try names(.text("KING psal")) == ["psalms"])
        #expect(try names(.text("poetry")) == ["psalms"])
        #expect(try names(.text("lab")) == ["psalms"])
        #expect(try names(.text("memoire")) == ["diary"])
        #expect(try names(.text("memoir")) == ["diary"])
        #expect(try names(.text("king memoire")) == [])
        #expect(try names(.text("un")) == [])
    }

    @Test func `what a person types is never an operator`() throws {
        #expect(try names(.text("psalms\" OR diary")) == [])
        #expect(try names(.text("psal* -king")) == ["psalms"])
        #expect(try names(.text("NEAR(psalms)")) == [])
    }

    @Test func `columns narrow the answer`() throws {
        #expect(try names(.type("memory")) == ["diary"])
        #expect(try names(.licence("MIT")) == ["diary"])
        #expect(try names(.tag("bible")) == ["psalms"])
        #expect(try names(.base(Blake3.hash([7]))) == ["psalms"])
        #expect(try names(.name("orphan")) == ["mirrored orphan"])
        #expect(try names() == ["psalms", "diary", "mirrored orphan"])
    }

    @Test func `a layer is one answer, its publisher's own record first, with all holders`() throws
    {
        let catalogue = try filled()
        let found = try catalogue.search(try LayerQuery([.text("psalms")])).matches
        #expect(found.count == 1 && found.first?.record.type == .layer)
        let holders = try catalogue.holders(of: Blake3.hash([1]))
        #expect(holders.first == Fixture.key(1).publicKey)
        #expect(Set(holders) == Set([1, 2, 3].map { Fixture.key($0).publicKey }))
        #expect(try catalogue.holderCount(of: Blake3.hash([1])) == 3)
        #expect(try catalogue.holderCount(of: Blake3.hash([1]), most: 2) == 2)
        #expect(try catalogue.announcements(of: Blake3.hash([1])).count == 3)
        #expect(try catalogue.records(type: .mirror, limit: 10).count == 3)
    }

    @Test func `all layers are listed, or those of one name`() throws {
        let catalogue = try filled()
        #expect(try catalogue.layers(limit: 10).count == 3)
        #expect(try catalogue.layers(limit: 2).count == 2)
        #expect(try catalogue.layers(named: "diary", limit: 10).count == 1)
        #expect(try catalogue.layers(named: "dia", limit: 10).isEmpty)
    }

    @Test func `what a node announces is told apart, and what is here`() throws {
        let catalogue = try filled()
        func names(_ keys: [UInt8], _ layers: [[UInt8]] = []) throws -> [String] {
            let nodes = keys.map { Fixture.key($0).publicKey }
            let numbers = try catalogue.numbers(
                announcedBy: nodes, or: layers.map { Blake3.hash($0) })
            #expect(!numbers.isCut && numbers.numbers == numbers.numbers.sorted(by: >))
            let found = try catalogue.search(.everything, among: numbers.numbers)
            return found.matches.compactMap { DescribedLayer($0.record)?.content.name }.sorted()
        }
        #expect(try names([3]) == ["psalms"])
        #expect(try names([2]) == ["orphan", "psalms"])
        #expect(try names([1]) == ["diary", "psalms"])
        #expect(try names([9]) == [])
        #expect(try names([9], [[2]]) == ["diary"])
    }
}
