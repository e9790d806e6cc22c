import Foundation
import Genome
import Host
import Testing
import Wire

extension RealNodes {
    /// What happens before the first step of a training, and how its worker is confined.
    @Suite("The beginning of a training", .serialized)
    struct TrainBeginTests {
        private let bench: TrainLaboratory
        private var node: TestNode { bench.node }

        init() throws { bench = try TrainLaboratory() }

        /// Words of a training that reads data for a while.
        private func long(_ name: String, _ more: [String] = []) throws -> [String] {
            let line = #"{"text":"Some line of the notes says that genes were passed on."}"# + "\n"
            let data = try bench.laboratory.write(
                "long.jsonl", String(repeating: line, count: 60_000))
            return bench.words(name, steps: 2, more).map { $0 == bench.data ? data : $0 }
        }

        private func worker(of program: Program) throws -> pid_t {
            Laboratory.eventually("a worker begins") {
                !TrainLaboratory.children(of: program.number).isEmpty || !program.isRunning
            }
            return try #require(TrainLaboratory.children(of: program.number).first)
        }

        private func stopped(_ job: JSONValue?) throws -> String {
            #expect(job?["state"] == "stopped")
            return try #require(job?["job"]?.string)
        }

        @Test func `ends at once when it is asked to, and leaves nothing`() throws {
            let program = try node.spawn(try long("a"))
            _ = try worker(of: program)
            program.signal(SIGTERM)
            let outcome = program.wait(seconds: 5)
            #expect(outcome.code == 1 && outcome.words.contains("before its first step"))
            #expect(!outcome.words.contains("jobs resume"))
            #expect(try bench.jobs().isEmpty)
        }

        @Test func `does not say how to go on with what is gone`() throws {
            let program = try node.spawn(try long("a"))
            kill(try worker(of: program), SIGKILL)
            let outcome = program.wait(seconds: 20)
            #expect(outcome.code == 1 && outcome.words.contains("signal 9"), "\(outcome.out)")
            #expect(!outcome.words.contains("plasmid jobs"), "\(outcome.words)")
            #expect(try bench.jobs().isEmpty)
        }

        @Test func `of a job that is taken up again can be cancelled while data are read`() throws {
            let program = try node.spawn(bench.words("a", steps: 400))
            Laboratory.eventually("it does steps") { bench.stepsDone() >= 2 }
            program.signal(SIGTERM)
            program.wait(seconds: 30)
            let before = try #require(try bench.jobs().first)
            let job = try stopped(before)
            // A pipe that nobody writes to: whoever opens it waits for ever.
            let text = try #require(FileManager.default.contents(atPath: bench.data))
            try FileManager.default.removeItem(atPath: bench.data)
            #expect(mkfifo(bench.data, 0o600) == 0)
            let again = try node.spawn(["jobs", "resume", job, "--json"])
            _ = try worker(of: again)
            let cancelled = try node.ask("jobs", "cancel", job)
            #expect(cancelled["state"] == "stopped" && cancelled["step"] == before["step"])
            let outcome = again.wait(seconds: 5)
            #expect(outcome.code == 1 && outcome.words.contains("plasmid jobs resume"))
            try FileManager.default.removeItem(atPath: bench.data)
            try text.write(to: URL(fileURLWithPath: bench.data))
            let third = try node.spawn(["jobs", "resume", job, "--json"]).wait(seconds: 120)
            #expect(third.code == 0, "\(third.out)")
        }

        @Test func `refuses a base of the store whose files were changed`() throws {
            let base = try node.share(LearningSample.base, ["--type", "foundation"])
            let layer = try #require(base["layer"]?.string)
            let weights = base["files"]?.array?.first { $0["path"] == "model.safetensors" }
            let object = node.object(try #require(weights?["blob"]?.string))
            func words(_ name: String, _ steps: Int) -> [String] {
                bench.words(name, steps: steps).map { $0 == LearningSample.base ? layer : $0 }
            }
            let program = try node.spawn(words("a", 400))
            Laboratory.eventually("it does steps") { bench.stepsDone() >= 2 }
            program.signal(SIGTERM)
            program.wait(seconds: 30)
            let job = try stopped(try bench.jobs().first)
            let place = try File.facts(of: object).size - 60
            try Laboratory.flip(object, at: place)
            for command in [["jobs", "resume", job, "--json"], words("b", 2)] {
                let outcome = try node.spawn(command).wait(seconds: 60)
                #expect(outcome.code == 1 && outcome.failure == "corrupt", "\(outcome.out)")
                #expect(outcome.words.contains("base.weights"), "\(outcome.words)")
            }
            try Laboratory.flip(object, at: place)
            let outcome = try node.spawn(["jobs", "resume", job, "--json"]).wait(seconds: 120)
            #expect(outcome.code == 0, "\(outcome.out)")
        }

        @Test func `takes a day for templates and no more tokens than the base has places`() throws
        {
            let long = bench.words("a", steps: 2).replacing(
                ["--seq", "32"], with: ["--seq", "513"])
            let refused = try node.spawn(long).wait()
            #expect(refused.code == 2 && refused.words.contains("512 positions"))
            let day = try bench.laboratory.write(
                "day.jinja",
                "{{ strftime_now('%Y') }}{% for m in messages %}{{ m.content }}{% endfor %}")
            let chat = try bench.laboratory.write(
                "chat.jsonl",
                #"{"messages":[{"role":"user","content":"a"},"#
                    + #"{"role":"assistant","content":"b c d"}]}"# + "\n")
            let words = bench.words(
                "b", steps: 2, ["--template", day, "--learn", "all", "--date", "2026-03-04"]
            ).map { $0 == bench.data ? chat : $0 }
            let outcome = try node.spawn(words).wait(seconds: 60)
            #expect(outcome.code == 0, "\(outcome.out)")
            let recipe = try String(
                contentsOfFile: bench.folder() + "/recipe.json", encoding: .utf8)
            #expect(recipe.contains(#""date":"2026-03-04T00:00:00""#), "\(recipe)")
        }

        @Test func `has a worker without a network, with limits on files and memory`() throws {
            let program = try node.spawn(bench.words("a", steps: 400))
            Laboratory.eventually("it does steps") { bench.stepsDone() >= 2 }
            let worker = try worker(of: program)
            let limits = try String(contentsOfFile: "/proc/\(worker)/limits", encoding: .utf8)
            func limit(_ name: String) throws -> [Substring] {
                let line = try #require(limits.split(separator: "\n").first { $0.hasPrefix(name) })
                return Array(line.dropFirst(name.count).split(separator: " ").prefix(2))
            }
            #expect(try limit("Max core file size") == ["0", "0"])
            for name in ["Max file size"] + (Confinement.limitsMemory ? ["Max data size"] : []) {
                // A number, of which the worker can take nothing back.
                let values = try limit(name)
                #expect(values[0] == values[1] && UInt64(values[0]) != nil, "\(limits)")
            }
            let manager = FileManager.default
            let own = try manager.destinationOfSymbolicLink(atPath: "/proc/self/ns/net")
            let its = try manager.destinationOfSymbolicLink(atPath: "/proc/\(worker)/ns/net")
            let log = try String(contentsOfFile: bench.folder() + "/log", encoding: .utf8)
            // Where the kernel does not let it, the log says so.
            #expect((own != its) == log.contains(", no network"), "\(log)")
            #expect((own != its) != log.contains("does not let the worker leave"))
            TrainLaboratory.cut(program)
        }
    }
}
