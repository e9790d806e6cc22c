import Foundation
import Genome
import Host
import Testing
import Wire

extension RealNodes {
    /// The program trains an adapter and makes a layer of it.
    @Suite("Training", .serialized)
    struct TrainTests {
        private let bench: TrainLaboratory
        private var node: TestNode { bench.node }

        init() throws { bench = try TrainLaboratory() }

        @Test func `gives a layer, a folder that runs, and the curve of the contract`() throws {
            let answer = try bench.train(
                "notes", steps: 12, ["--eval-split", "0.2", "--eval-every", "4"])
            #expect(answer["steps"] == 12)
            let curve = try #require(answer["curve"]?.array)
            #expect(curve.map { $0["step"]?.integer } == (0..<12).map { Int64($0) })
            #expect(curve.allSatisfy { $0["lr"]?.number != nil && $0["gradNorm"]?.number != nil })
            #expect(answer["loss"]?["first"] == curve.first?["loss"])
            #expect(answer["loss"]?["last"] == curve.last?["loss"])
            let (first, last) = (curve[0]["loss"]?.number ?? 0, curve[11]["loss"]?.number ?? 9)
            #expect(last < first)
            #expect(answer["evaluations"]?.array?.map { $0["steps"]?.integer } == [4, 8, 12])
            #expect(answer["tokensPerSecond"]?.number ?? 0 > 0)
            #expect(answer["peakMemory"]?.integer ?? 0 > 1 << 20)
            let path = try #require(answer["path"]?.string)
            let card = try String(contentsOfFile: path + "/README.md", encoding: .utf8)
            #expect(!card.contains(bench.laboratory.path) && card.contains("notes.jsonl"))
            let config = try String(contentsOfFile: path + "/adapter_config.json", encoding: .utf8)
            #expect(!config.contains("/"))
            let layer = try #require(answer["layer"]?.string)
            let shown = try node.ask("show", layer)
            #expect(shown["visibility"] == "private" && shown["manifest"]?["type"] == "lora")
            let manifest = shown["manifest"]
            #expect(manifest?["adaptation"]?["trainingSteps"] == 12)
            #expect(manifest?["adaptation"]?["learningRate"] == "0.01")
            #expect(manifest?["provenance"]?["run"]?["blob"]?.string != nil)
            #expect(manifest?["provenance"]?["trainingData"]?.array?.count == 1)
            let paths = (shown["files"]?.array ?? []).compactMap { $0["path"]?.string }
            #expect(paths.contains("run/recipe.json") && !paths.contains { $0.contains("/data/") })
            #expect(paths.filter { $0.hasSuffix("state.json") }.count == 9)
            let said = try node.ask(
                "infer", "--base", LearningSample.base, "--layer", layer, "--prompt", "Line",
                "--max-tokens", "4")
            #expect(said["tokens"]?.array?.isEmpty == false)
        }

        @Test func `gives the same bytes on any number of threads and kind of processor`() throws {
            let first = try bench.train("a", steps: 6)
            for (threads, kernels) in [("1", "portable"), ("3", "avx2"), ("2", "avx512")] {
                let outcome = try node.spawn(
                    bench.words("a", steps: 6).replacing(
                        ["--threads", "2"], with: ["--threads", threads]),
                    environment: ["PLASMID_KERNELS": kernels]
                ).wait(seconds: 240)
                try #require(outcome.code == 0, "\(outcome.out) \(outcome.error)")
                #expect(outcome.json["run"] == first["run"])
                #expect(try TrainLaboratory.hash(outcome.json) == TrainLaboratory.hash(first))
                #expect(outcome.json["curve"] == first["curve"])
            }
            // The same run twice is a layer of the next version, not a conflict.
            let refs = try node.ask("list")["layers"]?.array?.compactMap { $0["ref"]?.string }
            #expect(refs?.contains { $0.hasSuffix("a@1.3.0") } == true)
        }

        @Test func `goes on from another adapter and names it as its parent`() throws {
            let first = try bench.train("a", steps: 3)
            let layer = try #require(first["layer"]?.string)
            let second = try bench.train("b", steps: 3, ["--init", layer])
            let manifest = try node.ask("show", try #require(second["layer"]?.string))["manifest"]
            let parent = manifest?["provenance"]?["parentLayers"]?.array?.first
            #expect(parent?["layer"]?.string == layer)
            #expect(parent?["relation"] == "fine-tuned-from")
            // The parent is here, so that the beginning can be checked too.
            let replay = try node.ask(
                "verify", try #require(second["layer"]?.string), "--level", "comprehensive",
                "--base", LearningSample.base, "--data", bench.data, "--all")
            #expect(replay["verdict"] == "bit-exact-replayed")
            #expect(
                second["loss"]?["first"]?.number ?? 9 < first["loss"]?["first"]?.number ?? 0)
            let outcome = try node.spawn(
                bench.words("c", steps: 3, ["--init", layer]).replacing(
                    ["--rank", "2"], with: ["--rank", "4"])
            ).wait()
            #expect(outcome.code == 1 && outcome.words.contains("rank"), "\(outcome.out)")
        }

