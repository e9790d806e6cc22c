import Testing
import Wire

@testable import Genome

@Suite("Conditions of a search")
struct LayerPredicateTests {
    private let layer = DescribedLayerTests.layer(
        { content in
            content.tags = ["bible", "poetry"]
            content.summary = "King James psalter"
            content.baseWeights = Blake3.hash([7])
            content.rank = 16
            content.language = "de-CH-1996"
        }, organization: DescribedLayerTests.key(5).publicKey)

    @Test("hold or do not")
    func conditions() {
        let key = DescribedLayerTests.key(1).publicKey
        let other = DescribedLayerTests.key(5).publicKey
        let pairs: [(LayerPredicate, LayerPredicate)] = [
            (.text("KING psal"), .text("king solomon")), (.name("psalms"), .name("psalm")),
            (.type("lora"), .type("memory")),
            (.base(Blake3.hash([7])), .base(Blake3.hash([8]))),
            (.rank(16...16), .rank(17...64)), (.size(0...1_000), .size(1_001...2_000)),
            (.licence("Apache-2.0"), .licence("MIT")),
            (.licenceClass(.permissive), .licenceClass(.shareAlike)),
            (.tag("bible"), .tag("bib")), (.language("DE"), .language("d")),
            (.language("de-ch"), .language("en")), (.publisher(key), .publisher(other)),
            (.organization(other), .organization(key)),
            (.any([.type("memory"), .type("lora")]), .any([.type("memory"), .type("x-a")])),
        ]
        for (met, missed) in pairs {
            #expect(met.matches(layer), "\(met)")
            #expect(!missed.matches(layer), "\(missed)")
            #expect(met.kind == missed.kind)
        }
    }

    @Test("on what a layer does not say are not met")
    func absent() {
        let bare = DescribedLayerTests.layer()
        let key = DescribedLayerTests.key(5).publicKey
        let asked: [LayerPredicate] = [
            .rank(0...UInt64.max), .base(Blake3.hash([7])), .language("de"), .tag(""),
            .organization(key),
        ]
        for predicate in asked { #expect(!predicate.matches(bare), "\(predicate)") }
    }
}
