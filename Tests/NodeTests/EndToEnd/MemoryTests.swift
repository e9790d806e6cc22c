import Foundation
import Genome
import Testing

@testable import Node

extension RealNodes {
    /// Memories: asked by the program, and put before a prompt.
    @Suite("A memory layer", .serialized)
    struct MemoryTests {
        private let laboratory: Laboratory
        private let node: TestNode
        private static let records = """
            {"text": "High water is at noon.", "time": 100, "importance": 0.2}
            {"text": "The harbour master is called Ada.", "time": 300, "importance": 0.9}

            {"text": "Ropes are stored in the shed.", "time": 200}
            """

        init() throws {
            laboratory = try Laboratory()
            node = laboratory.node("a")
        }

        /// A memory folder with more in its document.
        private func folder(_ name: String, _ more: String = "") throws -> String {
            try laboratory.write(
                "\(name)/plasmid.json",
                #"{"type":"memory","memoryType":"semantic","content":{"knowledgeBase":["r.jsonl"]}"#
                    + more + "}")
            try laboratory.write("\(name)/r.jsonl", Self.records)
            return "\(laboratory.path)/\(name)"
        }

        private func texts(_ answer: JSONValue) -> [String] {
            (answer["results"]?.array ?? []).compactMap { $0["text"]?.string }
        }

        @Test func `gives by time, by importance and by likeness`() throws {
            let folder = try folder("harbour")
            let shared = try node.ask(
                "share", folder, "--licence", "CC0-1.0", "--visibility", "public")
            let layer = try #require(shared["layer"]?.string)
            #expect(shared["files"]?.array?.count == 2)
            for source in [layer, folder] {
                let byTime = try node.ask("memory", source, "--by", "temporal")
                #expect(texts(byTime).map { $0.prefix(3) } == ["The", "Rop", "Hig"])
                #expect(byTime["held"] == 3 && byTime["memoryType"] == "semantic")
                let byWeight = try node.ask("memory", source, "--by", "importance", "--count", "2")
                #expect(texts(byWeight).map { $0.prefix(3) } == ["The", "Rop"])
                let like = try node.ask(
                    "memory", source, "--search", "Ropes are stored in the shed.", "--base",
                    LearningSample.base)
                #expect(
                    texts(like).first == "Ropes are stored in the shed."
                        && like["by"] == "similarity")
                let best = like["results"]?.array?.first?["likeness"]?.number ?? 0
                #expect(abs(best - 1) < 1e-9)
                let rest = (like["results"]?.array ?? []).compactMap { $0["likeness"]?.number }
                #expect(rest == rest.sorted(by: >) && rest.count == 3)
            }
            try node.ask("trust", "--deny", "type:memory", "--for", "run")
            #expect(try node.refused("refused", "memory", layer).contains("ownerPolicy"))
            try node.ask("trust", "--clear-rules")
            // Derived: without its file it is made again.
            let file = "\(node.home)/memory/\(layer).db"
            #expect(FileManager.default.fileExists(atPath: file))
            for suffix in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: file + suffix)
            }
            #expect(try texts(node.ask("memory", layer, "--by", "temporal")).count == 3)
            try node.refused("usage", exit: 2, "memory", layer)
            try node.refused("notFound", "memory", "\(laboratory.path)/none")
            try node.refused("notFound", "memory", "nothing-here")
        }

        @Test func `stands before a prompt, as much as is asked for`() throws {
            let folder = try folder("harbour")
            let words = ["infer", "--json", "--base", LearningSample.base, "--max-tokens", "4"]
            func infer(_ more: [String]) throws -> JSONValue {
                let outcome = try node.spawn(words + more).wait(seconds: 120)
                try #require(outcome.code == 0, "\(more): \(outcome.out) \(outcome.error)")
                return outcome.json
            }
            let asked = try infer([
                "--layer", folder, "--prompt", "Ropes?", "--recall", "2", "--recall-by", "temporal",
            ])
            let text =
                "Remembered:\n- The harbour master is called Ada.\n- Ropes are stored in the shed."
            #expect(asked["preamble"]?.string == text)
            let plain = try infer(["--prompt", text + "\n\nRopes?"])
            #expect(asked["tokens"] == plain["tokens"])
            #expect(asked["recalled"]?.array?.count == 2)
            let like = try infer([
                "--layer", folder, "--prompt", "Ropes are stored in the shed.", "--recall", "1",
            ])
            #expect(like["preamble"] == "Remembered:\n- Ropes are stored in the shed.")
            let none = try infer(["--layer", folder, "--prompt", "Ropes?", "--recall", "0"])
            #expect(none["preamble"] == nil)
            #expect(none["tokens"] == (try infer(["--prompt", "Ropes?"]))["tokens"])
        }

        @Test func `is asked anew with each turn of a chat`() throws {
            let folder = try folder("harbour")
            let turns = try laboratory.write(
                "turns", "Ropes are stored in the shed.\nHigh water is at noon.\n")
            let shell = ["/bin/sh", "-c", #"file=$1; shift; exec "$@" < "$file""#, "sh", turns]
            let outcome = try node.spawn(
                [
                    "chat", "--json", "--base", LearningSample.base, "--layer", folder, "--plain",
                    "--max-tokens", "2", "--recall", "1",
                ], through: shell
            ).wait(seconds: 120)
            #expect(outcome.code == 0, "\(outcome.error)")
            let said = (outcome.json["answers"]?.array ?? []).map { $0["preamble"]?.string }
            #expect(
                said == [
                    "Remembered:\n- Ropes are stored in the shed.",
                    "Remembered:\n- High water is at noon.",
                ])
            #expect(outcome.json["messages"]?.array?.filter { $0["role"] == "system" }.count == 1)
        }

        @Test func `keeps within its capacity and its time`() throws {
            let small = try folder("small", #","storage":{"capacity":1}"#)
            #expect(
                try texts(node.ask("memory", small, "--by", "temporal"))
                    == ["The harbour master is called Ada."])
            let short = try folder(
                "short", #","storage":{"persistenceDuration":60,"retrievalMechanism":"temporal"}"#)
            let answer = try node.ask("memory", short)
            #expect(answer["held"] == 0 && answer["by"] == "temporal")
        }

        @Test func `that contradicts itself is refused with its place`() throws {
            let working = try laboratory.write(
                "working/plasmid.json", #"{"type":"memory","memoryType":"working"}"#)
            let parent = String(working.dropLast("/plasmid.json".count))
            #expect(
                try node.refused(
                    "corrupt", "share", parent, "--visibility", "private", "--licence", "CC0-1.0"
                ).contains("ends with its session"))
            let bad = try folder("bad")
            try laboratory.write("bad/r.jsonl", Self.records + "\n{\"text\":5}\n")
            #expect(
                try node.refused("corrupt", "memory", bad, "--by", "temporal")
                    .contains("r.jsonl, line 5"))
            let leaky = try folder("leaky")
            try laboratory.write(
                "leaky/r.jsonl", #"{"text":"hf_abcdefghijKLMNOPQRSTuvwxyz0123456789"}"#)
            #expect(
                try node.refused(
                    "refused", "share", leaky, "--visibility", "private", "--licence", "CC0-1.0"
                ).contains("r.jsonl line 1"))
        }
    }
}
