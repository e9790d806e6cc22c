import Testing

@testable import Learn

@Suite struct TokenizerFaultTests {
    @Test func `faults say what and where`() {
        let faults: [TokenizerFault] = [
            .notUnderstood("model WordPiece"), .notJSON(file: "tokenizer.json", reason: "x"),
            .malformed(at: "model.vocab", expected: "ids"), .tooLarge(what: "text", limit: 3),
            .unknownToken("a", namedBy: "model.merges"), .pattern(at: 4, reason: "x"),
            .patternTooSlow(limit: 5),
        ]
        #expect(Set(faults.map(\.description)).count == faults.count)
        #expect(faults[0].description.contains("model WordPiece is not understood"))
        #expect(LearnError.tokenizer(faults[3]).description.contains("larger than the limit of 3"))
    }
}
