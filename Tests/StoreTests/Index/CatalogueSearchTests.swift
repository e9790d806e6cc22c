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
                $0.name = "memoires"
                $0.summary = "Mémoire de la mer"
                $0.type = "memory"
                $0.licence = "MIT"
            },
            try CatalogueTests.record(2, layer: [3], mirrorOf: publisher) { $0.name = "orphan" },
        ])
        return catalogue
    }

    private func names(_ change: (inout CatalogueQuestion) -> Void) throws -> Set<String> {
        var question = CatalogueQuestion()
        change(&question)
        let found = try filled().search(question)
        return Set(
            found.map {
                switch $0.content {
                case .layer(let layer): layer.name
                case .mirror(let layer, _): "mirrored " + layer.name
                default: "other"
                }
            })
    }

    @Test func `words match names, tags, summaries and labels from their beginning`() throws {
        #expect(try names { $0.text = "KING psal" } == ["psalms"])
        #expect(try names { $0.text = "poetry" } == ["psalms"])
        #expect(try names { $0.text = "lab" } == ["psalms"])
        #expect(try names { $0.text = "mer memoire" } == ["memoires"])
        #expect(try names { $0.text = "king memoire" } == [])
    }

    @Test func `what a person types is never an operator`() throws {
        #expect(
            Catalogue.match("a\" OR b* NEAR(c) -d")
                == "\"a\" * \"OR\" * \"b\" * \"NEAR\" * \"c\" * \"d\" *")
        #expect(try names { $0.text = "\"'();--" } == ["psalms", "memoires", "mirrored orphan"])
    }

    @Test func `columns narrow the answer`() throws {
        #expect(try names { $0.type = "memory" } == ["memoires"])
        #expect(try names { $0.licence = "MIT" } == ["memoires"])
        #expect(try names { $0.tag = "bible" } == ["psalms"])
        #expect(try names { $0.baseWeights = Blake3.hash([7]) } == ["psalms"])
        #expect(try names { $0.name = "orphan" } == ["mirrored orphan"])
        #expect(try names { $0.limit = 1 }.count == 1)
    }

    @Test func `a layer is one answer, its publisher's own record first, with all holders`() throws
    {
        let catalogue = try filled()
        var question = CatalogueQuestion()
        question.text = "psalms"
        let found = try catalogue.search(question)
        #expect(found.count == 1 && found.first?.type == .layer)
        let holders = try catalogue.holders(of: Blake3.hash([1]))
        #expect(holders.first == Fixture.key(1).publicKey)
        #expect(Set(holders) == Set([1, 2, 3].map { Fixture.key($0).publicKey }))
        #expect(try catalogue.announcements(of: Blake3.hash([1])).count == 3)
        #expect(try catalogue.records(type: .mirror, limit: 10).count == 3)
    }
}
