import Testing

@testable import Learn

@Suite struct TokenEdgesTests {
    private func edges(_ text: String, _ tokenizer: Tokenizer) throws -> TokenEdges {
        TokenEdges(text, try tokenizer.encode(text, addSpecial: false), tokenizer)
    }

    @Test func `a place inside a token counts it from before and not by its end`() throws {
        var edges = try edges("cabcb", try TinyTokenizer.make())
        #expect(try (0...5).map { try edges.countEnding(by: $0) } == [0, 1, 1, 1, 2, 3])
        #expect(try (0...5).map { try edges.countBeginning(before: $0) } == [0, 1, 2, 2, 2, 3])
    }

    @Test func `places may be asked for in any order`() throws {
        var edges = try edges("abc abc", try TinyTokenizer.make())
        #expect(try edges.countEnding(by: 4) == 2)
        #expect(try edges.countEnding(by: 3) == 1)
        #expect(try edges.countBeginning(before: 1) == 1)
        #expect(try edges.countBeginning(before: 5) == 3)
    }

    @Test func `characters of several tokens belong to all of them`() throws {
        let tokenizer = try SampleTokenizer.load()
        let text = "a\u{1f469}\u{200d}\u{1f467}b"
        let ids = try tokenizer.encode(text, addSpecial: false)
        var edges = TokenEdges(text, ids, tokenizer)
        #expect(try edges.countEnding(by: 1) == 1)
        #expect(try edges.countBeginning(before: 4) == ids.count - 1)
        #expect(try edges.countEnding(by: 5) == ids.count)
    }

    @Test func `what is tokenised to find edges is counted, and ends`() throws {
        let tokenizer = try TinyTokenizer.make()
        let text = "cabcb"
        let ids = try tokenizer.encode(text, addSpecial: false)
        var edges = TokenEdges(text, ids, tokenizer, scalarsMax: 4)
        #expect(try edges.countEnding(by: 1) == 1)
        let fault = #expect(throws: RecordFault.self) {
            for _ in 0..<9 { _ = try edges.countEnding(by: 2) }
        }
        guard case .tooMuchWork(_, 4) = fault else {
            Issue.record("\(String(describing: fault))")
            return
        }
    }
}
