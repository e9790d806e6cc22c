import Foundation
import Genome
import Host
import Testing
import Wire

extension RealNodes {
    /// What of a training is published, and what happens around it.
    @Suite("The layer of a training", .serialized)
    struct TrainPublishTests {
        private let bench: TrainLaboratory
        private var node: TestNode { bench.node }
        private static let terms = ["--data-licence", "CC0-1.0"]

        init() throws { bench = try TrainLaboratory() }

        private func paths(_ layer: String) throws -> [String] {
            (try node.ask("show", layer)["files"]?.array ?? []).compactMap {
                $0["path"]?.string
            }
        }

        private func log() throws -> String {
            try String(contentsOfFile: bench.folder() + "/log", encoding: .utf8)
        }

        @Test func `holds no data that were changed after they were read, and is sound`() throws {
            let program = try node.spawn(bench.words("a", steps: 60, Self.terms))
            Laboratory.eventually("it does steps") { bench.stepsDone() >= 2 }
            _ = try bench.laboratory.write("notes.jsonl", #"{"text":"Something else."}"#)
            let outcome = program.wait(seconds: 120)
            try #require(outcome.code == 0, "\(outcome.out) \(outcome.error)")
            let layer = try #require(outcome.json["layer"]?.string)
            #expect(try node.ask("verify", layer)["ok"] == true)
            #expect(try !paths(layer).contains { $0.hasPrefix("run/data") })
            #expect(try log().contains("notes.jsonl was changed"))
            let job = try bench.folder()
            #expect(!FileManager.default.fileExists(atPath: job + "/data"))
        }

        @Test func `holds what was learned under its terms, and never what it was judged by`()
            throws
        {
            let judged = try bench.laboratory.write("held.jsonl", #"{"text":"Line 7 of all."}"#)
            let answer = try bench.train("a", steps: 4, Self.terms + ["--eval", judged])
            let files = try paths(try #require(answer["layer"]?.string))
            #expect(files.contains("run/data/0.jsonl"))
            #expect(!files.contains { $0.hasPrefix("run/evaluation") })
            #expect(answer["evaluations"]?.array?.count == 1)
        }

        @Test func `says why data do not go with it, and that a folder is no parent`() throws {
            let first = try bench.train("a", steps: 2)
            let path = try #require(first["path"]?.string)
            let words = bench.words(
                "b", steps: 2, ["--init", path, "--data-licence", "LicenseRef-Ours"]
            ).filter { $0 != "--json" }
            let known = try node.spawn(words).wait(seconds: 60)
            #expect(known.code == 0 && known.error.contains("LicenseRef-Ours are not known"))
            #expect(!known.error.contains("names no parent"), "\(known.error)")
            let layer = try #require(try bench.jobs().first?["layer"]?.string)
            let parents = try node.ask("show", layer)["manifest"]?["provenance"]?["parentLayers"]
            #expect(parents?.array?.first?["layer"] == first["layer"])
            let other = bench.laboratory.node("other")
            let unknown = try other.spawn(words).wait(seconds: 60)
            #expect(unknown.code == 0 && unknown.error.contains("names no parent"))
        }

        @Test func `is made of more checkpoints than a process begins with open files`() throws {
            let soft = ["/bin/sh", "-c", "ulimit -S -n 64; exec \"$0\" \"$@\""]
            let many = bench.words("a", steps: 30, ["--keep-checkpoints", "30"])
            let outcome = try node.spawn(many, through: soft).wait(seconds: 120)
            try #require(outcome.code == 0, "\(outcome.out) \(outcome.error)")
            let states = try paths(try #require(outcome.json["layer"]?.string)).filter {
                $0.hasSuffix("state.json")
            }
            #expect(states.count == 31)
            let hard = ["/bin/sh", "-c", "ulimit -n 100; exec \"$0\" \"$@\""]
            let refused = try node.spawn(many, through: hard).wait(seconds: 60)
            #expect(refused.code == 1 && refused.words.contains("--keep-checkpoints"))
            #expect(try bench.jobs().count == 1)
        }

        @Test func `can be left for later while another command has the home`() throws {
            let program = try node.spawn(bench.words("a", steps: 30))
            Laboratory.eventually("it does steps") { bench.stepsDone() >= 1 }
            var lock: FileLock? = try FileLock.take("\(node.home)/LOCK")
            #expect(lock != nil)
            Laboratory.eventually("it publishes", seconds: 60) {
                (try? bench.jobs().first?["state"]) == "publishing"
            }
            program.signal(SIGINT)
            let outcome = program.wait(seconds: 20)
            #expect(outcome.code == 1 && outcome.words.contains("plasmid jobs resume"))
            let job = try #require(try bench.jobs().first)
            #expect(job["state"] == "stopped" && job["step"] == 30)
            lock = nil
            let identifier = try #require(job["job"]?.string)
            #expect(try node.ask("jobs", "resume", identifier)["layer"]?.string != nil)
        }
    }
}
