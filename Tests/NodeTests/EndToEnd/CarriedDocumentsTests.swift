import Foundation
import Genome
import Host
import Testing
import Wire

@testable import Node

extension RealNodes {
    /// An issuer whose node never runs, another whose node does, and a member that meets only the
    /// second: what the first says travels in files.
    @Suite("Documents carried by hand", .serialized)
    struct CarriedDocumentsTests {
        private let laboratory: Laboratory
        private let first: TestNode
        private let second: TestNode
        private let member: TestNode

        init() throws {
            laboratory = try Laboratory()
            first = laboratory.node("first")
            try first.ask("init")
            second = try laboratory.running("second")
            member = try laboratory.running("member", joining: [second])
            try member.meets(second)
        }

        private func file(_ name: String) -> String { "\(laboratory.path)/\(name).json" }

        private func sealing(_ node: TestNode) throws -> String {
            try #require(try node.ask("status")["sealing"]?.string)
        }

        private func documents(_ name: String) throws -> [String] {
            let bytes = try File(file(name), .read).readAll(limit: 1 << 20)
            let limits = JSONLimits(bytes: 1 << 20, depth: 6, values: 65_536)
            let texts = try JSONParser.parse(bytes, limits: limits)["documents"]?.array ?? []
            return texts.compactMap(\.string)
        }

        private func write(_ name: String, _ documents: [String]) throws {
            var object = JSONObject()
            object["documents"] = .array(documents.map { .string($0) })
            try laboratory.write("\(name).json", CanonicalJSON.write(object))
        }

        @Test func `what one issuer takes back reaches the members of another at once`() throws {
            try first.ask("org", "create", "northlab")
            try first.ask("org", "root", "northlab", "--add", second.key)
            try first.ask(
                "org", "add", "northlab", second.key, "--sealing", try sealing(second),
                "--rights", "read,publish")
            try first.ask(
                "org", "add", "northlab", member.key, "--sealing", try sealing(member))
            try first.ask("org", "export", "northlab", "--out", file("all"))
            // The file itself makes the second an issuer: it hands the member its place.
            let taken = try second.ask("org", "import", file("all"))
            #expect(taken["passedOver"] == [])
            try Laboratory.eventually("the member joins") {
                try member.run("org", "join", "northlab").code == 0
            }
            #expect(try member.ask("org", "show", "northlab")["fault"] == .null)
            let path = try laboratory.write("notes.txt", "For the north lab.\n")
            let layer = try #require(
                try second.share(path, ["--visibility", "organization", "--org", "northlab"])[
                    "layer"]?.string)
            try Laboratory.eventually("the member hears of it") {
                try member.ask("find", "notes")["results"]?.array?.count == 1
            }

            try first.ask("org", "revoke", "northlab", member.key)
            try first.ask("org", "export", "northlab", "--out", file("without"))
            #expect(try documents("without").count == documents("all").count, "a list, no member")
            // The member's own place behind the list that ends it, as an older program exports it.
            try write("both", try documents("without") + documents("all"))
            let told = try second.ask("org", "import", file("both"))
            #expect(
                told["passedOver"]?.array?.map { $0["member"]?.string } == [member.key])
            let shown = try second.spawn(["org", "import", file("both")]).wait().out
            #expect(shown.contains("not taken: membership of \(member.key.prefix(8))"))
            // The running node knows: no restart, no other document.
            try Laboratory.eventually("the member hears that its place is over") {
                try member.ask("org", "show", "northlab")["fault"]?.string?
                    .contains("taken back") == true
            }
            #expect(try member.run("fetch", layer, "--wait", "3").failure == "unreachable")
        }

        @Test func `a file is refused where none is written, and says what it holds`() throws {
            try first.ask("org", "create", "northlab")
            let never = file("never")
            for words in [
                ["create", "southlab"], ["list"], ["show", "northlab"], ["join", "northlab"],
                ["leave", "northlab"], ["renew", "northlab", "--auto", "on"],
                ["import", file("all")], ["sign", file("all"), "--check"],
            ] {
                let outcome = try first.spawn(["org"] + words + ["--out", never, "--json"]).wait()
                #expect(outcome.code == 2 && outcome.failure == "usage", "\(words)")
                #expect(outcome.words.contains("--out"), "\(words): \(outcome.words)")
            }
            #expect(!Directory.exists(never))
            #expect(try first.ask("org", "list")["organizations"]?.array?.count == 1)
            // Whoever is asked to sign sees for how long, and whose word it would be.
            try first.ask(
                "org", "add", "northlab", second.key, "--sealing", try sealing(second), "--label",
                "bench", "--days", "3", "--out", file("place"))
            let said = try first.spawn(["org", "sign", file("place"), "--check"]).wait().out
            let key = try #require(try first.ask("org", "show", "northlab")["organization"]?.string)
            #expect(said.contains("in the name of \(key)") && said.contains("called bench"))
            #expect(said.contains("from now"), "\(said)")
        }
    }
}
