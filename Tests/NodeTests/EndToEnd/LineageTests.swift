import Foundation
import Genome
import Testing
import Wire

extension RealNodes {
    /// Lineage, relatives and use as a person asks for them.
    @Suite("Where layers come from", .serialized)
    struct LineageTests {
        private let laboratory: Laboratory

        init() throws { laboratory = try Laboratory() }

        private func layer(_ answer: JSONValue) throws -> String {
            try #require(answer["layer"]?.string)
        }

        @Test func `is told over two nodes, in words and for other programs`() throws {
            let a = try laboratory.running("a")
            let b = try laboratory.running("b", joining: [a])
            let base = try layer(
                a.share(LearningSample.base, ["--name", "tiny", "--type", "foundation"]))
            let adapter = try layer(
                a.share(
                    LearningSample.adapter,
                    ["--name", "notes", "--type", "lora", "--base", base]))
            let folder = try laboratory.layerFolder("texts", size: 1_000)
            let child = try layer(
                a.share(folder, ["--name", "child", "--parent", adapter]))
            try Laboratory.eventually("b hears of it") { try b.run("show", child).code == 0 }
            try b.ask("fetch", child)

            let whole = try a.ask("lineage", child)
            #expect(whole["nodes"]?.array?.count == 3 && whole["edges"]?.array?.count == 2)
            #expect(try a.ask("lineage", base, "--up")["nodes"]?.array?.count == 1)
            #expect(try a.ask("lineage", base, "--down")["nodes"]?.array?.count == 3)
            #expect(
                try a.ask("lineage", base, "--down", "--depth", "1")["nodes"]?.array?.count == 2)
            // B has the child alone: its parent was heard of, and of nothing else it knows.
            let there = try b.ask("lineage", child)["nodes"]?.array ?? []
            #expect(there.map { $0["known"]?.string } == ["held", "heard"])
            let words = try a.spawn(["lineage", child]).wait()
            let lines = words.out.split(separator: "\n").map(String.init)
            #expect(lines.count == 4 && lines[2].hasPrefix("└─ parent  notes@1.0.0, lora"))
            #expect(lines[3].contains("base  tiny@1.0.0, foundation, Apache-2.0"))
            #expect(lines.allSatisfy { $0.count <= 80 })

            let out = "\(laboratory.path)/graph"
            let written = try a.ask("lineage", child, "--format", "csv", "--out", out)
            #expect(written["files"]?.array?.count == 2)
            let table = try String(contentsOfFile: "\(out)/nodes.csv", encoding: .utf8)
            #expect(table.split(separator: "\n").count == 4)
            try a.refused("refused", "lineage", child, "--format", "csv", "--out", out)
            try a.refused("usage", exit: 2, "lineage", child, "--out", out)
            try a.refused("usage", exit: 2, "lineage", child, "--format", "gif")
            let dot = try a.spawn(["lineage", child, "--format", "dot"]).wait()
            #expect(dot.out.hasPrefix("digraph lineage {") && dot.out.hasSuffix("}\n"))
            for node in [a, b] { node.stop() }
        }

        @Test func `holds what a node signs of how a layer came from another`() throws {
            let node = laboratory.node("a")
            let first = try layer(
                node.share(try laboratory.layerFolder("one", size: 1_000), ["--name", "one"]))
            let second = try layer(
                node.share(
                    try laboratory.layerFolder("two", size: 1_000, seed: 2), ["--name", "two"]))
            let signed = try node.ask(
                "lineage", second, "--event", "pruned", "--from", "one", "--confidence", "0.5",
                "--gain", "loss=-0.25", "--note", "every other record")
            #expect(signed["sequence"] == 1)
            let edges = try node.ask("lineage", second)["edges"]?.array ?? []
            try #require(edges.count == 1)
            let words = String(decoding: CanonicalJSON.write(edges[0]), as: UTF8.self)
            for part in [first, "EVOLVED_FROM", "pruned", "0.5", "\"loss\":-0.25"] {
                #expect(words.contains(part), "\(words)")
            }
            try node.refused("usage", exit: 2, "lineage", second, "--event", "pruned")
            try node.refused(
                "usage", exit: 2, "lineage", second, "--event", "pruned", "--from", second)
            try node.refused(
                "usage", exit: 2, "lineage", second, "--event", "x", "--from", first,
                "--confidence", "2")
        }

        @Test func `picks relatives out of what is here and what was heard of`() throws {
            let a = try laboratory.running("a")
            let b = try laboratory.running("b", joining: [a])
            let base = try layer(
                a.share(LearningSample.base, ["--name", "tiny", "--type", "foundation"]))
            let adapter = try layer(
                a.share(
                    LearningSample.adapter,
                    ["--name", "notes", "--type", "lora", "--base", base]))
            let folder = try laboratory.layerFolder("texts", size: 1_000)
            let child = try layer(a.share(folder, ["--name", "child", "--parent", adapter]))
            func names(_ node: TestNode, _ words: [String]) throws -> [String] {
                let answer = try node.spawn(words + ["--json"]).wait().json
                let rows = answer["layers"]?.array ?? answer["results"]?.array ?? []
                return rows.compactMap { $0["layer"]?.string }.sorted()
            }
            #expect(try names(a, ["list", "--ancestor-of", child]) == [base, adapter].sorted())
            #expect(try names(a, ["list", "--descendant-of", base]) == [adapter, child].sorted())
            #expect(try names(a, ["list", "--compatible-with", base]) == [adapter])
            #expect(try names(a, ["list", "--compatible-with", adapter]).isEmpty)
            try Laboratory.eventually("b hears of all") { try names(b, ["find"]).count == 3 }
            #expect(try names(b, ["find", "--ancestor-of", child]) == [base, adapter].sorted())
            #expect(try names(b, ["find", "--descendant-of", base]) == [adapter, child].sorted())
            #expect(try names(b, ["find", "--compatible-with", base]) == [adapter])
            let text = try laboratory.write("plain.txt", "No weights at all.\n")
            let plain = try layer(a.share(text, ["--name", "plain"]))
            try a.refused("refused", "list", "--compatible-with", plain)
            for node in [a, b] { node.stop() }
        }

        @Test func `notes who used a layer, for the owner alone`() throws {
            let a = laboratory.node("a")
            let base = try layer(
                a.share(LearningSample.base, ["--name", "tiny", "--type", "foundation"]))
            let adapter = try layer(
                a.share(
                    LearningSample.adapter,
                    ["--name", "notes", "--type", "lora", "--base", base]))
            let answer = try a.ask(
                "infer", "--layer", adapter, "--prompt", "Once", "--max-tokens", "2")
            let session = try #require(answer["session"]?.string)
            let journal = try a.ask("status")["journal"]
            let uses = try a.ask("show", adapter, "--usage")["uses"]?.array ?? []
            #expect(uses.map { $0["session"]?.string } == [session])
            #expect(uses.first?["verb"] == "infer")
            #expect(try a.ask("show", base, "--usage")["uses"]?.array?.count == 1)
            let rated = try a.ask("show", adapter, "--rate", "4")["uses"]?.array ?? []
            #expect(rated.first?["rating"]?.number == 4)
            // No journal entry, no statement: nothing that could be asked for from outside.
            #expect(try a.ask("status")["journal"] == journal)
            #expect(try a.ask("show", adapter)["statements"]?.array?.isEmpty == true)
            #expect(try a.ask("show", adapter, "--forget-usage")["uses"]?.array?.isEmpty == true)
            try a.refused("notFound", "show", adapter, "--rate", "4")
            try a.refused("usage", exit: 2, "show", adapter, "--rate", "6")
        }
    }
}
