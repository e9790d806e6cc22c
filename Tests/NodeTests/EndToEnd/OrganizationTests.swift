import Genome
import Host
import Testing
import Wire

@testable import Node

extension RealNodes {
    /// Three nodes: two of one organisation and a stranger, with a layer for its members.
    @Suite("Organisations", .serialized)
    struct OrganizationTests {
        private let laboratory: Laboratory
        private let issuer: TestNode
        private let member: TestNode
        private let stranger: TestNode

        init() throws {
            laboratory = try Laboratory()
            issuer = try laboratory.running("issuer")
            member = try laboratory.running("member", joining: [issuer])
            stranger = try laboratory.running("stranger", joining: [issuer, member])
            try member.meets(issuer)
            try stranger.meets(issuer)
        }

        /// Founds the organisation, makes the second node a member, and has it join.
        private func found(_ rights: String = "read") throws {
            try issuer.ask("org", "create", "northlab")
            try Laboratory.eventually("the member's sealing key is known") {
                try issuer.run(
                    "org", "add", "northlab", member.key, "--rights", rights, "--label", "bench"
                ).code == 0
            }
            try Laboratory.eventually("the invitation arrives") {
                try member.ask("org", "list")["invitations"]?.array?.count == 1
            }
            let joined = try member.ask("org", "join", "northlab")
            #expect(joined["fault"] == .null)
            #expect(joined["member"]?.string == member.key)
        }

        private func share(_ node: TestNode, _ name: String) throws -> String {
            let file = try laboratory.write("\(name).txt", "For the north lab: \(name).\n")
            let shared = try node.share(
                file, ["--visibility", "organization", "--org", "northlab"])
            return try #require(shared["layer"]?.string)
        }

        @Test func `a layer for members reaches members, and strangers get the answer for none`()
            throws
        {
            try found()
            let layer = try share(issuer, "protocol")
            try Laboratory.eventually("the member hears of it") {
                try member.ask("find", "protocol")["results"]?.array?.count == 1
            }
            let seen = try member.ask("find", "protocol")["results"]?.array?.first
            #expect(seen?["visibility"]?.string == "organization")
            let fetched = try member.ask("fetch", layer)
            #expect(fetched["layer"]?.string == layer)
            #expect(try member.ask("verify", layer)["ok"] == true)

            #expect(try stranger.ask("find", "protocol")["results"]?.array?.isEmpty == true)
            let absent = String(repeating: "7", count: 64)
            let words = try [layer, absent].map { id in
                try stranger.spawn(["fetch", id, "--wait", "3", "--json"]).wait().words
                    .replacing(id, with: "ID").replacing(id.prefix(16), with: "ID")
            }
            #expect(words[0] == words[1])
            // The issuer wrote down both answers, and can tell why.
            let log = try issuer.ask("audit", "access", "--layer", layer)["decisions"]?.array ?? []
            let served = log.filter { $0["action"]?.string == "serve" }
            #expect(served.contains { $0["caller"]?.string == member.key && $0["allowed"] == true })
            let number = try #require(served.first?["number"]?.integer)
            let why = try issuer.ask("audit", "why", "\(number)")
            #expect(why["reproduced"] == true)
            #expect(try issuer.ask("audit", "verify")["ok"] == true)
        }

