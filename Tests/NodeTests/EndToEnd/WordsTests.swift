import Foundation
import Genome
import Testing

@testable import Node

extension RealNodes {
    /// Layers that speak: the same bytes everywhere, and what they ask of an answer.
    @Suite("Layers that speak", .serialized)
    struct WordsTests {
        private let laboratory: Laboratory
        private let node: TestNode
        private static let document = """
            {"type": "specialization",
            "specialization": {"domain": "tides", "methodology": ["look first"],
            "tools": [{"name": "table", "purpose": "tide tables", "parameters":
            {"type": "object", "properties": {"port": {"type": "string"}}}}]},
            "expertise": {"experienceLevel": "expert", "certifiedCapabilities": ["reads tables"]},
            "decoding": {"temperature": "0.5", "maxTokens": 3}}
            """
        private static let text =
            "Field: tides.\nApproaches: look first.\nTools:\n- table: tide tables"

        init() throws {
            laboratory = try Laboratory()
            node = laboratory.node("a")
        }

        private func folder(_ name: String, _ document: String) throws -> String {
            try laboratory.write("\(name)/plasmid.json", document)
            return "\(laboratory.path)/\(name)"
        }

        private func shared(_ node: TestNode, _ folder: String) throws -> String {
            let answer = try node.ask(
                "share", folder, "--licence", "CC0-1.0", "--visibility", "public")
            return try #require(answer["layer"]?.string)
        }

        @Test func `say the same bytes on two nodes and from a folder, before the prompt`() throws {
            let folder = try folder("tides", Self.document)
            let other = laboratory.node("b")
            let words = ["infer", "--base", LearningSample.base, "--prompt", "Now.", "--seed", "7"]
            let sources = [
                (node, try shared(node, folder)), (other, try shared(other, folder)),
                (node, folder),
            ]
            var answers: [JSONValue] = []
            for (home, layer) in sources {
                let outcome = try home.spawn(words + ["--layer", layer, "--json"]).wait()
                #expect(outcome.code == 0, "\(outcome.out)")
                answers.append(outcome.json)
            }
            #expect(answers.allSatisfy { $0["preamble"]?.string == Self.text })
            // What it writes is what the model writes behind the whole text, drawn as it asks.
            let plain = try node.ask(
                "infer", "--base", LearningSample.base, "--prompt", Self.text + "\n\nNow.",
                "--seed", "7", "--max-tokens", "3", "--temperature", "0.5")
            #expect(answers.allSatisfy { $0["tokens"] == plain["tokens"] })
            #expect(plain["tokens"]?.array?.count == 3)
            // The user's word goes before the layer's.
            let own = try node.ask(
                "infer", "--base", LearningSample.base, "--layer", folder, "--prompt", "Now.",
                "--max-tokens", "6", "--temperature", "0", "--ignore-eos")
            #expect(own["tokens"]?.array?.count == 6)
            let voices = try #require(own["voices"]?.array)
            #expect(voices.count == 1 && voices[0]["type"] == "specialization")
        }

        @Test func `stand first in a chat, and their tools are told and never run`() throws {
            let folder = try folder("tides", Self.document)
            let template = try laboratory.write(
                "chat.jinja",
                "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}"
                    + "{{ tools | tojson }}")
            let turns = try laboratory.write("turns", "Hello\n")
            let shell = ["/bin/sh", "-c", #"file=$1; shift; exec "$@" < "$file""#, "sh", turns]
            let outcome = try node.spawn(
                [
                    "chat", "--json", "--base", LearningSample.base, "--layer", folder,
                    "--template", template, "--system", "Be brief.",
                ], through: shell
            ).wait(seconds: 120)
            #expect(outcome.code == 0, "\(outcome.error)")
            let system = outcome.json["messages"]?.array?.first
            #expect(system?["role"] == "system")
            #expect(system?["content"]?.string == "Be brief.\n\n" + Self.text)
            let tools =
                #"[{"type": "function", "function": {"name": "table", "description": "#
                + #""tide tables", "parameters": {"properties": {"port": {"type": "string"}}, "#
                + #""type": "object"}}}]"#
            let whole = "system: Be brief.\n\n\(Self.text)\nuser: Hello\n\(tools)"
            let tokens = try node.ask(
                "tokenize", "--base", LearningSample.base, "--text", whole, "--no-special")
            let answer = outcome.json["answers"]?.array?.first
            #expect(
                answer?["usage"]?["promptTokens"]?.integer
                    == (tokens["tokens"]?.array?.count).map { Int64($0) })
            #expect(answer?["tokens"]?.array?.count ?? 9 <= 3)
        }

