import Foundation
import Genome
import Host
import Testing
import Wire

extension RealNodes {
    /// One node trains and publishes, another fetches and does a part of it again.
    @Suite("A replay", .serialized)
    struct ReplayTests {
        private let bench: TrainLaboratory
        private var a: TestNode { bench.node }

        init() throws { bench = try TrainLaboratory() }

        private func verify(
            _ node: TestNode, _ layer: String, _ more: [String] = []
        ) throws -> (Outcome, detail: String) {
            let outcome = try node.spawn(
                ["verify", layer, "--level", "comprehensive", "--json"] + more
            ).wait(seconds: 240)
            let checks = outcome.json["checks"]?.array ?? []
            let found = checks.last { ["replay", "recipe", "record"].contains($0["name"]?.string) }
            return (outcome, found?["detail"]?.string ?? "")
        }

        @Test func `of a layer fetched with its evidence is bit-exact, on its own data alone`()
            throws
        {
            try a.start()
            let base = try a.share(
                LearningSample.base, ["--type", "foundation", "--licence", "CC-BY-SA-3.0"])
            let baseLayer = try #require(base["layer"]?.string)
            func train(_ licence: String) throws -> Outcome {
                try a.spawn(
                    bench.words(
                        "notes", steps: 8,
                        [
                            "--share", "--visibility", "public", "--licence", licence,
                            "--data-licence", "CC0-1.0", "--eval-split", "0.2", "--eval-every", "3",
                        ]
                    ).map { $0 == LearningSample.base ? baseLayer : $0 }
                ).wait(seconds: 240)
            }
            // Terms that drop share-alike are refused before a step is done.
            let refused = try train("CC-BY-4.0")
            #expect(refused.failure == "licence", "\(refused.out)")
            #expect(refused.out.contains("shareAlike (CC-BY-SA-3.0) via base"))
            #expect(try a.ask("jobs")["jobs"]?.array?.isEmpty ?? true)
            let outcome = try train("CC-BY-SA-3.0")
            try #require(outcome.code == 0, "\(outcome.out) \(outcome.error)")
            let layer = try #require(outcome.json["layer"]?.string)
            let b = try bench.laboratory.running("b", joining: [a])
            try Laboratory.eventually("b knows the layer") {
                try b.ask("find", "notes")["results"]?.array?.count == 1
            }
            try b.ask("fetch", baseLayer)
            let plain = try b.ask("fetch", layer, "--out", "\(bench.laboratory.path)/plain")
            #expect(
                !FileManager.default.fileExists(atPath: "\(bench.laboratory.path)/plain/run"))
            let (without, reason) = try verify(b, layer)
            #expect(without.code == 0 && without.json["verdict"] == "not-replayed")
            #expect(reason.contains("--evidence"), "\(reason)")
            let evidence = try b.ask("fetch", layer, "--evidence")
            #expect(evidence["received"]?.integer ?? 0 > plain["received"]?.integer ?? 0)
            let (one, _) = try verify(b, layer)
            #expect(one.code == 0 && one.json["verdict"] == "bit-exact-replayed", "\(one.out)")
            let (all, words) = try verify(b, layer, ["--all", "--threads", "1"])
            #expect(all.json["verdict"] == "bit-exact-replayed" && words.contains("all 8 steps"))
            let other = try bench.laboratory.write("other.jsonl", #"{"text":"Another line."}"#)
            let (differs, why) = try verify(b, layer, ["--data", other])
            #expect(differs.code == 0 && differs.json["verdict"] == "not-replayed")
            #expect(why.contains("data.examples"), "\(why)")
            // A folder with everything is what PEFT and a third lab get.
            let out = "\(bench.laboratory.path)/whole"
            try b.ask("export", layer, out)
            #expect(FileManager.default.fileExists(atPath: "\(out)/run/data/0.jsonl"))
            try judge(b, layer, "\(out)/run")
            b.stop()
            a.stop()
        }

        /// What a second reader, in Python, says of record and checkpoints.
        private func judge(_ node: TestNode, _ layer: String, _ run: String) throws {
            guard let python = Judges.python else { return }
            let manifest = try node.ask("show", layer)["manifest"]
            let blob = try #require(manifest?["provenance"]?["run"]?["blob"]?.string)
            func judged() throws -> Outcome {
                try Program(
                    python, [Judges.script("run.py"), node.object(blob), run],
                    in: bench.laboratory.path, environment: ["PYTHONDONTWRITEBYTECODE": "1"]
                ).wait(seconds: 60)
            }
            let sound = try judged()
            #expect(sound.code == 0 && sound.json["ok"] == true, "\(sound.out) \(sound.error)")
            #expect(sound.json["checkpoints"] == 9)
            try Laboratory.flip("\(run)/checkpoints/step-00000004/state.json", at: 40)
            #expect(try judged().code != 0)
        }

        @Test func `needs the data where they did not go with the layer`() throws {
            let answer = try bench.train("notes", steps: 4)
            let layer = try #require(answer["layer"]?.string)
            let (none, why) = try verify(a, layer, ["--base", LearningSample.base])
            #expect(none.json["verdict"] == "not-replayed" && why.contains("--data"))
            let (exact, _) = try verify(
                a, layer, ["--base", LearningSample.base, "--data", bench.data])
            #expect(exact.json["verdict"] == "bit-exact-replayed", "\(exact.out)")
        }
    }
}