        @Test func `what was written into the data meanwhile, and what only judges, stays here`()
            throws
        {
            let judged = try bench.laboratory.write("judged.jsonl", #"{"text":"held out"}"#)
            let licence = ["--data-licence", "CC0-1.0", "--eval", judged]
            func files(_ answer: JSONValue) throws -> [String] {
                let layer = try #require(answer["layer"]?.string)
                return try #require(try node.ask("show", layer)["files"]?.array).compactMap {
                    $0["path"]?.string
                }
            }
            let whole = try files(try bench.train("a", steps: 2, licence))
            #expect(whole.contains("run/data/0.jsonl"))
            #expect(!whole.contains { $0.hasPrefix("run/evaluation") })
            let program = try node.spawn(bench.words("b", steps: 60, licence))
            Laboratory.eventually("it does steps") { bench.stepsDone() >= 5 }
            let text = try String(contentsOfFile: bench.data, encoding: .utf8)
            try (text + #"{"text":"added later"}"# + "\n").write(
                toFile: bench.data, atomically: false, encoding: .utf8)
            let outcome = program.wait(seconds: 120)
            #expect(outcome.code == 0, "\(outcome.error)")
            #expect(!(try files(outcome.json)).contains("run/data/0.jsonl"))
        }

        @Test func `works through a running node, which goes on serving`() throws {
            try node.start()
            let answer = try bench.train("a", steps: 3)
            #expect(try node.ask("list")["layers"]?.array?.count == 1)
            #expect(answer["layer"]?.string != nil)
            node.stop()
            // A node may also begin while a training goes on: the home is free meanwhile.
            let program = try node.spawn(bench.words("b", steps: 60))
            Laboratory.eventually("it does steps") { bench.stepsDone() >= 5 }
            try node.start()
            let outcome = program.wait(seconds: 120)
            #expect(outcome.code == 0, "\(outcome.out) \(outcome.error)")
            #expect(try node.ask("list")["layers"]?.array?.count == 2)
            node.stop()
        }

        @Test func `says of each mistake what, why and what to do, and leaves nothing`() throws {
            func refused(
                _ code: String, _ exit: Int32, _ words: [String],
                location: SourceLocation = #_sourceLocation
            ) throws -> String {
                let outcome = try node.spawn(words).wait(seconds: 120)
                #expect(
                    outcome.code == exit && outcome.failure == code, "\(outcome.out)",
                    sourceLocation: location)
                return outcome.words
            }
            func changed(_ option: String, _ value: String) -> [String] {
                var words = bench.words("a", steps: 2)
                if let place = words.firstIndex(of: option) {
                    words[place + 1] = value
                } else {
                    words += [option, value]
                }
                return words
            }
            let targets = try refused("refused", 1, changed("--targets", "q_prj"))
            #expect(targets.contains("q_proj") && targets.contains("--targets"))
            #expect(try refused("refused", 1, changed("--targets", "x.*y")).contains("q_proj"))
            #expect(try refused("refused", 1, changed("--targets", "((")).contains("(("))
            let empty = try bench.laboratory.write("empty.jsonl", "")
            #expect(try refused("refused", 1, changed("--data", empty)).contains("empty.jsonl"))
            let bad = try bench.laboratory.write("bad.jsonl", "{\"text\":\"a\"}\n{\"txt\":1}\n")
            #expect(try refused("refused", 1, changed("--data", bad)).contains("bad.jsonl"))
            let ids = try bench.laboratory.write("ids.jsonl", "{\"input_ids\":[1,99999]}\n")
            #expect(try refused("refused", 1, changed("--data", ids)).contains("99999"))
            #expect(
                try refused("notFound", 1, changed("--data", "/nowhere.jsonl"))
                    .contains("No such file"))
            #expect(
                try refused("notFound", 1, changed("--data", LearningSample.base))
                    .contains("a folder"))
            #expect(
                try refused("notFound", 1, changed("--base", "./nowhere"))
                    .contains("no folder ./nowhere"))
            _ = try refused("notFound", 1, changed("--base", LearningSample.adapter))
            _ = try refused("usage", 2, changed("--lr", "fast"))
            _ = try refused("usage", 2, changed("--schedule", "up"))
            _ = try refused("usage", 2, changed("--patience", "3"))
            _ = try refused("usage", 2, changed("--visibility", "public"))
            let memory = try refused("quota", 1, changed("--memory", "1M"))
            #expect(memory.contains("would take more memory") && memory.contains("MB"))
            #expect(try bench.jobs().isEmpty)
        }

        @Test func `leaves the last state whole when the disk is full, and goes on from it`() throws
        {
            let large = bench.words("a", steps: 200, ["--checkpoint-steps", "2"]).replacing(
                ["--rank", "2"], with: ["--rank", "24"])
            let program = try node.spawn(large)
            Laboratory.eventually("it does steps") { bench.stepsDone() >= 5 }
            // From now on the state of the optimiser is larger than any file may be.
            let worker = try #require(TrainLaboratory.children(of: program.number).first)
            let limit = try Program(
                "/usr/bin/prlimit", ["--pid", "\(worker)", "--fsize=500000"],
                in: bench.laboratory.path)
            #expect(limit.wait().code == 0)
            let outcome = program.wait(seconds: 120)
            #expect(outcome.code == 1 && outcome.failure == "quota", "\(outcome.out)")
            let job = try #require(try bench.jobs().first)
            #expect(job["state"] == "failed")
            let names = try FileManager.default.contentsOfDirectory(
                atPath: bench.folder() + "/checkpoints"
            ).sorted()
            #expect(names.allSatisfy { !$0.hasPrefix(".") })
            let last = try #require(names.last.flatMap { Int($0.dropFirst(5)) })
            #expect(last >= 4 && last < 200)
            let resumed = try node.spawn(
                ["jobs", "resume", try #require(job["job"]?.string), "--json"])
            let answer = resumed.wait(seconds: 120).json
            let log = try String(contentsOfFile: bench.folder() + "/log", encoding: .utf8)
            #expect(log.contains("resumed at step \(last)"), "\(log)")
            let whole = try node.spawn(large).wait(seconds: 120).json
            #expect(try TrainLaboratory.hash(answer) == TrainLaboratory.hash(whole))
        }
    }
}
