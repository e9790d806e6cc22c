import Genome
import Testing
import Wire

@testable import Swarm

@Suite struct GrantTests {
    private func statement(_ kind: StatementKind, _ body: JSONObject) throws -> Statement {
        try Statement.make(
            kind: kind, layer: Blake3.hash([1]), publisher: Ground.publisher, sequence: 1,
            issued: 1_000, expires: 2_000, body: body)
    }

    @Test func `is read from its statement`() throws {
        var body = JSONObject()
        body["grantee"] = .string(Ground.key.base32)
        body["commands"] = ["read", "train"]
        body["excludedDomains"] = ["clinical"]
        let grant = try #require(Grant(try statement(.grant, body)))
        #expect(
            grant
                == Grant(
                    grantee: Ground.key, commands: [.read, .train],
                    excludedDomains: ["clinical"], expires: 2_000))
        #expect(grant.isInForce(at: 1_999) && !grant.isInForce(at: 2_000))
        body["isRevoked"] = true
        let revoked = try #require(Grant(try statement(.grant, body)))
        #expect(revoked.isRevoked && !revoked.isInForce(at: 1_500))
        var other = JSONObject()
        other["reason"] = "mistake"
        #expect(Grant(try statement(.withdrawal, other)) == nil)
    }

    @Test func `has the commands of its statement's format`() {
        let names = Set(Grant.Command.allCases.map(\.rawValue))
        let commands = StatementKind.grant.fields.first { $0.name == "commands" }
        guard case .list(.choice(let known, _), _, _) = commands?.schema else {
            Issue.record("the format names no commands")
            return
        }
        #expect(names == Set(known))
    }
}
