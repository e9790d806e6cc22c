import Foundation
import Genome
import Host
import Testing
import Wire

@testable import Node

extension RealNodes {
    /// An organisation whose documents two of three homes must sign, with a file that goes from
    /// hand to hand, and a member whose node follows.
    @Suite("Several signers", .serialized)
    struct SeveralSignersTests {
        private let laboratory: Laboratory
        private let first: TestNode
        private let member: TestNode
        private let second: TestNode
        private let third: TestNode
        private let secondKey: String
        private let thirdKey: String

        init() throws {
            laboratory = try Laboratory()
            first = try laboratory.running("first")
            member = try laboratory.running("member", joining: [first])
            try member.meets(first)
            second = laboratory.node("second")
            third = laboratory.node("third")
            secondKey = try #require(try second.ask("init")["node"]?.string)
            thirdKey = try #require(try third.ask("init")["node"]?.string)
        }

        private func file(_ name: String) -> String { "\(laboratory.path)/\(name).json" }

        private func root(_ node: TestNode) throws -> Int64? {
            try node.ask("org", "show", "northlab")["root"]?.integer
        }

        private func counts(_ node: TestNode) throws -> Bool {
            let shown = try node.ask("org", "show", "northlab")
            return shown["fault"] == .null && shown["member"]?.string == node.key
        }

        /// Founded by an identity; from root 2 on two of three nodes must sign everything.
        private func found() throws {
            let lab = try #require(
                try first.ask("identity", "create", "lab")["key"]?.string)
            let made = try first.ask("org", "create", "northlab", "--as", "lab")
            #expect(made["organization"]?.string == lab)
            try Laboratory.eventually("the member's sealing key is known") {
                try first.run("org", "add", "northlab", member.key).code == 0
            }
            try Laboratory.eventually("the member joins") {
                try member.run("org", "join", "northlab").code == 0
            }
            let words = try first.refused(
                "refused", "org", "root", "northlab", "--add", first.key, "--add", secondKey,
                "--remove", lab, "--threshold", "root=2", "--threshold", "issuer=2", "--as", "lab")
            #expect(words.contains("--out FILE"))
            try first.ask(
                "org", "root", "northlab", "--add", first.key, "--add", secondKey, "--add",
                thirdKey, "--remove", lab, "--threshold", "root=2", "--threshold", "issuer=2",
                "--as", "lab", "--out", file("two"))
            // Not before enough have signed; and one key is one key however often it signs.
            try first.refused("refused", "org", "import", file("two"))
            try first.refused("refused", "org", "sign", file("two"))
            let checked = try third.ask("org", "sign", file("two"), "--check")
            #expect(checked["complete"]?.bool == false)
            let signed = try third.ask("org", "sign", file("two"))
            #expect(signed["complete"]?.bool == true)
            try first.ask("org", "import", file("two"))
            #expect(try root(first) == 2)
            try Laboratory.eventually("the member follows") { try root(member) == 2 }
            // What one issuer signed alone counts no more, for the member and for the first.
            #expect(try !counts(member) && !counts(first))
            try first.refused("refused", "org", "renew", "northlab", "--auto", "on")
            try first.ask("org", "renew", "northlab", "--out", file("members"))
            #expect(try second.ask("org", "sign", file("members"))["complete"]?.bool == true)
            try first.ask("org", "import", file("members"))
            try Laboratory.eventually("the member's new place arrives") { try counts(member) }
            #expect(try counts(first))
        }

        /// The third becomes a member: without the organisation's secrets it makes none.
        private func makeMember() throws {
            try third.ask("org", "import", file("two"))
            let sealing = try #require(try third.ask("status")["sealing"]?.string)
            let add = ["org", "add", "northlab", SigningKey.random().publicKey.base32]
            let outcome = try third.spawn(
                add + ["--sealing", sealing, "--out", file("early"), "--json"]
            ).wait()
            #expect(outcome.failure == "refused" && outcome.words.contains("no secrets"))
            try first.ask(
                "org", "add", "northlab", thirdKey, "--sealing", sealing, "--out", file("place"))
            try second.ask("org", "sign", file("place"))
            try third.ask("org", "import", file("place"))
            #expect(try third.ask("org", "show", "northlab")["fault"] == .null)
        }

