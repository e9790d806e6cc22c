import Foundation
import Genome
import Testing

@testable import Node

extension RealNodes {
    /// Layers of layers: made, refused, fetched and run by the program.
    @Suite("An assembly of layers", .serialized)
    struct AssemblyTests {
        private let laboratory: Laboratory
        private let sample: LearningSample
        private let node: TestNode
        private let base: String
        /// Two adapters over the base.
        private let layers: [String]

        init() throws {
            laboratory = try Laboratory()
            sample = try LearningSample()
            node = laboratory.node("a")
            let licence = ["--licence", "CC-BY-SA-3.0"]
            base = try #require(
                node.share(LearningSample.base, ["--type", "foundation"] + licence)["layer"]?.string
            )
            let other = "\(laboratory.path)/other"
            _ = try node.ask(
                "merge", "\(LearningSample.adapter):-0.6", "--method", "cat", "--out", other)
            var layers: [String] = []
            for (path, name) in [(LearningSample.adapter, "first"), (other, "second")] {
                let answer = try node.share(
                    path, ["--type", "lora", "--base", base, "--name", name] + licence)
                layers.append(try #require(answer["layer"]?.string))
            }
            self.layers = layers
        }

        private func assemble(_ name: String, _ words: [String]) throws -> JSONValue {
            let outcome = try node.spawn(
                ["assemble", "--json", "--name", name, "--visibility", "public"]
                    + (words.contains("--licence") ? [] : ["--licence", "CC-BY-SA-3.0"]) + words
            ).wait()
            try #require(outcome.code == 0, "\(words): \(outcome.out) \(outcome.error)")
            return outcome.json
        }

        /// The logits of the sample's prompt, as a file.
        private func logits(_ name: String, _ words: [String]) throws -> String {
            let file = "\(laboratory.path)/\(name).safetensors"
            let outcome = try node.spawn(
                [
                    "infer", "--json", "--prompt", sample.prompt, "--max-tokens", "1", "--logits",
                    file,
                ]
                    + words
            ).wait(seconds: 120)
            try #require(outcome.code == 0, "\(words): \(outcome.out) \(outcome.error)")
            return file
        }

        /// A layer that only speaks.
        private func speaking() throws -> String {
            try laboratory.write(
                "shy/plasmid.json",
                #"{"type":"communication","style":{"communicationStyle":"formal"}}"#)
            return try layer(
                node.ask(
                    "share", "\(laboratory.path)/shy", "--licence", "CC-BY-SA-3.0",
                    "--visibility", "public"))
        }

        private func layer(_ answer: JSONValue) throws -> String {
            try #require(answer["layer"]?.string)
        }

        @Test func `gives the bits of its layers with their influence, whatever their order`()
            throws
        {
            let (a, b) = (layers[0], layers[1])
            let plain = try logits("plain", ["--layer", "\(a):0.7", "--layer", "\(b):0.3"])
            let one = try assemble("one", ["--layer", "\(a):0.7", "--layer", "\(b):0.3"])
            let turned = try assemble("turned", ["--layer", "\(b):0.3", "--layer", "\(a):0.7"])
            for (name, assembly) in [("one", one), ("turned", turned)] {
                #expect(
                    Laboratory.areEqual(
                        plain, try logits(name, ["--layer", try layer(assembly)])))
            }
            #expect(one["overlaps"]?.array?.isEmpty == false)
            #expect(one["plan"]?["adapters"]?.array?.count == 2)
            // Another influence gives other bits.
            let other = try logits("other", ["--layer", "\(a):0.7", "--layer", "\(b):0.31"])
            #expect(!Laboratory.areEqual(plain, other))
            let answer = try node.ask(
                "infer", "--layer", try layer(one), "--prompt", sample.prompt, "--max-tokens", "2")
            #expect(answer["base"] == "verified" && answer["baseLayer"]?.string == base)
            #expect(answer["layers"]?.array?.map { $0["weight"]?.number } == [0.7, 0.3])
        }

