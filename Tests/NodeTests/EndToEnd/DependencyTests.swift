import Foundation
import Genome
import Testing

@testable import Node

extension RealNodes {
    /// What layers need, worked out and fetched by the program.
    @Suite("What a layer needs, on real nodes", .serialized)
    struct DependencyTests {
        private let laboratory: Laboratory
        private let node: TestNode

        init() throws {
            laboratory = try Laboratory()
            node = laboratory.node("a")
        }

        private func share(
            _ name: String, _ version: String, _ more: [String] = []
        ) throws -> String {
            let file = try laboratory.write("\(name)-\(version).txt", "\(name) \(version)\n")
            let answer = try node.share(
                file, ["--name", name, "--version", version, "--type", "x-part"] + more)
            return try #require(answer["layer"]?.string)
        }

        /// What `fetch` says to somebody at a terminal who answers its question with a line.
        private func fetched(
            _ layer: String, by node: TestNode, answering line: String
        ) throws -> String {
            let terminal = try PseudoTerminal()
            let command = try node.spawn(["fetch", layer], through: terminal.wrapper)
            var said = ""
            Laboratory.eventually("it asks") {
                said += terminal.seen()
                return said.contains("[y/N] ") || !command.isRunning
            }
            terminal.type(line)
            let outcome = command.wait()
            #expect(outcome.code == 0)
            return said + terminal.seen()
        }

        @Test func `is shown, or why it cannot be had`() throws {
            let old = try share("tool", "1.0.0")
            let new = try share("tool", "1.4.0")
            _ = try share("tool", "2.0.0")
            let part = try share("part", "1.0.0", ["--requires", "tool@^1.0.0"])
            let whole = try share(
                "whole", "1.0.0",
                [
                    "--requires", "part@*", "--requires", old.prefix(16).description, "--suggests",
                    "tool@^2",
                ])
            let needs = try node.ask("show", whole)["dependencies"]
            let lock = (needs?["lock"]?.array ?? []).map { $0["layer"]?.string }
            #expect(lock == [old, part], "\(String(describing: needs))")
            #expect(needs?["leftOut"]?.array?.count == 1 && needs?["missing"]?.array == [])
            #expect(
                (try node.ask("show", part)["dependencies"]?["lock"]?.array ?? []).map {
                    $0["layer"]?.string
                } == [new])
            let bad = try share("bad", "1.0.0", ["--requires", "part@*", "--conflicts", "tool@*"])
            let core = try node.ask("show", bad)["dependencies"]
            let lines = (core?["unsatisfiable"]?.array ?? []).compactMap(\.string)
            #expect(lines.contains { $0.contains("bad@1.0.0 conflicts with") }, "\(lines)")
            #expect(lines.contains { $0.contains("part@1.0.0 requires") })
            #expect(lines.last?.contains("2.0.0, 1.4.0, 1.0.0") == true)
            let shown = try node.spawn(["show", bad]).wait().out
            #expect(shown.contains("what cannot be had together"))
            let file = try laboratory.write("x.txt", "x")
            #expect(
                try node.refused(
                    "usage", exit: 2, "share", file, "--type", "x-part", "--visibility", "private",
                    "--requires", "tool@1.x"
                ).contains("no range"))
            try node.refused(
                "notFound", "share", file, "--type", "x-part", "--visibility", "private",
                "--requires", "nobody@^1")
        }

        @Test func `is told and fetched along`() throws {
            _ = try share("tool", "1.0.0")
            let part = try share("part", "1.0.0", ["--requires", "tool@^1.0.0"])
            let whole = try share("whole", "1.0.0", ["--requires", part])
            try node.start()
            let b = try laboratory.running("b", joining: [node])
            try Laboratory.eventually("b hears of all") {
                try b.run("find").json["results"]?.array?.count == 3
            }
            let told = try b.spawn(["fetch", whole]).wait()
            #expect(told.out.contains("missing    ") && told.out.contains("--with-dependencies"))
            // Of a part that is not here nobody knows what it needs itself.
            let needs = try b.ask("show", whole)["dependencies"]
            #expect(needs?["missing"]?.array?.count == 1)
            let size = needs?["missing"]?.array?.first?["size"]?.integer ?? 0
            #expect(size > 0 && told.out.contains(Sizes.text(UInt64(size))))
            for (typed, isFetched) in [("n", false), ("y", true)] {
                let c = try laboratory.running("c\(typed)", joining: [node])
                try Laboratory.eventually("c hears of all") {
                    try c.run("find").json["results"]?.array?.count == 3
                }
                let said = try fetched(whole, by: c, answering: typed)
                #expect(said.contains("It needs 1 layer of \(Sizes.text(UInt64(size))) besides:"))
                #expect(said.contains("/part@1.0.0, 11 B"), "\(said)")
                #expect(said.contains("Fetch it too? [y/N]"), "\(said)")
                #expect(try c.ask("list")["layers"]?.array?.count == (isFetched ? 3 : 1), "\(said)")
                c.stop()
            }
            let fetched = try b.ask("fetch", whole, "--with-dependencies")
            #expect(fetched["fetched"]?.array?.count == 2, "\(fetched)")
            #expect(try b.ask("list")["layers"]?.array?.count == 3)
            let after = try b.ask("show", whole)["dependencies"]
            #expect(after?["missing"]?.array == [] && after?["lock"]?.array?.count == 2)
            b.stop()
            node.stop()
        }
    }
}
