import Testing

@testable import Learn

@Suite struct TokenStreamTests {
    @Test func `only whole characters are given`() throws {
        let tokenizer = try SampleTokenizer.load()
        let ids = try tokenizer.encode("é\u{1f469}!", addSpecial: false)
        var stream = tokenizer.makeStream()
        let parts = ids.map { stream.append($0) }
        #expect(parts.filter { !$0.isEmpty } == ["é", "\u{1f469}", "!"])
        #expect(stream.finish().isEmpty)
    }

    @Test func `what never becomes a character is given at the end`() throws {
        let tokenizer = try SampleTokenizer.load()
        let ids = try tokenizer.encode("\u{1f469}", addSpecial: false)
        var stream = tokenizer.makeStream()
        #expect(stream.append(ids[0]).isEmpty)
        #expect(stream.finish() == "\u{fffd}")
        #expect(stream.finish().isEmpty)
        #expect(stream.append(1).isEmpty)
    }

    @Test func `a decoder that looks at the first token streams alike`() throws {
        let space = #"{"type": "Metaspace", "prepend_scheme": "always"}"#
        let tokenizer = try TinyTokenizer.make(preTokenizer: space, decoder: space)
        let text = String(repeating: "ab c abc ", count: 60)
        let ids = try tokenizer.encode(text)
        var stream = tokenizer.makeStream()
        #expect(ids.map { stream.append($0) }.joined() + stream.finish() == text)
    }
}
