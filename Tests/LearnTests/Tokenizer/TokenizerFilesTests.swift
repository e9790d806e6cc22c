import Testing

@testable import Learn

@Suite struct TokenizerFilesTests {
    private func open(_ files: [(name: String, text: String)]) throws -> Tokenizer? {
        let scratch = try ScratchFolder()
        let folder = try scratch.write(files.map { ($0.name, Array($0.text.utf8)) }, to: "base")
        return try Tokenizer(try LayerFiles(folder: folder))
    }

    private let json = #"""
        {"version": "1.0", "added_tokens": [], "normalizer": null, "pre_tokenizer": null,
        "decoder": null, "post_processor": null, "model": {"type": "BPE", "merges": ["a b"],
        "vocab": {"a": 0, "b": 1, "ab": 2}}}
        """#

    @Test func `one file is enough`() throws {
        let tokenizer = try #require(try open([("tokenizer.json", json)]))
        #expect(try tokenizer.encode("ab") == [2])
    }

    @Test func `two older files do as well, and one of them is none`() throws {
        let vocabulary = (name: "vocab.json", text: #"{"a": 0, "b": 1, "ab": 2}"#)
        let merges = (name: "merges.txt", text: "#version: 0.2\na b\n")
        let tokenizer = try #require(try open([vocabulary, merges]))
        #expect(try tokenizer.encode("ab") == [2])
        #expect(try open([vocabulary]) == nil)
        #expect(try open([merges]) == nil)
        #expect(try open([]) == nil)
    }

    @Test func `a broken file is not passed over`() {
        #expect(throws: LearnError.self) { _ = try open([("tokenizer.json", "{")]) }
    }
}
