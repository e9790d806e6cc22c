import Foundation
import Genome
import Host
import Testing

@testable import Node

extension RealNodes {
    /// A conversation with the program, turn by turn.
    @Suite("A chat", .serialized)
    struct ChatTests {
        private let laboratory: Laboratory
        private let node: TestNode
        private static let template =
            "{{ bos_token }}{% for message in messages %}{{ message.role }}: "
            + "{{ message.content }}\n{% endfor %}"
            + "{% if add_generation_prompt %}assistant:{% endif %}"

        init() throws {
            laboratory = try Laboratory()
            node = laboratory.node("a")
        }

        /// Starts a chat whose turns are the lines of a file.
        private func chat(_ turns: [String], _ options: [String]) throws -> Outcome {
            let file = try laboratory.write(
                "turns-\(UUID().uuidString)", turns.joined(separator: "\n") + "\n")
            let shell = ["/bin/sh", "-c", #"file=$1; shift; exec "$@" < "$file""#, "sh", file]
            return try node.spawn(
                ["chat", "--json", "--base", LearningSample.base, "--max-tokens", "6"] + options,
                through: shell
            ).wait(seconds: 120)
        }

        private func answers(_ outcome: Outcome) throws -> [[Int]] {
            try #require(outcome.json["answers"]?.array).map {
                try LearningSample.integers($0["tokens"])
            }
        }

        @Test func `follows a template and remembers what was said`() throws {
            let template = try laboratory.write("chat.jinja", Self.template)
            let outcome = try chat(
                ["The package", "", "is installed"],
                ["--template", template, "--system", "Be brief.", "--ignore-eos"])
            #expect(outcome.code == 0, "\(outcome.out) \(outcome.error)")
            let messages = try #require(outcome.json["messages"]?.array)
            #expect(
                messages.map { $0["role"]?.string } == [
                    "system", "user", "assistant", "user", "assistant",
                ])
            // Each answer is what the model writes after the whole text so far.
            var text = ""
            for (index, answer) in try answers(outcome).enumerated() {
                let start = index == 0 ? 0 : 2 * index + 1
                for message in messages[start..<2 * index + 2] {
                    text +=
                        "\(message["role"]?.string ?? ""): \(message["content"]?.string ?? "")\n"
                }
                let single = try node.ask(
                    "infer", "--base", LearningSample.base, "--prompt", text + "assistant:",
                    "--max-tokens", "6", "--ignore-eos")
                #expect(try LearningSample.integers(single["tokens"]) == answer)
                text += "assistant: \(messages[2 * index + 2]["content"]?.string ?? "")\n"
            }
        }

        @Test func `forgets at a word and ends at another`() throws {
            let turns = ["The package", "/clear", "The package", "/exit", "more"]
            let outcome = try chat(turns, ["--plain"])
            #expect(outcome.code == 0, "\(outcome.error)")
            let answers = try answers(outcome)
            #expect(answers.count == 2 && answers[0] == answers[1])
            #expect(outcome.json["messages"]?.array?.count == 2)
        }

        @Test func `Ctrl-C ends the answer, and between two answers the conversation`() throws {
            let turns = "\(laboratory.path)/turns"
            #expect(mkfifo(turns, 0o600) == 0)
            // Open to read too, so that neither side waits for the other.
            let input = try File(turns, .write)
            let shell = ["/bin/sh", "-c", #"file=$1; shift; exec "$@" < "$file""#, "sh", turns]
            let program = try node.spawn(
                [
                    "chat", "--base", LearningSample.base, "--plain", "--max-tokens", "400",
                    "--ignore-eos", "--threads", "1", "--temperature", "1",
                ], through: shell, environment: ["PLASMID_KERNELS": "portable"])
            for turn in 1...2 {
                let before = program.out.utf8.count
                let line = Array("The package\n".utf8)
                #expect(write(input.descriptor.number, line, line.count) == line.count)
                Laboratory.eventually("it answers") { program.out.utf8.count > before }
                program.signal(SIGINT)
                Laboratory.eventually("it says so") {
                    program.error.components(separatedBy: "stopped after").count == turn + 1
                }
                #expect(program.isRunning && program.out.hasSuffix("\n"))
            }
            program.signal(SIGINT)
            let outcome = program.wait()
            #expect(outcome.code == 130, "\(outcome.error)")
            #expect(outcome.errorLines.last?.contains("ended") == true)
        }

        @Test func `without a template says what to do`() throws {
            let outcome = try chat(["x"], [])
            #expect(outcome.code == 1 && outcome.failure == "refused")
            #expect(outcome.words.contains("--template") && outcome.words.contains("--plain"))
            let broken = try laboratory.write("broken.jinja", "{% for %}")
            let other = try chat(["x"], ["--template", broken])
            #expect(other.code == 1 && !other.words.isEmpty)
            let none = try chat(["x"], ["--template", "\(laboratory.path)/none"])
            #expect(none.code == 1 && none.failure == "notFound")
        }

        @Test func `a turn longer than the model is refused with both numbers`() throws {
            let outcome = try chat([String(repeating: "word ", count: 600)], ["--plain"])
            #expect(outcome.code == 1 && outcome.words.contains("512"), "\(outcome.words)")
        }
    }
}
