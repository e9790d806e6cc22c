import Foundation
import Genome
import Testing
import Wire

@testable import Node

extension RealNodes {
    /// Layers judged by data, by the program.
    @Suite("An evaluation", .serialized)
    struct EvalTests {
        private let laboratory: Laboratory
        private let node: TestNode
        private let data: String

        init() throws {
            laboratory = try Laboratory()
            node = laboratory.node("a")
            data = try laboratory.write(
                "data.jsonl",
                """
                {"text": "In the beginning God created the heaven and the earth."}
                {"prompt": "And God said,", "completion": " let there be light."}

                """)
        }

        private var folders: [String] {
            ["--base", LearningSample.base, "--layer", LearningSample.adapter, "--data", data]
        }

        private func eval(
            _ words: [String], environment: [String: String?] = [:],
            location: SourceLocation = #_sourceLocation
        ) throws -> JSONValue {
            let outcome = try node.spawn(
                ["eval", "--json"] + words, environment: environment
            ).wait(seconds: 120)
            try #require(
                outcome.code == 0, "\(words): \(outcome.out) \(outcome.error)",
                sourceLocation: location)
            return outcome.json
        }

        @Test func `tells the adapted model beside its base`() throws {
            let general = try laboratory.write("general.txt", "The sea is wide.\n")
            let answer = try eval(folders + ["--retention", general])
            #expect(answer["items"] == 2)
            for name in ["loss", "perplexity", "accuracy", "exactMatch"] {
                #expect(answer[name]?.number != nil && answer["base"]?[name]?.number != nil)
            }
            let (loss, base) = (answer["loss"]?.number ?? 9, answer["base"]?["loss"]?.number ?? 0)
            #expect(loss < base - 1, "the adapter has learned such texts")
            #expect(answer["retention"]?["base"]?["loss"]?.number != nil)
            #expect(answer["latency"]?["p95"]?.number ?? 0 > 0)
            #expect(answer["peakMemory"]?.integer ?? 0 > 1 << 20)
            #expect(answer["statement"] == nil, "plain folders are nobody's layers")
            let alone = try eval(["--base", LearningSample.base, "--data", data])
            #expect(alone["loss"] == answer["base"]?["loss"])
            #expect(alone["base"]?["loss"] == alone["loss"])
        }

        @Test func `is the same on every kind of processor and number of threads`() throws {
            var items: [String] = []
            for (kernels, threads) in [("portable", "1"), ("avx2", "3"), ("avx512", "2")] {
                let file = "\(laboratory.path)/items-\(kernels)"
                _ = try eval(
                    folders + ["--threads", threads, "--items", file],
                    environment: ["PLASMID_KERNELS": kernels])
                items.append(try String(contentsOfFile: file, encoding: .utf8))
            }
            #expect(items[0].split(separator: "\n").count == 2)
            #expect(Set(items).count == 1)
        }

        @Test func `of two layers beside each alone is an edge of their lineage, with its gain`()
            throws
        {
            _ = try node.share(LearningSample.base, ["--type", "foundation"])
            let other = "\(laboratory.path)/other"
            _ = try node.ask(
                "merge", "\(LearningSample.adapter):-0.6", "--method", "cat", "--out", other)
            var ids: [String] = []
            for (path, name) in [(LearningSample.adapter, "first"), (other, "second")] {
                let words = ["--type", "lora", "--base", LearningSample.base, "--name", name]
                ids.append(try #require(node.share(path, words)["layer"]?.string))
            }
            let pair = ["--layer", ids[0], "--layer", ids[1], "--data", data, "--synergy"]
            let answer = try eval(pair)
            let found = try #require(answer["synergy"])
            let losses = try ids.map { id in
                try #require(
                    eval(["--layer", id, "--data", data, "--unsigned"])["loss"]?.number)
            }
            let joint = try #require(answer["loss"]?.number)
            let strength = try #require(found["strength"]?.number)
            #expect(found["alone"]?.array?.compactMap { $0["loss"]?.number } == losses)
            #expect(strength == (losses.min() ?? 0) - joint)
            // The second one takes back most of what the first has learned.
            #expect(strength < 0 && found["relation"] == "CONFLICTS_WITH")
            let edges = try node.ask("lineage", ids[1])["edges"]?.array ?? []
            let conflicts = edges.filter { $0["relation"] == "CONFLICTS_WITH" }
            #expect(Set(conflicts.compactMap { $0["type"]?.string }) == ["measured", "opposing"])
            let measured = try #require(conflicts.first { $0["type"] == "measured" })
            #expect(measured["from"]?.string == ids[0] && measured["to"]?.string == ids[1])
            #expect(measured["saidBy"] == answer["statement"]?["publisher"])
            #expect(measured["origin"] == "statement")
            // A scale of −0.6 turns every product round: nothing is as far away.
            let opposing = try #require(conflicts.first { $0["type"] == "opposing" })
            #expect(opposing["properties"]?["severity"]?.number ?? 0 > 0.9)
            #expect(opposing["origin"] == "comparison" && opposing["saidBy"] == .null)
            try node.refused(
                "refused", "eval", "--layer", ids[0], "--data", data, "--synergy")
            for format in ["dot", "cypher", "csv", "prov"] {
                let text = try node.run("lineage", ids[0], "--format", format).out
                #expect(text.contains("opposing"), "\(format)")
                #expect(text.contains("measured"), "\(format)")
            }
            let tree = try node.spawn(["lineage", ids[0]]).wait().out
            #expect(tree.contains("conflicts with (opposing, "), "\(tree)")
            let compatible = try node.ask("list", "--compatible-with", ids[0])["layers"]?.array
            #expect(compatible?.contains { $0["layer"]?.string == ids[1] } == false)
            try warnsOfConflicts(ids)
        }

