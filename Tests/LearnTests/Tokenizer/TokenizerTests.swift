import Foundation
import Testing

@testable import Learn

@Suite struct TokenizerTests {
    @Test func `the sample's tokenizer gives what the reference gives`() throws {
        let tokenizer = try SampleTokenizer.load()
        let text = "The layer's 12 peers — naïve café \u{1f469}\u{200d}\u{1f467}\r\n\n  end"
        let ids = try tokenizer.encode(text)
        #expect(ids.first == tokenizer.beginningID)
        #expect(try tokenizer.decode(ids) == text)
        #expect(try tokenizer.encode(text, addSpecial: false) == Array(ids.dropFirst()))
        #expect(tokenizer.vocabularySize == 2_048)
        #expect(tokenizer.end == "<|end|>")
        #expect(tokenizer.text(of: 1) == "<|end|>")
        #expect(tokenizer.isSpecial(1))
        #expect(try tokenizer.decode([1, 0, 5_000], skipSpecial: false) == "<|end|><|begin|>")
        #expect(try tokenizer.encode("", addSpecial: false).isEmpty)
        #expect(try tokenizer.encode("\u{0}").count == 2)
    }

    @Test func `a configuration says what stands around a text`() throws {
        let config = #"{"bos_token": "<|begin|>", "eos_token": {"content": "<|end|>"}, "#
        let both = try SampleTokenizer.load(
            config: config + #""add_bos_token": true, "add_eos_token": true}"#)
        let ids = try both.encode("x")
        #expect(ids.first == 0 && ids.last == 1)
        let neither = try SampleTokenizer.load(config: config + #""add_bos_token": false}"#)
        #expect(try neither.encode("x").count == ids.count - 2)
    }
}

/// The tokenizer beside the sample model.
enum SampleTokenizer {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: root.appending(path: "bootstrap/sample/base/\(name)")))
    }

    static func load(config: String? = nil) throws -> Tokenizer {
        let config = try config.map { Array($0.utf8) } ?? bytes("tokenizer_config.json")
        return try Tokenizer(json: try bytes("tokenizer.json"), config: config)
    }
}
