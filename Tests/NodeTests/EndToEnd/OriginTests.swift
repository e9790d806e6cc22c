import Foundation
import Genome
import Testing

extension RealNodes {
    /// A publishes an adapter; others offer it as their own.
    @Suite("A copy that does not say so", .serialized)
    struct OriginTests {
        private let laboratory: Laboratory
        private let a: TestNode
        private let base: String
        private let original: String

        init() throws {
            laboratory = try Laboratory()
            a = try laboratory.running("a")
            base = try #require(
                a.share(LearningSample.base, ["--name", "tiny", "--type", "foundation"])["layer"]?
                    .string)
            original = try #require(
                a.share(
                    LearningSample.adapter,
                    [
                        "--name", "original", "--type", "lora", "--base", base, "--licence",
                        "CC-BY-NC-4.0",
                    ])["layer"]?.string)
        }

        private func forged(_ change: WeightsForgery.Change) throws -> String {
            try WeightsForgery().changed(change).write(
                to: "\(laboratory.path)/forged-\(change.rawValue)")
        }

        private func words(_ folder: String, _ more: [String] = []) -> [String] {
            [
                "share", folder, "--name", "mine", "--type", "lora", "--base", LearningSample.base,
                "--licence", "MIT", "--visibility", "public", "--json",
            ] + more
        }

        private func hears(_ node: TestNode, _ layer: String) throws {
            try Laboratory.eventually("\(node.name) hears of it") {
                try node.run("show", layer).code == 0
            }
        }

        @Test func `is refused where it is shared, however it was changed`() throws {
            let b = try laboratory.running("b", joining: [a])
            try hears(b, original)
            try b.ask("fetch", original, "--accept-licence", "CC-BY-NC-4.0")
            for change in WeightsForgery.Change.allCases {
                let outcome = try b.spawn(words(try forged(change))).wait()
                #expect(outcome.failure == "licence", "\(change): \(outcome.out)")
                #expect(outcome.words.contains("original@1.0.0"), "\(outcome.words)")
                #expect(outcome.words.contains("publisher \(a.key)"))
                #expect(outcome.words.contains("--parent \(original.prefix(16))"))
                let how = change == .nothing ? "its weights are those of" : "what it adds is "
                #expect(outcome.words.contains(how), "\(change): \(outcome.words)")
            }
            // A little more training does not make it another.
            let more = try laboratory.write(
                "more.jsonl",
                (0..<40).map { #"{"text":"Note \#($0) tells of \#($0 * 3) plasmids."}"# }
                    .joined(separator: "\n"))
            let start = "\(laboratory.path)/forged-slightNoise"
            let trained = try b.spawn([
                "train", "--base", LearningSample.base, "--init", start, "--data", more, "--name",
                "further", "--steps", "50", "--batch", "2", "--seq", "32", "--rank", "8",
                "--alpha", "16", "--targets",
                "q_proj,k_proj,v_proj,o_proj,gate_proj,up_proj,down_proj", "--lr", "0.0005",
                "--threads", "2", "--json",
            ]).wait(seconds: 240)
            try #require(trained.code == 0, "\(trained.out) \(trained.error)")
            let path = try #require(trained.json["path"]?.string)
            try FileManager.default.copyItem(atPath: path, toPath: "\(laboratory.path)/further")
            let further = try b.spawn(words("\(laboratory.path)/further")).wait()
            #expect(further.failure == "licence", "\(further.out)")

            // One that names its parent, under its terms, may be shared; so may a private one.
            let named = try b.spawn(
                words("\(laboratory.path)/forged-nothing", ["--parent", original])
                    .map { $0 == "MIT" ? "CC-BY-NC-4.0" : $0 }
            ).wait()
            #expect(named.code == 0, "\(named.out)")
            let own = try b.spawn(
                words("\(laboratory.path)/forged-noise", ["--version", "2.0.0"])
                    .map { $0 == "public" ? "private" : $0 }
            ).wait()
            #expect(own.code == 0, "\(own.out)")
            // Its publisher may do with it what it likes.
            let again = try a.spawn(words("\(laboratory.path)/forged-noise")).wait()
            #expect(again.code == 0, "\(again.out)")
            for node in [a, b] { node.stop() }
        }

        @Test func `of strangers trained alone is nobody's copy`() throws {
            let data = try laboratory.write(
                "notes.jsonl",
                (0..<24).map { #"{"text":"Line \#($0) of the notes: \#($0 * 7) genes."}"# }
                    .joined(separator: "\n"))
            let b = try laboratory.running("b", joining: [a])
            try hears(b, original)
            try b.ask("fetch", original, "--accept-licence", "CC-BY-NC-4.0")
            for seed in ["1", "2"] {
                let node = seed == "1" ? a : b
                let trained = try node.spawn([
                    "train", "--base", LearningSample.base, "--data", data, "--name", "run\(seed)",
                    "--steps", "60", "--batch", "2", "--seq", "32", "--rank", "4", "--lr", "0.01",
                    "--seed", seed, "--threads", "2", "--json",
                ]).wait(seconds: 240)
                try #require(trained.code == 0, "\(trained.out) \(trained.error)")
                let path = "\(laboratory.path)/run\(seed)"
                try FileManager.default.copyItem(
                    atPath: try #require(trained.json["path"]?.string), toPath: path)
                // Both have the other one's to compare with before the second is shared.
                let shared = try node.spawn(words(path)).wait()
                try #require(shared.code == 0, "\(seed): \(shared.out)")
                guard node.name == "a" else { continue }
                let first = try #require(shared.json["layer"]?.string)
                try hears(b, first)
                try b.ask("fetch", first)
            }
            for node in [a, b] { node.stop() }
        }

        @Test func `is refused where it arrives, unless a steward says otherwise`() throws {
            // Whoever copies does it later; times are whole seconds.
            usleep(1_100_000)
            // M never had the original, so nothing stops it there.
            let m = try laboratory.running("m", joining: [a])
            let copied = try m.spawn(words(try forged(.noise))).wait()
            try #require(copied.code == 0, "\(copied.out)")
            let copy = try #require(copied.json["layer"]?.string)
            let weights = try #require(
                m.ask("show", copy)["manifest"]?["weights"]?["id"]?.string)

            let r = try laboratory.running("r", joining: [a, m])
            for layer in [original, copy] { try hears(r, layer) }
            try r.ask("fetch", original, "--accept-licence", "CC-BY-NC-4.0")
            let refused = try r.refused("licence", "fetch", copy)
            #expect(refused.contains("original@1.0.0") && refused.contains(a.key), "\(refused)")
            #expect(try r.ask("list")["layers"]?.array?.count == 1)

            // S takes the copy in first, and sees what it is when the original comes.
            let s = try laboratory.running("s", joining: [a, m])
            for layer in [original, copy] { try hears(s, layer) }
            try s.ask("fetch", copy)
            #expect(try s.ask("show", copy)["origins"]?.array?.isEmpty == true)
            try s.ask("fetch", original, "--accept-licence", "CC-BY-NC-4.0")
            let origins = try s.ask("show", copy)["origins"]?.array ?? []
            #expect(
                origins.first?["layer"]?.string == original && origins.first?["how"] == "nearCopy")
            #expect(origins.first?["older"] == true)
            let told = try s.spawn(["show", copy]).wait()
            #expect(told.out.contains("alike"), "\(told.out)")

            // A steward's word counts where the owner made her one.
            let t = try laboratory.running("t", joining: [a])
            try hears(t, original)
            try t.ask("fetch", original, "--accept-licence", "CC-BY-NC-4.0")
            let file = "\(laboratory.path)/waiver.json"
            try t.ask("licence", "waive", original, "--for", weights, "--out", file)
            try r.refused("refused", "licence", "import", file)
            try r.ask("trust", t.key, "--steward")
            try r.ask("licence", "import", file)
            try r.ask("fetch", copy)
            try r.ask("trust", t.key, "--steward", "--remove")
            #expect(try r.ask("show", copy)["origins"]?.array?.count == 1)
            for node in [a, m, r, s, t] { node.stop() }
        }
    }
}