        /// Who puts the two together is told what stands between them, and may do it.
        private func warnsOfConflicts(_ ids: [String]) throws {
            let words = ["--visibility", "private", "--layer", ids[0], "--layer", ids[1]]
            let made = try node.spawn(["assemble", "--json", "--name", "both"] + words).wait().json
            let types = made["conflicts"]?.array?.compactMap { $0["type"]?.string } ?? []
            #expect(Set(types) == ["measured", "opposing"] && made["layer"]?.string != nil)
            let text = try node.spawn(["assemble", "--name", "pair"] + words).wait().out
            #expect(
                text.split(separator: "\n").contains {
                    $0.contains("warning") && $0.contains("opposing")
                }, "\(text)")
        }

        @Test func `of a layer that another one completes says that the two go well together`()
            throws
        {
            _ = try node.share(LearningSample.base, ["--type", "foundation"])
            // Half of what was learned in each: together the whole, alone a part of it.
            var ids: [String] = []
            for (weight, name) in [("0.5", "one"), ("0.5001", "two")] {
                let path = "\(laboratory.path)/\(name)"
                _ = try node.ask(
                    "merge", "\(LearningSample.adapter):\(weight)", "--method", "cat", "--out",
                    path)
                let words = ["--type", "lora", "--base", LearningSample.base, "--name", name]
                ids.append(try #require(node.share(path, words)["layer"]?.string))
            }
            let answer = try eval(
                ["--layer", ids[0], "--layer", ids[1], "--data", data, "--synergy"])
            #expect(answer["synergy"]?["strength"]?.number ?? 0 > 0)
            let edges = try node.ask("lineage", ids[0])["edges"]?.array ?? []
            let synergy = try #require(edges.first { $0["relation"] == "SYNERGIZES_WITH" })
            #expect(synergy["properties"]?["synergyStrength"] == answer["synergy"]?["strength"])
            let friends = try node.ask("list", "--goes-with", ids[1])["layers"]?.array
            #expect(friends?.compactMap { $0["layer"]?.string } == [ids[0]])
            let tree = try node.spawn(["lineage", ids[1]]).wait().out
            #expect(tree.contains("goes well with (measured, "), "\(tree)")
            try node.start()
            try Laboratory.eventually("both are announced") {
                try node.ask("find", "--type", "lora")["results"]?.array?.count == 2
            }
            let found = try node.ask("find", "--goes-with", ids[1])["results"]?.array
            #expect(found?.compactMap { $0["layer"]?.string } == [ids[0]])
        }

        @Test func `of a layer is signed, counted and kept, with and without a running node`()
            throws
        {
            let base = try node.share(LearningSample.base, ["--type", "foundation"])
            let layer = try node.share(
                LearningSample.adapter, ["--type", "lora", "--base", LearningSample.base])
            let id = try #require(layer["layer"]?.string)
            let file = "\(laboratory.path)/statement.json"
            let first = try eval(["--layer", id, "--data", data, "--statement", file])
            #expect(first["statement"]?["sequence"] == 1)
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)).dropLast())
            let statement = try Statement.verified(
                in: try Envelope.decode(bytes, payloadMax: 1 << 20))
            #expect(statement.kind == .measurement && statement.layer.hexadecimal == id)
            #expect(statement.body["base"] == base["layer"])
            let loss = NumberText.decimal(of: first["loss"]?.number ?? 0)
            #expect(statement.body["figures"]?.array?.first?["value"]?.string == loss)
            try node.start()
            #expect(try eval(["--layer", id, "--data", data])["statement"]?["sequence"] == 2)
            let shown = try node.spawn(["show", id]).wait().out
            #expect(shown.contains("  measured    loss ") && shown.contains(" on data.jsonl (by "))
            let unsigned = try eval(["--layer", id, "--data", data, "--unsigned"])
            #expect(unsigned["statement"] == nil && unsigned["loss"] == first["loss"])
            #expect(try eval(["--layer", "\(id):0.5", "--data", data])["statement"] == nil)
            node.stop()
        }

        @Test func `refuses bad data with file and line, and leaves nothing behind`() throws {
            let broken = try laboratory.write("broken.jsonl", "{\"text\": \"a\"}\n{\"text\": 3}\n")
            let items = "\(laboratory.path)/items"
            let words = try node.refused(
                "refused", "eval", "--base", LearningSample.base, "--data", broken, "--items", items
            )
            #expect(words.contains("broken.jsonl, line 2") && words.contains("text"))
            #expect(!FileManager.default.fileExists(atPath: items))
            try node.refused("usage", exit: 2, "eval", "--base", LearningSample.base)
            try node.refused(
                "notFound", "eval", "--base", LearningSample.base, "--data", "/nowhere.txt")
            try node.refused(
                "usage", exit: 2, "eval", "--base", LearningSample.base, "--data", data, "--seq",
                "100000")
            try node.refused(
                "refused", "eval", "--base", LearningSample.base, "--data", data, "--statement",
                items)
            try node.refused(
                "refused", "eval", "--base", LearningSample.base, "--data", data, "--items", data)
        }
    }
}
