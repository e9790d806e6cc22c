import Foundation
import Genome
import Host
import Testing

extension RealNodes {
    /// What goes wrong at the command line, and what each says.
    @Suite("The command", .serialized)
    struct CommandLineTests {
        private let laboratory: Laboratory

        init() throws { laboratory = try Laboratory() }

        @Test func `says how to make a home where none is`() throws {
            let node = laboratory.node("none")
            for verb in ["list", "find", "status", "peers", "ticket"] {
                #expect(try node.refused("notFound", verb).contains("plasmid init"))
            }
            #expect(!FileManager.default.fileExists(atPath: node.home))
        }

        @Test func `makes a home once and names the same node after`() throws {
            let node = laboratory.node("twice")
            let first = try node.ask("init", "--label", "biolab")
            let second = try node.ask("init")
            #expect(first["node"] == second["node"] && first["home"] == second["home"])
            #expect(second["label"] == "biolab")
            try node.start()
            #expect(try node.ask("init")["node"] == first["node"])
            #expect(node.key == first["node"]?.string)
            node.stop()
            try node.refused("usage", exit: 2, "init", "--label", "no spaces please")
        }

        @Test func `refuses a second node on one home and names the first`() throws {
            let node = try laboratory.running("one")
            let process = try #require(node.process?.number)
            let second = try node.spawn([
                "run", "--json", "--no-lan", "--listen", "127.0.0.1:0",
            ]).wait(seconds: 20)
            #expect(second.code == 1)
            #expect(second.failure == "busy")
            #expect(second.words.contains("\(process)"), "\(second.words)")
            #expect(second.errorLines.count == 1)
            #expect(try node.ask("status")["process"]?.integer == Int64(process))
            node.stop()
        }

        @Test func `refuses a port that is taken and leaves the home free`() throws {
            let first = try laboratory.running("one")
            let second = laboratory.node("two")
            let taken = try second.begin(["--listen", "127.0.0.1:\(first.port)"])
                .wait(seconds: 20)
            #expect(taken.code == 1)
            #expect(taken.failure == "busy")
            #expect(taken.words.contains("--listen"))
            try second.start()
            second.stop()
        }

        @Test func `names what a later version will do as unsupported`() throws {
            let node = laboratory.node("old")
            _ = try node.ask("init")
            try node.refused("unsupported", "run", "--http", "127.0.0.1:0")
            for verb in ["dataset", "promote"] {
                try node.refused("unsupported", verb)
                #expect(!(try node.spawn(["--help"]).wait().out.contains("  \(verb) ")))
            }
        }

        @Test func `suggests what may have been meant`() throws {
            let node = laboratory.node("typo")
            #expect(try node.refused("usage", exit: 2, "fetsh").contains("fetch"))
            let words = try node.refused("usage", exit: 2, "share", "x", "--visibilty", "public")
            #expect(words.contains("--visibility"))
            let help = try node.spawn(["share", "--help"]).wait()
            #expect(help.code == 0 && help.out.contains("--licence"))
            #expect(try node.spawn([]).wait().code == 2)
            #expect(try node.spawn(["--version"]).wait().out.hasPrefix("plasmid/"))
        }

        @Test func `works with a home whose path is too long for a socket`() throws {
            let long = "\(laboratory.path)/" + String(repeating: "long-name-", count: 14) + "/home"
            let a = try laboratory.running("a")
            let file = try laboratory.write("open.txt", "Known to all.\n")
            let layer = try #require(try a.share(file)["layer"]?.string)
            let node = laboratory.node("long", home: long)
            try node.start(["--join", a.ticket])
            #expect(try node.ask("status")["running"]?.bool == true)
            _ = try node.ask("find", "--wait", "20")
            _ = try node.ask("fetch", layer)
            #expect(try node.ask("list")["layers"]?.array?.count == 1)
            node.stop()
            #expect(try node.ask("status")["running"]?.bool == false)
        }

        @Test func `says how to start a node where one is needed`() throws {
            let node = laboratory.node("quiet")
            _ = try node.ask("init")
            for verb in ["peers", "ticket"] {
                #expect(try node.refused("unreachable", verb).contains("plasmid run"))
            }
            let layer = String(repeating: "1", count: 64)
            #expect(try node.refused("unreachable", "fetch", layer).contains("plasmid run"))
            #expect(try node.ask("list")["layers"]?.array?.isEmpty == true)
            #expect(try node.ask("status")["running"]?.bool == false)
        }

        @Test func `refuses a home that others can write to, or with readable keys`() throws {
            let node = laboratory.node("open")
            _ = try node.ask("init")
            _ = chmod(node.home, 0o777)
            #expect(try node.refused("refused", "list").contains("chmod 700"))
            _ = chmod(node.home, 0o700)
            _ = chmod("\(node.home)/keys/node", 0o644)
            #expect(try node.refused("refused", "list").contains("chmod 600"))
            _ = chmod("\(node.home)/keys/node", 0o600)
            _ = try node.ask("list")
        }

        @Test func `writes no control characters of a peer to the terminal`() throws {
            let a = try laboratory.running("a")
            let file = try laboratory.write("open.txt", "Known to all.\n")
            let refused = try a.spawn([
                "share", file, "--type", "memory", "--visibility", "public", "--licence", "MIT",
                "--summary", "red \u{1b}[31m and \u{202e}backwards", "--json",
            ]).wait()
            #expect(refused.code != 0)
            #expect(!refused.error.contains("\u{1b}") && !refused.error.contains("\u{202e}"))
            let words = try a.spawn(["show", "\u{1b}[31mname"]).wait()
            #expect(words.code != 0)
            #expect(!words.error.contains("\u{1b}"), "\(words.error)")
        }
    }
}
