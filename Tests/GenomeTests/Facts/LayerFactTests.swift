import Genome
import Testing

@Suite("A fact of a layer")
struct LayerFactTests {
    @Test func `agrees, differs, or is computed where nothing need be said`() {
        #expect(LayerFact("rank", computed: 8, claimed: 8).verdict == .agrees)
        #expect(LayerFact("rank", computed: 8, claimed: 16).verdict == .differs)
        #expect(LayerFact("rank", computed: nil, claimed: 16).verdict == .differs)
        #expect(LayerFact("rank", computed: 8, claimed: nil).verdict == .differs)
        #expect(
            LayerFact("heads", computed: 8, claimed: nil, mayBeSilent: true).verdict == .computed)
        #expect(LayerFact("parameterCount", 9).verdict == .computed)
        // Both silent: nothing is wrong.
        #expect(LayerFact("rank", computed: nil, claimed: nil).verdict == .agrees)
    }

    @Test func `is told in words and as an object`() {
        let wrong = LayerFact("names", computed: ["a", "b"], claimed: true)
        #expect(wrong.words == "names is a, b, the manifest says true")
        let nothing = LayerFact("rank", computed: nil, claimed: 4)
        #expect(nothing.words == "rank is shown by no file, the manifest says 4")
        #expect(
            nothing.json == [
                "name": "rank", "computed": .null, "claimed": 4, "verdict": "differs",
            ])
    }
    @Test func `comes back from its object`() {
        for fact in [
            LayerFact("rank", computed: 8, claimed: 4),
            LayerFact("rank", computed: nil, claimed: 4), LayerFact("memory", 9),
        ] {
            #expect(LayerFact(fact.json) == fact)
        }
        for other: JSONValue in [.null, ["name": "a"], ["name": "a", "verdict": "perhaps"]] {
            #expect(LayerFact(other) == nil)
        }
    }
}