        @Test func `a member that never met the publisher hears of a layer from another member`()
            throws
        {
            try found()
            let late = laboratory.node("late")
            let key = try #require(try late.ask("init")["node"]?.string)
            let sealing = try #require(try late.ask("status")["sealing"]?.string)
            try issuer.ask("org", "add", "northlab", key, "--sealing", sealing)
            let path = "\(laboratory.path)/northlab.json"
            try issuer.ask("org", "export", "northlab", "--out", path)
            try late.ask("org", "import", path)
            let layer = try share(issuer, "protocol")
            try Laboratory.eventually("the member hears of it") {
                try member.ask("find", "protocol")["results"]?.array?.count == 1
            }
            issuer.stop()
            // Both are asked at once: who holds nothing of it and who is a stranger to it.
            try late.start(["--join", member.ticket, "--join", stranger.ticket])
            try late.meets(member)
            try late.meets(stranger)
            try Laboratory.eventually("it hears of it from one that only heard of it", seconds: 10)
            {
                try late.ask("find", "protocol")["results"]?.array?.first?["layer"]?.string == layer
            }
            let circle = try late.ask("status")["circles"]?.array?.first
            #expect(circle?["links"]?.integer == 1 && circle?["accepted"]?.integer ?? 0 >= 1)
            #expect(try stranger.ask("find", "protocol")["results"]?.array?.isEmpty == true)
            #expect(try stranger.ask("status")["circles"] == [])
        }

        @Test func `who is taken out gets nothing any more, also after a restart`() throws {
            try found()
            let first = try share(issuer, "first")
            try Laboratory.eventually("the member hears of it") {
                try member.ask("find", "first")["results"]?.array?.count == 1
            }
            try member.ask("fetch", first)
            let revoked = try issuer.ask("org", "revoke", "northlab", member.key)
            #expect(revoked["revoked"]?.string == member.key)
            try issuer.ask("org", "rotate", "northlab")
            let second = try share(issuer, "second")
            #expect(try member.run("fetch", second, "--wait", "3").failure == "unreachable")
            #expect(try member.ask("find", "second")["results"]?.array?.isEmpty == true)
            // The member's own node knows that its place is over.
            try Laboratory.eventually("the revocation arrives") {
                try member.ask("org", "show", "northlab")["fault"]?.string != nil
            }
            let port = issuer.port
            issuer.stop()
            try issuer.start(["--listen", "127.0.0.1:\(port)"])
            try member.meets(issuer)
            #expect(try member.run("fetch", second, "--wait", "3").failure == "unreachable")
        }

        @Test
        func `members publish for it only with the right to, and for organisations they are in`()
            throws
        {
            try found("read")
            let file = try laboratory.write("theirs.txt", "Made by a member.\n")
            let words = try member.refused(
                "refused", "share", file, "--type", "memory", "--licence", "MIT",
                "--visibility", "organization", "--org", "northlab")
            #expect(words.contains("notMember"))
            try issuer.ask("org", "add", "northlab", member.key, "--rights", "read,publish")
            var layer = ""
            try Laboratory.eventually("the new right arrives") {
                let outcome = try member.run(
                    "share", file, "--type", "memory", "--licence", "MIT",
                    "--visibility", "organization", "--org", "northlab")
                layer = outcome.json["layer"]?.string ?? ""
                return outcome.code == 0
            }
            try Laboratory.eventually("the issuer hears of it") {
                try issuer.ask("find", "theirs")["results"]?.array?.count == 1
            }
            try issuer.ask("fetch", layer)
            try stranger.refused(
                "notFound", "share", file, "--type", "memory", "--licence", "MIT",
                "--visibility", "organization", "--org", "northlab")
        }

        @Test func `documents go by hand where nodes do not meet`() throws {
            try issuer.ask("org", "create", "northlab")
            let lone = laboratory.node("lone")
            let ready = try lone.ask("init")
            let key = try #require(ready["node"]?.string)
            let sealing = try #require(try lone.ask("status")["sealing"]?.string)
            try issuer.refused("notFound", "org", "add", "northlab", key)
            try issuer.ask("org", "add", "northlab", key, "--sealing", sealing)
            let path = "\(laboratory.path)/northlab.json"
            try issuer.ask("org", "export", "northlab", "--out", path)
            let taken = try lone.ask("org", "import", path)
            #expect(taken["organizations"]?.array?.first?["fault"] == .null)
            #expect(taken["organizations"]?.array?.first?["member"]?.string == key)
            #expect(try lone.ask("org", "leave", "northlab")["organizations"] == [])
        }
    }
}
