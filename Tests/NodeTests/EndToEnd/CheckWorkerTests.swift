import Foundation
import Genome
import Host
import Testing
import Wire

@testable import Node

extension RealNodes {
    /// Strangers' files are read and run by a process that can do nothing else.
    @Suite("The check of a layer", .serialized)
    struct CheckWorkerTests {
        private let laboratory: Laboratory
        private let node: TestNode
        private let layer: String

        init() throws {
            laboratory = try Laboratory()
            node = laboratory.node("a")
            let base = try #require(
                node.share(LearningSample.base, ["--type", "foundation"])["layer"]?.string)
            layer = try #require(
                node.share(LearningSample.adapter, ["--type", "lora", "--base", base])["layer"]?
                    .string)
        }

        /// `verify`, slow enough to be looked at while it computes.
        private func verify(_ more: [String] = []) throws -> Program {
            try node.spawn(
                ["verify", layer, "--level", "comprehensive", "--json", "--threads", "1"] + more,
                environment: ["PLASMID_KERNELS": "portable"])
        }

        /// The process that checks, stopped as soon as it is there; nil if it is none any more.
        private func stopped(_ program: Program) -> pid_t? {
            let end = Clock.monotonic() + 20_000_000_000
            while Clock.monotonic() < end {
                let workers = TrainLaboratory.children(of: program.number, for: CheckWorker.verb)
                if let child = workers.first { return kill(child, SIGSTOP) == 0 ? child : nil }
                usleep(500)
            }
            return nil
        }

        @Test func `is killed with a word of its own, and the node goes on`() throws {
            try node.start()
            let program = try verify()
            let child = try #require(stopped(program))
            kill(child, SIGKILL)
            let outcome = program.wait(seconds: 60)
            #expect(outcome.code == 1 && outcome.failure == "quota", "\(outcome.out)")
            #expect(outcome.words.contains("the check of the layer ended without a word"))
            #expect(outcome.words.contains("signal 9") && outcome.words.contains("memory"))
            // Nothing was said of the layer, and both are as they were.
            #expect(try node.ask("show", layer)["statements"]?.array?.isEmpty ?? true)
            let again = try verify().wait(seconds: 120)
            #expect(again.code == 0 && again.json["ok"] == true, "\(again.out)")
            #expect(again.json["statement"]?["sequence"] == 1)
            node.stop()
        }

        @Test func `is confined, and leaves the home free`() throws {
            let program = try verify(["--memory", "64M", "--unsigned"])
            let child = try #require(stopped(program))
            // It goes on until it has given up what it does not need.
            kill(child, SIGCONT)
            var text = ""
            Laboratory.eventually("it can write no file and dump no core") {
                text =
                    (try? String(contentsOfFile: "/proc/\(child)/limits", encoding: .utf8)) ?? text
                return text.contains("Max file size             1048576 ")
            }
            #expect(text.contains("Max core file size        0 "), "\(text)")
            let most = (64 << 20) + Int(ConfinedWorker.memoryBeside)
            #expect(
                text.contains("Max data size             \(most) ") || !Confinement.limitsMemory)
            #expect(program.wait(seconds: 120).json["ok"] == true)
        }

        @Test func `ends with the command that asked for it`() throws {
            let program = try verify()
            let child = try #require(stopped(program))
            program.signal(SIGTERM)
            program.wait(seconds: 20)
            kill(child, SIGCONT)
            Laboratory.eventually("the worker has ended") { kill(child, 0) != 0 }
        }

        @Test func `takes no more memory than it may, and says so`() throws {
            let outcome = try verify(["--memory", "1M"]).wait(seconds: 60)
            #expect(outcome.code == 1 && outcome.failure == "quota", "\(outcome.out)")
            #expect(outcome.words.contains("1 MiB may be used"), "\(outcome.words)")
            let wrong = try verify(["--memory", "much"]).wait(seconds: 60)
            #expect(wrong.failure == "usage", "\(wrong.out)")
        }

        // MARK: The process alone

        /// Starts the process on an adapter in a folder, with what a shell does before it.
        private func check(
            _ adapter: String, after words: String = "true"
        ) throws -> CheckNews.Answer {
            func files(_ folder: String) throws -> JSONValue {
                let names = try FileManager.default.contentsOfDirectory(atPath: folder)
                return .array(
                    names.map { ["name": .string($0), "path": .string("\(folder)/\($0)")] })
            }
            let request: JSONValue = [
                "manifest": [:], "run": true, "threads": 1,
                "source": [
                    "title": "adapter", "files": try files(adapter), "layer": "00", "type": "lora",
                ],
                "base": ["title": "base", "files": try files(LearningSample.base)],
            ]
            let worker = "exec '\(Laboratory.binary)' \(CheckWorker.verb) \(getpid())"
            let supervisor = try WorkerSupervisor<CheckNews>(
                "check", ["-c", "\(words); \(worker)"], program: "/bin/sh",
                input: CanonicalJSON.write(try #require(request.object)),
                patience: .init(silence: 60))
            return try supervisor.follow { _ in }
        }

        @Test(.enabled(if: Confinement.limitsMemory, "needs a build without a sanitizer"))
        func `out of memory it is a failure with a name`() throws {
            let (facts, gates) = try check(LearningSample.adapter)
            #expect(!facts.facts.isEmpty && gates.count == 6)
            // So little that the system says so, or so little that nobody is told: where the one
            // ends and the other begins is the build's affair.
            let words = ["the system gives no ", "the check ended without a word"]
            for most in [1_500, 3_000, 4_500, 6_000] {
                let failure = #expect(throws: Failure.self) {
                    _ = try check(LearningSample.adapter, after: "ulimit -d \(most)")
                }
                let line = failure?.line ?? ""
                #expect(failure?.code == .quota && words.contains(where: line.contains), "\(line)")
            }
        }

        @Test(arguments: ["adapter_config.json", "adapter_model.safetensors"])
        func `of hostile files it says what is wrong and never crashes`(name: String) throws {
            let folder = "\(laboratory.path)/hostile"
            try FileManager.default.copyItem(atPath: LearningSample.adapter, toPath: folder)
            let sound = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
            var variants = [0, 1, 7, 8, 9, 40, 200, sound.count / 2, sound.count - 1].map {
                offset in
                var bytes = sound
                bytes[offset] ^= 0xff
                return bytes
            }
            variants += [0, 7, 8, 20, sound.count / 2, sound.count - 1].map { sound.prefix($0) }
            variants.append(sound + [0])
            variants.append(Data(repeating: 0xff, count: sound.count))
            var answers = 0
            for bytes in variants {
                try bytes.write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
                do {
                    _ = try check(folder)
                    answers += 1
                } catch let error as Failure {
                    #expect(
                        !error.message.contains("without a word")
                            && !error.message.contains("was ended"), "\(error.line)")
                }
            }
            #expect(answers > 0)
        }
    }
}
