import Foundation
import Genome
import Host
import Testing
import Wire

/// Data, base and command lines of the tests that train for real.
struct TrainLaboratory {
    let laboratory: Laboratory
    let node: TestNode
    let data: String

    init() throws {
        laboratory = try Laboratory()
        node = laboratory.node("a")
        let lines = (0..<24).map { index in
            #"{"text":"Line \#(index) of the notes says that \#(index * 7) genes were passed on."}"#
        }
        data = try laboratory.write("notes.jsonl", lines.joined(separator: "\n") + "\n")
    }

    /// The words of a training of so many steps.
    func words(_ name: String, steps: Int, _ more: [String] = []) -> [String] {
        [
            "train", "--base", LearningSample.base, "--data", data, "--name", name, "--steps",
            "\(steps)", "--batch", "2", "--seq", "32", "--rank", "2", "--targets",
            "q_proj,v_proj", "--lr", "0.01", "--seed", "7", "--threads", "2", "--json",
        ] + more
    }

    /// Trains to the end and gives the answer.
    func train(
        _ name: String, steps: Int, _ more: [String] = [], environment: [String: String?] = [:],
        location: SourceLocation = #_sourceLocation
    ) throws -> JSONValue {
        let outcome = try node.spawn(
            words(name, steps: steps, more), environment: environment
        ).wait(seconds: 240)
        try #require(
            outcome.code == 0, "\(outcome.out) \(outcome.error)", sourceLocation: location)
        return outcome.json
    }

    /// The jobs as `jobs list` shows them, newest first.
    func jobs() throws -> [JSONValue] {
        try #require(try node.ask("jobs", "list")["jobs"]?.array)
    }

    /// The newest job's folder.
    func folder() throws -> String {
        let job = try #require(try jobs().first?["job"]?.string)
        return "\(node.home)/jobs/\(job)"
    }

    /// Lines of observations of the newest job so far; 0 while there is no job.
    func stepsDone() -> Int {
        let jobs = "\(node.home)/jobs"
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: jobs) else {
            return 0
        }
        return names.map { name in
            let bytes = FileManager.default.contents(
                atPath: "\(jobs)/\(name)/observations.jsonl")
            return bytes?.count { $0 == 0x0a } ?? 0
        }.max() ?? 0
    }

    /// Hash of a result's factors.
    static func hash(_ answer: JSONValue) throws -> Digest {
        let path = try #require(answer["path"]?.string) + "/adapter_model.safetensors"
        return Blake3.hash([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
    }

    /// The processes that a process started.
    static func children(of process: pid_t) -> [pid_t] {
        let path = "/proc/\(process)/task/\(process)/children"
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        return text.split(separator: " ").compactMap { pid_t($0) }
    }

    /// Those of them that it started for a verb.
    static func children(of process: pid_t, for verb: String) -> [pid_t] {
        children(of: process).filter { child in
            let words = FileManager.default.contents(atPath: "/proc/\(child)/cmdline") ?? Data()
            return words.split(separator: 0).contains(Data(verb.utf8))
        }
    }

    /// Ends a command and its worker as a power cut ends them.
    static func cut(_ program: Program) {
        for child in children(of: program.number) { kill(child, SIGKILL) }
        program.signal(SIGKILL)
        program.wait(seconds: 20)
    }
}
