import Foundation
import Genome
import Host
import Testing
import Wire

@testable import Node

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
            #expect(all.json["replayed"]?["steps"] == 8 && one.json["replayed"]?["of"] == 8)
            let other = try bench.laboratory.write("other.jsonl", #"{"text":"Another line."}"#)
            let (differs, why) = try verify(b, layer, ["--data", other])
            // What a person named wrongly says nothing of the layer.
            #expect(differs.code == 0 && differs.json["verdict"] == "not-replayed")
            #expect(why.contains("not the data of the training"), "\(why)")
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
            // A run that goes on from it begins with its very file.
            let second = try bench.train("second", steps: 2, ["--init", layer])
            let (begun, from) = try verify(
                a, try #require(second["layer"]?.string),
                ["--base", LearningSample.base, "--data", bench.data, "--all"])
            #expect(begun.json["verdict"] == "bit-exact-replayed", "\(begun.out)")
            #expect(from.contains("started from the adapter"), "\(from)")
        }

        @Test func `of a run that began with an adapter written elsewhere needs that adapter`()
            throws
        {
            let first = try bench.train("notes", steps: 2)
            // The same tensors in another file: with a mark that our writer does not set.
            let folder = try #require(first["path"]?.string)
            let other = "\(bench.laboratory.path)/other"
            try FileManager.default.copyItem(atPath: folder, toPath: other)
            try Self.remark("\(other)/adapter_model.safetensors")
            let options = ["--base", LearningSample.base, "--data", bench.data, "--all"]
            let second = try bench.train("second", steps: 2, ["--init", other])
            let (open, what) = try verify(
                a, try #require(second["layer"]?.string), options)
            #expect(open.json["verdict"] == "not-replayed" && open.code == 0, "\(open.out)")
            #expect(what.contains("from a start that is not here"), "\(what)")
            let base = try a.share(
                LearningSample.base, ["--type", "foundation", "--licence", "CC-BY-SA-3.0"])
            let shared = try a.share(
                other,
                [
                    "--type", "lora", "--base", try #require(base["layer"]?.string), "--name",
                    "other", "--licence", "CC-BY-SA-3.0",
                ])
            let third = try bench.train(
                "third", steps: 2, ["--init", try #require(shared["layer"]?.string)])
            let (begun, why) = try verify(
                a, try #require(third["layer"]?.string), options)
            #expect(begun.json["verdict"] == "bit-exact-replayed", "\(why) \(begun.error)")
        }

        @Test func `on a base that is damaged here says so of the base`() throws {
            let shared = try a.share(
                LearningSample.base, ["--type", "foundation", "--licence", "CC-BY-SA-3.0"])
            let base = try #require(shared["layer"]?.string)
            let answer = try bench.train("notes", steps: 2)
            let layer = try #require(answer["layer"]?.string)
            let manifest = try a.ask("show", base)
            let file = try #require(
                manifest["files"]?.array?.first { $0["path"] == "model.safetensors" })
            let object = a.object(try #require(file["blob"]?.string))
            let size = try #require(file["size"]?.integer)
            // The lowest bits of one of the weights, then the header.
            try Laboratory.flip(object, at: UInt64(size) - 2)
            let (open, why) = try verify(a, layer, ["--data", bench.data])
            #expect(open.json["verdict"] == "not-replayed" && open.code == 0, "\(open.out)")
            #expect(why.contains("/base@1.0.0 is damaged here: its files differ"), "\(why)")
            try Laboratory.flip(object, at: 8)
            let (broken, _) = try verify(a, layer, ["--data", bench.data])
            #expect(broken.code == 1 && broken.json["error"]?["code"] == "corrupt")
            let message = broken.json["error"]?["message"]?.string ?? ""
            #expect(message.hasPrefix("the base ") && message.hasSuffix(" is damaged here"))
        }

        /// Puts a blank into the header of a tensor file.
        private static func remark(_ path: String) throws {
            var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
            let length = (0..<8).reduce(0) { $0 | Int(bytes[$1]) << ($1 * 8) }
            bytes.insert(contentsOf: [UInt8](repeating: 0x20, count: 8), at: 8 + length)
            for index in 0..<8 {
                bytes[index] = UInt8(truncatingIfNeeded: (length + 8) >> (index * 8))
            }
            try Data(bytes).write(to: URL(fileURLWithPath: path))
        }

        @Test func `runs confined, and is ended with the command that asked for it`() throws {
            // So many that they are not over before all is looked at.
            let answer = try bench.train("notes", steps: 400)
            let layer = try #require(answer["layer"]?.string)
            let program = try a.spawn([
                "verify", layer, "--level", "comprehensive", "--base", LearningSample.base,
                "--data", bench.data, "--all", "--unsigned", "--threads", "1",
            ])
            var children: [pid_t] = []
            Laboratory.eventually("the replay runs") {
                // Another one has checked the layer before.
                children = TrainLaboratory.children(of: program.number, for: ReplayWorker.verb)
                return !children.isEmpty
            }
            // Steps are done in a process of their own, and the home is free.
            #expect(try a.ask("list")["layers"]?.array?.isEmpty == false)
            let child = try #require(children.first)
            if try Program("/usr/bin/unshare", ["--net", "--map-root-user", "true"], in: "/tmp")
                .wait(seconds: 10).code == 0
            {
                let network = Self.network("\(child)")
                #expect(kill(child, 0) == 0 && network != Self.network("self"))
            }
            var limits: [String: Int] = [:]
            Laboratory.eventually("it can write no file and hold no more than there is") {
                limits = Self.limits(of: child)
                return limits["file size"] == 1 << 20 && limits["core file size"] == 0
                    && (limits["data size"] != nil || !Confinement.limitsMemory)
            }
            program.signal(SIGTERM)
            program.wait(seconds: 20)
            Laboratory.eventually("the replay has ended") {
                children.allSatisfy { kill($0, 0) != 0 }
            }
        }

        /// The limits of a process that are numbers, by the kernel's names.
        private static func limits(of process: pid_t) -> [String: Int] {
            let text = try? String(contentsOfFile: "/proc/\(process)/limits", encoding: .utf8)
            var limits: [String: Int] = [:]
            for line in text?.split(separator: "\n") ?? [] where line.hasPrefix("Max ") {
                // The name takes 26 columns.
                let name = line.dropFirst(4).prefix(22)
                let value = line.dropFirst(26).split(separator: " ").first
                limits[name.trimmingCharacters(in: .whitespaces)] = value.flatMap { Int($0) }
            }
            return limits
        }

        /// The network that a process is in; nil where that is not told to us.
        private static func network(_ process: String) -> String? {
            try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/ns/net")
        }
    }
}
