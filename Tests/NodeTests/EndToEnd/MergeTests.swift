import Foundation
import Genome
import Testing

@testable import Node

extension RealNodes {
    /// Adapters become one, or part of their base, by the program.
    @Suite("A merge", .serialized)
    struct MergeTests {
        private let laboratory: Laboratory
        private let sample: LearningSample
        private let node: TestNode

        init() throws {
            laboratory = try Laboratory()
            sample = try LearningSample()
            node = laboratory.node("a")
        }

        private func text(_ words: [String]) throws -> String? {
            let outcome = try node.spawn(
                [
                    "infer", "--json", "--prompt", sample.prompt, "--max-tokens", "16",
                    "--ignore-eos",
                ] + words
            ).wait(seconds: 120)
            #expect(outcome.code == 0, "\(outcome.out)")
            return outcome.json["text"]?.string
        }

        @Test(
            "of an adapter with itself in halves writes what it writes", arguments: ["svd", "cat"])
        func adapter(_ method: String) throws {
            let (base, adapter) = (LearningSample.base, LearningSample.adapter)
            let out = "\(laboratory.path)/merged"
            let answer = try node.ask(
                "merge", "\(adapter):0.25", "\(adapter):0.75", "--method", method, "--out", out)
            #expect(answer["method"]?.string == method && answer["path"]?.string == out)
            #expect(answer["parents"]?.array?.count == 2)
            #expect(
                try text(["--base", base, "--layer", out])
                    == text(["--base", base, "--layer", adapter]))
            let names = try FileManager.default.contentsOfDirectory(atPath: laboratory.path)
            #expect(!names.contains { $0.contains(".part-") })
        }

        @Test func `into the base writes what base and adapter write`() throws {
            let (base, adapter) = (LearningSample.base, LearningSample.adapter)
            let out = "\(laboratory.path)/whole"
            let answer = try node.ask("merge", adapter, "--base", base, "--out", out)
            #expect(answer["base"]?.string == "unverified")
            // Weights are rounded to bf16, so the texts are compared, not the logits.
            #expect(
                try text(["--base", out]) == text(["--base", base, "--layer", adapter]))
            #expect(
                Laboratory.areEqual("\(out)/tokenizer.json", "\(base)/tokenizer.json"))
        }

        @Test func `never writes over anything and leaves nothing half done`() throws {
            let adapter = LearningSample.adapter
            let kept = try laboratory.write("kept/a.txt", "mine")
            let folder = String(kept.dropLast("/a.txt".utf8.count))
            #expect(
                try node.refused("refused", "merge", adapter, "--out", folder).contains("exists"))
            let out = "\(laboratory.path)/new"
            try node.refused("usage", exit: 2, "merge", adapter)
            try node.refused("usage", exit: 2, "merge", adapter, "--out", out, "--density", "3")
            try node.refused(
                "usage", exit: 2, "merge", adapter, "--out", out, "--method", "average")
            try node.refused("notFound", "merge", LearningSample.base, "--out", out)
            let names = try FileManager.default.contentsOfDirectory(atPath: laboratory.path)
            #expect(!names.contains { $0.hasPrefix("new") })
        }
    }
}
