import Foundation
import Genome
import Host
import Testing
import Wire

extension RealNodes {
    /// Trainings that are stopped, killed, tampered with and taken up again.
    @Suite("A training job", .serialized)
    struct TrainJobTests {
        private let bench: TrainLaboratory
        private var node: TestNode { bench.node }
        private static let steps = 40

        init() throws { bench = try TrainLaboratory() }

        private func begin(_ name: String, _ more: [String] = []) throws -> Program {
            try node.spawn(
                bench.words(name, steps: Self.steps, ["--checkpoint-steps", "3"] + more))
        }

        private func wait(for steps: Int, _ program: Program) throws {
            Laboratory.eventually("\(steps) steps: \(program.out) \(program.error)", seconds: 60) {
                bench.stepsDone() >= steps || !program.isRunning
            }
        }

        private func resumed(_ job: String) throws -> JSONValue {
            let outcome = try node.spawn(["jobs", "resume", job, "--json"]).wait(seconds: 240)
            try #require(outcome.code == 0, "\(outcome.out) \(outcome.error)")
            return outcome.json
        }

        private func whole() throws -> JSONValue {
            // In a home of its own, so that the newest job here is the one that is cut.
            let other = bench.laboratory.node("whole")
            let outcome = try other.spawn(bench.words("x", steps: Self.steps)).wait(seconds: 240)
            try #require(outcome.code == 0, "\(outcome.out) \(outcome.error)")
            return outcome.json
        }

        @Test func `ends with the same bytes after kills at random steps`() throws {
            let whole = try whole()
            var random = SystemRandomNumberGenerator()
            let rounds = Laboratory.isLong ? 50 : 5
            // Steps that were done at each cut: a run that was faster than its cut is no round.
            var cuts: [Int] = []
            for round in 0..<(4 * rounds) where cuts.count < rounds {
                let cutAt = Int.random(in: 0..<Self.steps, using: &random)
                let program = try begin("r\(round)")
                try wait(for: cutAt, program)
                TrainLaboratory.cut(program)
                // Cut before the job was written down: nothing is there to go on with.
                guard let job = try bench.jobs().first else { continue }
                let identifier = try #require(job["job"]?.string)
                guard job["state"] != "finished" else {
                    try Directory.removeTree("\(node.home)/jobs/\(identifier)")
                    continue
                }
                #expect(job["state"] == "stopped" || job["state"] == "queued")
                cuts.append(bench.stepsDone())
                let answer = try resumed(identifier)
                #expect(
                    try TrainLaboratory.hash(answer) == TrainLaboratory.hash(whole),
                    "cut at \(cutAt)")
                #expect(answer["curve"] == whole["curve"], "cut at \(cutAt)")
                #expect(answer["run"] == whole["run"])
                try Directory.removeTree("\(node.home)/jobs/\(identifier)")
            }
            #expect(cuts.count == rounds)
            if Laboratory.isLong {
                print("\(cuts.count) kills after steps \(cuts.sorted()), each the same bytes")
            }
        }

        @Test func `saves its state on Ctrl-C and says how to go on`() throws {
            let program = try begin("a")
            try wait(for: 5, program)
            program.signal(SIGINT)
            let outcome = program.wait(seconds: 30)
            #expect(outcome.code == 1 && outcome.words.contains("plasmid jobs resume"))
            let job = try #require(try bench.jobs().first)
            #expect(job["state"] == "stopped" && job["step"]?.integer ?? 0 >= 5)
            let identifier = try #require(job["job"]?.string)
            let answer = try resumed(identifier)
            #expect(answer["steps"]?.integer == Int64(Self.steps))
            #expect(try TrainLaboratory.hash(answer) == TrainLaboratory.hash(whole()))
            #expect(try node.refused("refused", "jobs", "resume", identifier).contains("finished"))
        }

