import Testing

@testable import Learn

@Suite struct ChatFormatTests {
    private static let plain = "{% for message in messages %}{{ message.content }}{% endfor %}"

    @Test func `the file comes before the template of the tokenizer's configuration`() throws {
        let scratch = try ScratchFolder()
        let tokenizer = try TinyTokenizer.make(config: #"{"chat_template": "a"}"#)
        let bare = LayerFiles([:], title: "x")
        let both = try LayerFiles(
            folder: scratch.write([("chat_template.jinja", Array(Self.plain.utf8))], to: "x"))
        let messages = [(role: "user", content: "b")]
        let own = try #require(try ChatFormat(bare, tokenizer))
        #expect(try own.tokens(of: messages, tokenizer, now: nil) == [1])
        let given = try #require(try ChatFormat(both, tokenizer))
        #expect(try given.tokens(of: messages, tokenizer, now: nil) == [2])
        #expect(try ChatFormat(bare, TinyTokenizer.make()) == nil)
    }

    @Test func `special tokens stand where the template puts them, once`() throws {
        let added =
            #"{"id": 8, "content": "<s>", "special": true, "single_word": false, "#
            + #""lstrip": false, "rstrip": false, "normalized": false}"#
        let tokenizer = try TinyTokenizer.make(
            added: added, config: #"{"bos_token": "<s>", "add_bos_token": true}"#)
        let format = try ChatFormat(source: "{{ bos_token }}" + Self.plain, tokenizer)
        #expect(
            try format.tokens(of: [("user", "a"), ("assistant", "b")], tokenizer, now: nil)
                == [8, 4])
    }

    @Test func `a template that cannot be read is refused`() throws {
        let tokenizer = try TinyTokenizer.make()
        #expect(throws: LearnError.self) {
            _ = try ChatFormat(source: "{% if %}", tokenizer)
        }
    }
}