        @Test func `connections have the bits that the page says`() throws {
            let (a, b) = (layers[0], layers[1])
            func connected(_ name: String, _ line: String) throws -> String {
                let words = ["--layer", "\(a):0.5", "--layer", "\(b):0.5", "--connect", line]
                return try logits(name, ["--layer", try layer(try assemble(name, words))])
            }
            #expect(
                Laboratory.areEqual(
                    try connected("parallel", "1:2:parallel:0.5"),
                    try logits("quarter", ["--layer", "\(a):0.5", "--layer", "\(b):0.25"])))
            #expect(
                Laboratory.areEqual(
                    try connected("skip", "1:2:skip"), try logits("alone", ["--layer", "\(a):0.5"]))
            )
            #expect(
                Laboratory.areEqual(
                    try connected("weakened", "1:2:skip:0.75"),
                    try logits("eighth", ["--layer", "\(a):0.5", "--layer", "\(b):0.125"])))
            let merged = "\(laboratory.path)/merged"
            _ = try node.ask(
                "merge", "\(a):0.5", "\(b):0.5", "--method", "cat", "--out", merged)
            #expect(
                Laboratory.areEqual(
                    try connected("merge", "1:2:merge"),
                    try logits("one", ["--base", base, "--layer", merged])))
        }

        @Test func `what has no meaning or sheds terms is refused by name`() throws {
            let (a, b) = (layers[0], layers[1])
            let start = ["assemble", "--name", "x", "--visibility", "public"]
            func refused(_ code: String, _ words: [String]) throws -> String {
                let outcome = try node.spawn(start + words + ["--json"]).wait()
                #expect(outcome.failure == code, "\(words): \(outcome.out)")
                return outcome.words
            }
            let licence = ["--licence", "CC-BY-SA-3.0"]
            let both = ["--layer", a, "--layer", b]
            #expect(
                try refused("refused", both + licence + ["--connect", "1:2:sequential"])
                    .contains("their order changes nothing"))
            #expect(
                try refused(
                    "corrupt",
                    both + licence + ["--connect", "1:2:skip:0", "--connect", "2:1:skip:0"]
                ).contains("circle"))
            #expect(
                try refused("usage", both + licence + ["--connect", "1:2:beside"])
                    .contains("sequential, parallel, skip, merge"))
            #expect(
                try refused("usage", both + licence + ["--connect", "1:3:parallel"])
                    .contains("from 1 to 2"))
            #expect(
                try refused("corrupt", ["--layer", a, "--layer", a] + licence).contains("twice"))
            #expect(
                try refused("licence", both + ["--licence", "Apache-2.0"])
                    .contains("shareAlike (CC-BY-SA-3.0) via base base@1.0.0"))
            let shy = try speaking()
            #expect(
                try refused("licence", ["--layer", shy, "--licence", "Apache-2.0"])
                    .contains("shareAlike (CC-BY-SA-3.0) via parent shy@1.0.0"))
            try node.refused("usage", exit: 2, "assemble", "--name", "x", "--visibility", "private")
        }

        @Test func `is made and run only as the owner's rules allow for each member`() throws {
            let words = ["--layer", layers[0], "--layer", try speaking()]
            let whole = try layer(try assemble("whole", words))
            let infer = ["infer", "--json", "--layer", whole, "--prompt", "x", "--max-tokens", "1"]
            for (subject, action, command) in [
                ("type:lora", "derive", ["assemble", "--json", "--name", "y"] + words),
                ("type:communication", "derive", ["assemble", "--json", "--name", "y"] + words),
                ("type:lora", "run", infer), ("type:communication", "run", infer),
                ("type:foundation", "run", infer), ("type:assembly", "run", infer),
            ] {
                try node.ask("trust", "--deny", subject, "--for", action)
                let more =
                    action == "run"
                    ? [] : ["--visibility", "public", "--licence", "CC-BY-SA-3.0"]
                let outcome = try node.spawn(command + more).wait(seconds: 120)
                #expect(outcome.failure == "refused", "\(subject): \(outcome.out)")
                #expect(outcome.words.contains("ownerPolicy"), "\(subject): \(outcome.out)")
                try node.ask("trust", "--clear-rules")
            }
            #expect(try node.spawn(infer).wait(seconds: 120).code == 0)
        }

        @Test func `comes with its members and runs there`() throws {
            let assembly = try layer(
                try assemble(
                    "both",
                    [
                        "--layer", "\(layers[0]):0.5", "--layer", try speaking(),
                        "--persona", "You are Ada.", "--max-tokens", "5",
                    ]))
            let words = ["--prompt", "The package", "--ignore-eos"]
            let here = try node.ask("infer", "--layer", assembly, words[0], words[1], words[2])
            #expect(here["preamble"] == "You are Ada.\n\nStyle: formal.")
            #expect(here["tokens"]?.array?.count == 5)
            let shown = try node.spawn(["show", assembly]).wait().out
            #expect(shown.contains("  member      \(layers[0].prefix(16)) × 0.5"))
            #expect(shown.contains(", here"))
            try node.start()
            let b = try laboratory.running("b", joining: [node])
            try Laboratory.eventually("b hears of it") {
                try b.run("show", assembly).code == 0
            }
            // Alone it comes without its members, and says so.
            let alone = try b.ask("fetch", assembly)
            #expect(alone["dependencies"]?["missing"]?.array?.count == 3)
            #expect(
                try b.refused("notFound", "infer", "--layer", assembly, "--prompt", "x")
                    .contains("--with-dependencies"))
            let whole = try b.ask("fetch", assembly, "--with-dependencies")
            #expect(whole["fetched"]?.array?.count == 3, "\(whole)")
            #expect(whole["dependencies"]?["missing"]?.array?.isEmpty == true)
            let there = try b.ask("infer", "--layer", assembly, words[0], words[1], words[2])
            #expect(there["tokens"] == here["tokens"] && there["preamble"] == here["preamble"])
            #expect(there["base"] == "verified")
            b.stop()
            node.stop()
        }
    }
}
