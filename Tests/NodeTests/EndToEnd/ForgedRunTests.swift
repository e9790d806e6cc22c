import Foundation
import Genome
import Host
import Testing
import Wire

extension RealNodes {
    /// Whoever holds a key can sign anything; what was not computed is found when done again.
    @Suite("A forged run", .serialized)
    struct ForgedRunTests {
        private let bench: TrainLaboratory

        init() throws { bench = try TrainLaboratory() }

        private func forgery() throws -> ReplayForgery {
            let answer = try bench.train(
                "notes", steps: 4,
                ["--licence", "CC-BY-SA-3.0", "--data-licence", "CC0-1.0"])
            let layer = try #require(answer["layer"]?.string)
            // What differs from a base or data that a person named would be no fault of the layer.
            _ = try bench.node.share(
                LearningSample.base, ["--type", "foundation", "--licence", "CC-BY-SA-3.0"])
            return try ReplayForgery(bench.node, layer, in: bench.laboratory.path)
        }

        private func verdict(_ layer: String, _ more: [String] = ["--all"]) throws -> (
            word: String?, detail: String, code: Int32
        ) {
            let outcome = try bench.node.spawn(
                ["verify", layer, "--level", "comprehensive", "--unsigned", "--json"] + more
            ).wait(seconds: 120)
            let check = outcome.json["checks"]?.array?.last { $0["name"] == "replay" }
            return (
                outcome.json["verdict"]?.string, check?["detail"]?.string ?? outcome.error,
                outcome.code
            )
        }

        private static func flipped(_ bytes: [UInt8]) -> [UInt8] {
            var bytes = bytes
            // The lowest bit of the last value.
            bytes[bytes.count - 4] ^= 1
            return bytes
        }

        private static func replaced(_ bytes: [UInt8], _ text: String, _ other: String) -> [UInt8] {
            let old = String(decoding: bytes, as: UTF8.self)
            return Array(old.replacing(text, with: other, maxReplacements: 1).utf8)
        }

        @Test func `is found out whichever part of its evidence is not what was computed`() throws {
            let forgery = try forgery()
            let honest = try verdict(try forgery.publish("honest"))
            try #require(honest.word == "bit-exact-replayed", "\(honest)")
            let state = "run/checkpoints/step-00000002/state.json"
            let data = "run/data/0.jsonl"
            let forged: [(String, (inout ReplayForgery.Draft) -> Void)] = [
                ("rate", { $0.set("optimiser", "learningRate", "0.02") }),
                ("seed", { $0.recipe["seed"] = "8" }),
                ("run", { $0.run = Blake3.hash([5]) }),
                (
                    "data",
                    { draft in
                        let bytes = Self.replaced(draft.files[data] ?? [], "genes", "genex")
                        draft.files[data] = bytes
                        draft.set(
                            "data", "files",
                            [
                                BlobReference(
                                    blob: Blake3.hash(bytes), size: UInt64(bytes.count)
                                ).json
                            ])
                    }
                ),
                ("adapter", { $0.states[2].adapter = Self.flipped($0.states[2].adapter) }),
                ("result", { $0.states[4].adapter = Self.flipped($0.states[4].adapter) }),
                ("start", { $0.states[0].adapter = Self.flipped($0.states[0].adapter) }),
                ("optimiser", { $0.states[2].optimiser = Self.flipped($0.states[2].optimiser) }),
                ("begin", { $0.states[0].optimiser = Self.flipped($0.states[0].optimiser) }),
                (
                    "observations",
                    { draft in
                        draft.observations = Self.replaced(
                            draft.observations, #""tokens":"#, #""tokens":1"#)
                    }
                ),
                (
                    "cut",
                    { draft in
                        draft.observations = Array(draft.observations.dropLast())
                    }
                ),
                ("state", { $0.planted[state] = Self.flipped($0.files[state] ?? []) }),
                ("planted", { $0.planted[data] = Array(#"{"text":"Another."}"#.utf8) }),
                // Without the fourth it would be a run that keeps three parts.
                ("leap", { $0.states.remove(at: 1) }),
            ]
            for (name, change) in forged {
                let found = try verdict(try forgery.publish(name, change))
                #expect(found.word == "differs" && found.code == 1, "\(name): \(found)")
            }
        }

        @Test func `is not endorsed where it needs what is not here or another program`() throws {
            let forgery = try forgery()
            let other = JSONValue.string(Blake3.hash([9]).hexadecimal)
            let open: [(String, String, (inout ReplayForgery.Draft) -> Void)] = [
                ("begun", "start", { $0.recipe["start"] = ["adapter": other] }),
                ("newer", "arithmetic", { $0.recipe["arithmetic"] = "plasmid-train-v9" }),
                ("profile", "profile", { $0.recipe["profile"] = "another-v9" }),
                ("unicode", "unicode", { $0.set("data", "unicode", "99.0.0") }),
                ("graph", "graph", { $0.set("base", "graph", other) }),
            ]
            for (name, word, change) in open {
                let found = try verdict(try forgery.publish(name, change))
                #expect(found.word == "not-replayed" && found.code == 0, "\(name): \(found)")
                #expect(found.detail.contains(word), "\(name): \(found)")
            }
            // As they were before the rules had names that are kept.
            let early: [(String, String, (inout ReplayForgery.Draft) -> Void)] = [
                ("early", "portable-f32-v1", { $0.recipe["profile"] = "portable-f32-v0" }),
                ("steps", "plasmid-train-v1", { $0.recipe["arithmetic"] = "plasmid-train-v0" }),
            ]
            for (name, now, change) in early {
                let found = try verdict(try forgery.publish(name, change))
                #expect(found.word == "not-replayed" && found.code == 0, "\(name): \(found)")
                #expect(found.detail.contains("recorded before its rules were frozen"))
                #expect(found.detail.contains("since then it is \(now)"), "\(found)")
                #expect(found.detail.contains("train it again"), "\(found)")
            }
            // As recipes were once: a template that no conversation asked for.
            let older = try verdict(
                try forgery.publish("older") { $0.set("data", "template", other) })
            #expect(older.word == "bit-exact-replayed", "\(older)")
            let taken = try forgery.publish("taken") { draft in
                let start = Blake3.hash(draft.states[0].adapter).hexadecimal
                draft.recipe["start"] = ["adapter": .string(start)]
            }
            let found = try verdict(taken)
            #expect(found.detail.contains("which started from the adapter"), "\(found)")
        }

        @Test func `of numbers that no machine can hold ends with a word`() throws {
            let forgery = try forgery()
            let large: [(String, Int64, Int64)] = [
                ("rows", 65_536, 16), ("one", 1, 65_536), ("batch", 65_536, 1),
            ]
            for (name, batch, accumulate) in large {
                let layer = try forgery.publish(name) { draft in
                    draft.set("optimiser", "batch", .integer(batch))
                    draft.set("optimiser", "accumulate", .integer(accumulate))
                }
                // A step of so many rows takes long; that it is stopped is enough here.
                let program = try bench.node.spawn(
                    ["verify", layer, "--level", "comprehensive", "--unsigned", "--json"])
                Thread.sleep(forTimeInterval: 4)
                program.signal(SIGINT)
                let outcome = program.wait(seconds: 20)
                #expect(![132, 133, 134, 139].contains(outcome.code), "\(name): \(outcome)")
            }
        }
    }
}
