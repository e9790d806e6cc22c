import Testing
import Wire

@testable import Genome

@Suite("Searches")
struct LayerQueryTests {
    private func read(_ text: String) throws -> LayerQuery {
        try LayerQuery.decode(Array(text.utf8))
    }

    @Test("come back unchanged from JSON")
    func roundTrip() throws {
        let key = DescribedLayerTests.key(1).publicKey
        let query = try LayerQuery(
            [
                .text("king psal"), .name("psalms"), .type("lora"), .base(Blake3.hash([7])),
                .rank(4...64), .size(0...1_000_000), .licence("MIT OR Apache-2.0"),
                .licenceClass(.permissive), .tag("bible"), .language("de"), .publisher(key),
                .organization(key), .any([.type("lora"), .type("memory")]),
            ], limit: 7, after: 1 << 60)
        #expect(try LayerQuery(json: .object(query.json)) == query)
        #expect(try read(#"{"all":[{"rank":{"min":4}}]}"#).all == [.rank(4...UInt64.max)])
        #expect(try read("{}") == .everything)
    }

    @Test(
        "beyond the limits are refused, with the place",
        arguments: [
            (#"{"al":[]}"#, "al is not a known member"),
            (#"{"all":[{"colour":"red"}]}"#, "all[0].colour is not a known member"),
            (#"{"all":[{"type":"a","tag":"b"}]}"#, "all[0] must be an object of one member"),
            (#"{"all":[{"metrics":{"loss":1}}]}"#, "all[0].metrics must be left out"),
            (#"{"all":[{"type":7}]}"#, "all[0].type must be text"),
            (#"{"all":[{"text":"--"}]}"#, "all[0].text must be text with a letter or a digit"),
            (#"{"all":[{"rank":{"min":9,"max":4}}]}"#, "all[0].rank must be min, max or both"),
            (#"{"all":[{"rank":{}}]}"#, "all[0].rank must be"),
            (#"{"all":[{"size":{"min":-1}}]}"#, "all[0].size.min must be a whole number from 0"),
            (#"{"all":[{"size":{"most":1}}]}"#, "all[0].size.most is not a known member"),
            (#"{"all":[{"base":"abc"}]}"#, "all[0].base must be a weights id"),
            (#"{"all":[{"publisher":"abc"}]}"#, "all[0].publisher must be a key"),
            (#"{"all":[{"licenceClass":"free"}]}"#, "must be one of permissive, shareAlike"),
            (#"{"all":[{"licence":"("}]}"#, "not a licence expression"),
            (#"{"all":[{"any":[]}]}"#, "all[0].any must be one or more conditions"),
            (#"{"all":[{"any":[{"type":"a"},{"tag":"b"}]}]}"#, "conditions of the same kind"),
            (#"{"all":[{"any":[{"any":[{"tag":"b"}]}]}]}"#, "all[0].any[0].any is not a known"),
            (#"{"limit":0}"#, "limit must be 1 to 100"),
            (#"{"limit":101}"#, "limit must be 1 to 100"),
            (#"{"limit":"7"}"#, "limit must be a whole number"),
            (#"{"after":"x"}"#, "after must be what an answer named"),
            (#"{"after":"007"}"#, "after must be what an answer named"),
            (#"{"all":[{"text":"a b c d e f g h i j k l m n o p q"}]}"#, "each word being one"),
            ("[]", "must be an object"),
        ])
    func refused(_ text: String, _ words: String) {
        let error = #expect(throws: GenomeError.self) { try read(text) }
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }

    @Test("bound the length of texts and the number of conditions")
    func limits() throws {
        let long = String(repeating: "a", count: QueryLimits.textBytesMax + 1)
        #expect(throws: GenomeError.self) { try LayerQuery([.tag(long)]) }
        #expect(throws: GenomeError.self) { try LayerQuery([.tag("a\u{1b}b")]) }
        let many = (0..<16).map { LayerPredicate.tag("t\($0)") }
        #expect(try LayerQuery(many).all.count == 16)
        #expect(throws: GenomeError.self) { try LayerQuery(many + [.type("lora")]) }
        #expect(throws: GenomeError.self) { try LayerQuery([.any(many), .type("lora")]) }
    }

    @Test("are answered where all conditions hold")
    func matching() throws {
        let layer = DescribedLayerTests.layer { $0.tags = ["a"] }
        #expect(try LayerQuery([.tag("a"), .type("lora")]).matches(layer))
        #expect(try !LayerQuery([.tag("a"), .type("memory")]).matches(layer))
        #expect(LayerQuery.everything.matches(layer))
    }
}