        @Test func `an epoch of which not enough have signed stays without effect`() throws {
            try found()
            func epochs() throws -> Int64? {
                try first.ask("org", "show", "northlab")["epochs"]?.integer
            }
            #expect(try epochs() == 1)
            let words = try first.refused("refused", "org", "rotate", "northlab")
            #expect(words.contains("2 issuers") && words.contains("--out FILE"))
            #expect(try first.run("org", "renew", "northlab").failure == "refused")
            let draft = try first.ask("org", "rotate", "northlab", "--out", file("new"))
            #expect(draft["renewed"]?.array?.count == 2)
            // What is shared meanwhile is for the epoch that members have.
            #expect(try epochs() == 1)
            let path = try laboratory.write("meanwhile.txt", "Between two epochs.\n")
            _ = try first.share(path, ["--visibility", "organization", "--org", "northlab"])
            try Laboratory.eventually("the member hears of it") {
                try member.ask("find", "meanwhile")["results"]?.array?.count == 1
            }
            try second.ask("org", "sign", file("new"))
            try first.ask("org", "import", file("new"))
            #expect(try epochs() == 2)
            try Laboratory.eventually("the member has the new secrets") {
                try member.ask("org", "show", "northlab")["epochs"]?.integer == 2
            }
            #expect(try counts(member) && counts(first))
        }

        @Test func `two of three sign, a key is dropped, and peers follow`() throws {
            try found()
            try makeMember()
            try first.ask(
                "org", "root", "northlab", "--remove", thirdKey, "--out", file("three"))
            try third.refused("notFound", "org", "sign", file("three"), "--as", "nobody")
            try second.ask("org", "sign", file("three"))
            try first.ask("org", "import", file("three"))
            #expect(try root(first) == 3)
            try Laboratory.eventually("the member follows") { try root(member) == 3 }
            #expect(try counts(member), "both who signed its membership are still there")
            // The dropped key's word counts no more: neither a root nor a membership.
            let stranger = SigningKey.random().publicKey.base32
            try third.ask(
                "org", "root", "northlab", "--add", stranger, "--out", file("coup"))
            #expect(try first.run("org", "import", file("coup")).failure == "refused")
            let sealing = try #require(try third.ask("status")["sealing"]?.string)
            try third.ask(
                "org", "add", "northlab", stranger, "--sealing", sealing, "--out", file("guest"))
            try second.ask("org", "sign", file("guest"))
            let words = try first.refused("refused", "org", "import", file("guest"))
            #expect(words.contains("1 of the 2 issuer keys"))
            try first.refused("refused", "org", "sign", file("coup"))
            #expect(try root(first) == 3)
        }

        @Test func `roots that go back, leave one out or borrow signatures are refused`() throws {
            try found()
            try first.ask(
                "org", "root", "northlab", "--remove", thirdKey, "--out", file("three"))
            let draft = try documents("three")
            // A signature twice, and the signatures of another document.
            var twice = try #require(draft.last)
            twice["signatures"] = .array(
                (twice["signatures"]?.array ?? []) + (twice["signatures"]?.array ?? []))
            try write("twice", draft.dropLast() + [twice])
            let again = try first.refused("refused", "org", "import", file("twice"))
            #expect(again.contains("1 of the 2 root keys"))
            var borrowed = try #require(draft.last)
            borrowed["signatures"] = try documents("two").last?["signatures"] ?? .null
            try write("borrowed", draft.dropLast() + [borrowed])
            let words = try first.refused("refused", "org", "import", file("borrowed"))
            #expect(words.contains("0 of the 2 root keys"))

            try second.ask("org", "sign", file("three"))
            try first.ask("org", "import", file("three"))
            // Whoever never heard of it follows the whole chain, and no chain with a gap.
            let roots = try documents("three").filter {
                $0["payloadType"]?.string == OrganizationRoot.payloadType
            }
            #expect(roots.count == 3)
            try write("gap", [roots[0], roots[2]])
            let lone = laboratory.node("lone")
            try lone.ask("init")
            let gap = try lone.refused("refused", "org", "import", file("gap"))
            #expect(gap.contains("root 2 comes next"))
            try write("whole", roots)
            try lone.ask("org", "import", file("whole"))
            #expect(try root(lone) == 3)
            // An older root again changes nothing.
            try write("back", [roots[1]])
            try lone.ask("org", "import", file("back"))
            #expect(try root(lone) == 3)
        }

        private func documents(_ name: String) throws -> [JSONObject] {
            let bytes = try File(file(name), .read).readAll(limit: 1 << 20)
            let limits = JSONLimits(bytes: 1 << 20, depth: 6, values: 65_536)
            let texts = try JSONParser.parse(bytes, limits: limits)["documents"]?.array ?? []
            return try texts.map { text in
                try #require(
                    try JSONParser.parse(Array((text.string ?? "").utf8), limits: limits).object)
            }
        }

        private func write(_ name: String, _ documents: [JSONObject]) throws {
            var object = JSONObject()
            object["documents"] = .array(
                documents.map {
                    .string(String(decoding: CanonicalJSON.write($0), as: UTF8.self))
                })
            try laboratory.write("\(name).json", CanonicalJSON.write(object))
        }
    }
}