        @Test func `are refused where they would have no effect or no meaning`() throws {
            let folder = try folder("tides", Self.document)
            let base = ["--base", LearningSample.base]
            func refused(_ code: String, _ words: [String]) throws -> String {
                let outcome = try node.spawn(words + ["--json"]).wait()
                #expect(outcome.failure == code, "\(words): \(outcome.out)")
                return outcome.words
            }
            let silent = try self.folder("silent", #"{"type":"specialization"}"#)
            #expect(
                try refused("refused", ["infer", "--layer", silent, "--prompt", "x"] + base)
                    .contains("says nothing"))
            #expect(
                try refused(
                    "refused", ["infer", "--layer", folder, "--prompt-tokens", "1,2"] + base
                )
                .contains("exactly as they are given"))
            #expect(
                try refused(
                    "usage", ["infer", "--layer", "\(try shared(node, folder)):0.5"] + base
                )
                .contains("has no weight"))
            let data = try laboratory.write("data.jsonl", #"{"text":"x"}"# + "\n")
            #expect(
                try refused("refused", ["eval", "--layer", folder, "--data", data] + base)
                    .contains("looks at weights alone"))
            // Without a base nothing says what a plain folder was made for; a model is no layer.
            #expect(
                try refused("usage", ["infer", "--layer", LearningSample.base, "--prompt", "x"])
                    .contains("no base is named"))
            let model = try #require(
                node.share(LearningSample.base, ["--type", "foundation", "--licence", "CC0-1.0"])[
                    "layer"]?.string)
            #expect(
                try refused("refused", ["infer", "--layer", model, "--prompt", "x"] + base)
                    .contains("name it with --base"))
        }

        @Test func `of a kind that nobody knows are kept, shown, given on and never run`() throws {
            let odd = try laboratory.write("odd.txt", "An odd thing.\n")
            let answer = try node.ask(
                "share", odd, "--type", "x-odd", "--licence", "CC0-1.0", "--visibility", "public")
            let layer = try #require(answer["layer"]?.string)
            try node.start()
            let b = try laboratory.running("b", joining: [node])
            try Laboratory.eventually("b hears of it") { try b.run("show", layer).code == 0 }
            try b.ask("fetch", layer)
            #expect(try b.ask("show", layer)["manifest"]?["type"] == "x-odd")
            #expect(
                try b.refused(
                    "unsupported", "infer", "--base", LearningSample.base, "--layer", layer,
                    "--prompt", "x"
                ).contains("never run"))
            #expect(try b.ask("verify", layer)["ok"] == true)
            b.stop()
            node.stop()
        }

        @Test func `claim what they can do until somebody else has signed it`() throws {
            let layer = try shared(node, try folder("tides", Self.document))
            func claims(_ node: TestNode) throws -> [JSONValue] {
                try #require(node.ask("show", layer)["claims"]?.array)
            }
            // The publisher's own word changes nothing.
            try node.ask("verify", layer, "--certify", "reads tables")
            #expect(try claims(node).allSatisfy { $0["by"]?.array?.isEmpty == true })
            let shown = try node.spawn(["show", layer]).wait().out
            #expect(shown.contains("capability  reads tables (claimed)"))
            #expect(shown.contains("experience  expert (claimed)"))
            try node.start()
            let b = try laboratory.running("b", joining: [node])
            try Laboratory.eventually("b hears of it") { try b.run("show", layer).code == 0 }
            try b.ask("fetch", layer)
            try b.ask("verify", layer, "--certify", "writes poems")
            #expect(try claims(b).allSatisfy { $0["by"]?.array?.isEmpty == true })
            try b.ask("verify", layer, "--certify", "reads tables")
            let certified = try claims(b).first { $0["text"] == "reads tables" }
            #expect(certified?["by"] == [.string(b.key)])
            let said = try b.spawn(["show", layer]).wait().out
            #expect(said.contains("reads tables (certified by \(b.key.prefix(8)))"))
            b.stop()
            node.stop()
        }
    }
}
