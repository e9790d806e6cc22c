import Genome
import Host
import Store
import Swarm
import Testing
import Wire

@testable import Node

extension RealNodes {
    /// Memberships that an issuer's node renews by itself, and members that hear of it in a
    /// session.
    @Suite("Renewal", .serialized)
    struct RenewalTests {
        private let laboratory: Laboratory

        init() throws { laboratory = try Laboratory() }

        /// Makes a member for two days in a home that nobody has open.
        private func admit(
            _ key: NodeKey, at home: String, _ sealing: String, _ time: Int64
        ) throws {
            let service = try Access.service(home)
            var action = JSONObject()
            action["action"] = "create"
            action["name"] = "northlab"
            let request = ServiceRequest(verb: "org", arguments: action, files: [])
            _ = try service.answer(request) { _ in }
            _ = try service.admit(
                try service.organization(named: "northlab"), key, rights: [.read], life: 172_800,
                label: nil, sealing: Keys.sealingKey(recipient: sealing), at: time)
            try service.library.close()
        }

        @Test func `a member's place is renewed half-way, with nothing to do for it`() throws {
            let member = try laboratory.running("member")
            let sealing = try #require(try member.ask("status")["sealing"]?.string)
            let issuer = laboratory.node("issuer")
            try issuer.ask("init")
            let now = Int64(Clock.wallMilliseconds() / 1_000)
            try admit(
                try #require(NodeKey(base32: member.key)), at: issuer.home, sealing, now - 129_600)
            try issuer.start(["--join", member.ticket])
            try Laboratory.eventually("the member joins") {
                try member.run("org", "join", "northlab").code == 0
            }
            func expires() throws -> Int64 {
                let members = try member.ask("org", "show", "northlab")["members"]?.array ?? []
                return members.first?["expires"]?.integer ?? 0
            }
            #expect(try expires() == now + 43_200, "cautious: off until the issuer wants it")
            #expect(try issuer.ask("org", "show", "northlab")["renewsAlone"] == false)
            let on = try issuer.ask("org", "renew", "northlab", "--auto", "on")
            #expect(on["renewsAlone"] == true)
            try Laboratory.eventually("the new place arrives in the session") {
                try expires() > now + 160_000
            }
            let off = try issuer.ask("org", "renew", "northlab", "--auto", "off")
            #expect(off["renewsAlone"] == false)
        }
    }

    /// The same by the clock that a test tells.
    @Suite("What is renewed") struct DueTests {
        private let home: HomeFixture
        private let friend = SigningKey(seed: [UInt8](repeating: 3, count: 32))!.publicKey
        private let now = Int64(Clock.wallMilliseconds() / 1_000)
        private let day: Int64 = 86_400

        init() throws {
            home = try HomeFixture()
            try home.ask("org", [("action", "create"), ("name", "northlab")])
        }

        private func admit(daysAgo: Int64, _ member: NodeKey? = nil) throws {
            _ = try home.service.admit(
                try home.service.organization(named: "northlab"), member ?? friend,
                rights: [.read], life: 7 * day, label: nil,
                sealing: [UInt8](repeating: 9, count: 32), at: now - daysAgo * day)
        }

        private func end(_ member: NodeKey? = nil) throws -> Int64? {
            let known = try home.service.organization(named: "northlab")
            return try home.service.library.memberships(of: known.id).map(\.0)
                .first { $0.member == member ?? friend }?.expires
        }

        private func auto(_ isOn: Bool) throws {
            try home.ask(
                "org",
                [("action", "renew"), ("organization", "northlab"), ("auto", .bool(isOn))])
        }

        @Test func `is what half its life is over of, while the owner wants it`() throws {
            try admit(daysAgo: 4)
            #expect(!home.service.renewDue(at: now))
            try auto(true)
            #expect(try end().map { $0 >= now + 7 * day } == true)
            // Fresh again: nothing to do for now.
            #expect(!home.service.renewDue(at: now))
            let fresh = try end()
            try auto(false)
            #expect(!home.service.renewDue(at: now + 5 * day))
            #expect(try end() == fresh)
            try home.service.library.setPolicy(
                "org-renewal:"
                    + (try home.service.organization(named: "northlab").id.base32), "1")
            // By then the own one of thirty days is not due either.
            #expect(home.service.renewDue(at: now + 5 * day))
            #expect(try end().map { $0 >= now + 12 * day } == true)
        }

        @Test func `is not what ran out`() throws {
            // Its last moment is past, the one of the other not yet.
            let late = SigningKey(seed: [UInt8](repeating: 4, count: 32))!.publicKey
            try admit(daysAgo: 8)
            try admit(daysAgo: 6, late)
            try auto(true)
            #expect(try end() == now - day)
            #expect(try end(late).map { $0 >= now + 7 * day } == true)
        }

        @Test func `is not what began lately, nor what was taken back`() throws {
            let other = SigningKey(seed: [UInt8](repeating: 4, count: 32))!.publicKey
            try admit(daysAgo: 3)
            try admit(daysAgo: 3, other)
            try auto(true)
            #expect(try end() == now + 4 * day)
            try home.ask(
                "org",
                [
                    ("action", "revoke"), ("organization", "northlab"),
                    ("key", .string(friend.base32)),
                ])
            // Both are due by then; what of the list is half over is renewed later.
            #expect(home.service.renewDue(at: now + 2 * day))
            #expect(try end() == now + 4 * day)
            #expect(try end(other).map { $0 >= now + 9 * day } == true)
        }
    }
}