        @Test func `survives the end of its worker and of its command`() throws {
            let program = try begin("a")
            try wait(for: 4, program)
            for child in TrainLaboratory.children(of: program.number) { kill(child, SIGKILL) }
            let outcome = program.wait(seconds: 30)
            #expect(outcome.code == 1 && outcome.words.contains("signal 9"), "\(outcome.out)")
            let job = try #require(try bench.jobs().first)
            #expect(job["state"] == "failed")
            // The command alone: its worker saves its state and ends.
            let again = try node.spawn(["jobs", "resume", try #require(job["job"]?.string)])
            try wait(for: 12, again)
            let workers = TrainLaboratory.children(of: again.number)
            again.signal(SIGKILL)
            again.wait(seconds: 20)
            Laboratory.eventually("the worker ends") {
                workers.allSatisfy { !Machine.isRunning($0) }
            }
            #expect(try bench.jobs().first?["state"] == "stopped")
            _ = try resumed(try #require(job["job"]?.string))
        }

        @Test func `goes on without its terminal, is followed, cancelled and taken up again`()
            throws
        {
            let begun = try node.spawn(
                bench.words("a", steps: 400, ["--detach", "--checkpoint-steps", "50"])
            ).wait()
            #expect(begun.code == 0, "\(begun.out) \(begun.error)")
            let job = try #require(begun.json["job"]?.string)
            #expect(begun.json["state"] == "running" && begun.json["detached"] == true)
            #expect(try node.refused("refused", "jobs", "resume", job).contains("it is"))
            Laboratory.eventually("it does steps") { bench.stepsDone() >= 3 }
            let cancelled = try node.ask("jobs", "cancel", job)
            #expect(cancelled["state"] == "stopped")
            #expect(try node.refused("refused", "jobs", "cancel", job).contains("stopped"))
            let shown = try node.ask("jobs", "show", job)
            let done = try #require(shown["step"]?.integer)
            #expect(shown["curve"]?.array?.count == Int(done) && done >= 3)
            let again = try node.ask("jobs", "resume", job, "--detach")
            #expect(again["state"] == "running")
            let followed = try node.spawn(["jobs", "follow", job, "--json"]).wait(seconds: 120)
            #expect(followed.code == 0)
            let last = followed.out.split(separator: "\n").last.map { String($0) } ?? ""
            #expect(last.contains(#""state":"finished""#), "\(last)")
            #expect(followed.out.split(separator: "\n").count == 401)
            let log = try node.ask("jobs", "logs", job)
            #expect(
                log["lines"]?.array?.contains { $0.string?.contains("stopped") == true } == true)
        }

        @Test func `refuses a changed checkpoint, data or base by name`() throws {
            let base = "\(bench.laboratory.path)/base"
            try FileManager.default.copyItem(atPath: LearningSample.base, toPath: base)
            let program = try node.spawn(
                bench.words("a", steps: Self.steps, ["--checkpoint-steps", "3"]).map {
                    $0 == LearningSample.base ? base : $0
                })
            try wait(for: 10, program)
            program.signal(SIGTERM)
            program.wait(seconds: 30)
            let job = try #require(try bench.jobs().first?["job"]?.string)
            let checkpoints = try bench.folder() + "/checkpoints"
            let last = try #require(
                try FileManager.default.contentsOfDirectory(atPath: checkpoints).sorted().last)
            let files = [
                ("\(checkpoints)/\(last)/optimizer.safetensors", "optimizer.safetensors"),
                ("\(checkpoints)/\(last)/adapter_model.safetensors", "adapter_model.safetensors"),
                ("\(checkpoints)/\(last)/state.json", "state.json"),
                (bench.data, "data.examples"), ("\(base)/model.safetensors", "base.weights"),
                (try bench.folder() + "/recipe.json", "recipe"),
            ]
            for (path, name) in files {
                // Inside the last record's text; the others have nothing but hashes and numbers.
                let place = try File.facts(of: path).size - (path == bench.data ? 20 : 60)
                try Laboratory.flip(path, at: place)
                let outcome = try node.spawn(["jobs", "resume", job, "--json"]).wait(seconds: 60)
                #expect(outcome.code == 1 && outcome.words.contains(name), "\(outcome.out)")
                try Laboratory.flip(path, at: place)
            }
            _ = try resumed(job)
        }
    }
}
