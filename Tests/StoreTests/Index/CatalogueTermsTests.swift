import Genome
import Testing
import Wire

@testable import Store

@Suite struct CatalogueTermsTests {
    private func facets(_ change: (inout LayerContent) -> Void = { _ in }) throws -> Set<String> {
        let record = try CatalogueTests.record(1, change)
        let layer = try #require(DescribedLayer(record))
        let text = CatalogueTerms.facets(layer, circle: nil)
        return Set(text.split(separator: " ").map { String($0) })
    }

    private func terms(_ predicate: LayerPredicate) throws -> Set<String> {
        let lookup = try #require(CatalogueTerms.lookup(predicate, circles: [:]))
        #expect(lookup.table == "facets")
        return Set(lookup.expression.split(separator: " ").map { String($0) }).subtracting(["OR"])
    }

    @Test func `what a condition looks up is what a layer that meets it is filed under`() throws {
        let filed = try facets { content in
            content.rank = 16
            content.tags = ["bible", "x y"]
            content.baseWeights = Blake3.hash([7])
            content.language = "de-CH"
        }
        let met: [LayerPredicate] = [
            .name("psalms"), .type("lora"), .licence("Apache-2.0"), .licenceClass(.permissive),
            .publisher(Fixture.key(1).publicKey), .rank(10...20), .rank(16...16), .size(10...10),
            .tag("x y"), .base(Blake3.hash([7])), .language("DE"), .language("de-ch"),
            .any([.type("memory"), .type("lora")]),
        ]
        for predicate in met {
            #expect(try !terms(predicate).isDisjoint(with: filed), "\(predicate)")
        }
        let missed: [LayerPredicate] = [
            .name("psalm"), .type("memory"), .rank(32...40), .size(100...200), .tag("x"),
            .language("d"), .publisher(Fixture.key(2).publicKey),
        ]
        for predicate in missed {
            #expect(try terms(predicate).isDisjoint(with: filed), "\(predicate)")
        }
    }

    @Test func `a range of everything narrows nothing, an organisation unknown here all`() throws {
        #expect(CatalogueTerms.lookup(.size(0...UInt64.max), circles: [:]) == nil)
        #expect(CatalogueTerms.lookup(.rank(0...1_000), circles: [:]) != nil)
        let key = Fixture.key(3).publicKey
        #expect(try terms(.organization(key)) == ["none"])
        let circles = [key: [[UInt8](repeating: 1, count: 16), [UInt8](repeating: 2, count: 16)]]
        let found = CatalogueTerms.lookup(.organization(key), circles: circles)
        #expect(found?.expression.contains(" OR ") == true)
    }

    @Test func `words of three to five characters are looked up as beginnings, longer by name`() {
        func expression(_ word: String, _ known: [String] = []) -> String {
            CatalogueTerms.lookup(word: word, expansions: known).expression
        }
        #expect(expression("ab") == "\"ab\"")
        #expect(expression("abc") == "\"abc\" *")
        #expect(expression("жжжжж") == "\"жжжжж\" *")
        #expect(expression("abcdef") == "\"abcdef\"")
        #expect(expression("abcdef", ["abcdefg", "abcdefh"]) == "\"abcdefg\" OR \"abcdefh\"")
        #expect(CatalogueTerms.isLong("abcdef") && !CatalogueTerms.isLong("abcde"))
    }
}
