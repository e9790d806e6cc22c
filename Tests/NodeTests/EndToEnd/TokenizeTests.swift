import Foundation
import Genome
import Testing

@testable import Node

extension RealNodes {
    /// Text to ids and back by the program.
    @Suite("Tokens", .serialized)
    struct TokenizeTests {
        private let laboratory: Laboratory
        private let sample: LearningSample
        private let node: TestNode

        init() throws {
            laboratory = try Laboratory()
            sample = try LearningSample()
            node = laboratory.node("a")
        }

        @Test func `are those of the reference, and become the text again`() throws {
            let found = try node.ask(
                "tokenize", "--base", LearningSample.base, "--text", sample.prompt)
            #expect(try LearningSample.integers(found["tokens"]) == sample.tokens)
            let plain = try node.ask(
                "tokenize", "--base", LearningSample.base, "--no-special", "--text", sample.prompt)
            let ids = try LearningSample.integers(plain["tokens"])
            #expect(ids == Array(sample.tokens.dropFirst()))
            let list = ids.map { String($0) }.joined(separator: ",")
            let back = try node.ask(
                "detokenize", "--base", LearningSample.base, "--tokens", list)
            #expect(back["text"]?.string == sample.prompt)
            let words = try node.spawn([
                "tokenize", "--base", LearningSample.base, "--text", sample.prompt,
            ]).wait()
            #expect(words.out == sample.tokens.map { String($0) }.joined(separator: ",") + "\n")
        }

        @Test func `of a file come line by line, and go back`() throws {
            let texts = ["one", "two\nlines", "caf\u{e9} \u{1f469}\u{200d}\u{1f467}", ""]
            let lines = texts.map { text in
                Report.line(JSONObject([JSONObject.Member(name: "text", value: .string(text))]))
            }
            let file = try laboratory.write("texts", lines.joined(separator: "\n\n"))
            let outcome = try node.spawn([
                "tokenize", "--base", LearningSample.base, "--no-special", "--file", file,
            ]).wait()
            #expect(outcome.code == 0, "\(outcome.error)")
            let tokens = try laboratory.write("tokens", outcome.out)
            let back = try node.spawn([
                "detokenize", "--base", LearningSample.base, "--file", tokens,
            ]).wait()
            let found = try back.out.split(separator: "\n").map { line in
                try JSONParser.parse(Array(line.utf8), limits: JSONLimits(bytes: 1 << 20))["text"]?
                    .string
            }
            #expect(found == texts)
        }

        @Test func `that make no sense are refused`() throws {
            let base = LearningSample.base
            try node.refused("usage", exit: 2, "tokenize", "--text", "x")
            try node.refused("usage", exit: 2, "tokenize", "--base", base)
            try node.refused("usage", exit: 2, "detokenize", "--base", base, "--tokens", "one")
            #expect(
                try node.refused("refused", "detokenize", "--base", base, "--tokens", "99999")
                    .contains("99999"))
            // Lines before the wrong one have been answered by then.
            let file = try laboratory.write("bad", #"{"text":"a"}"# + "\n" + #"{"words":"b"}"#)
            let outcome = try node.spawn(["tokenize", "--base", base, "--file", file]).wait()
            #expect(outcome.code == 1 && outcome.error.contains("line 2"))
            try node.refused("notFound", "tokenize", "--base", base, "--file", "/nowhere/at-all")
        }
    }
}
