import Genome
import Testing
import Wire

@testable import Swarm

@Suite struct LayerPolicyTests {
    private func statement(
        _ kind: StatementKind, _ body: JSONValue
    ) throws -> Statement {
        try Statement.make(
            kind: kind, layer: Blake3.hash([1]), publisher: Ground.publisher, sequence: 1,
            issued: 1, body: try #require(body.object))
    }

    private func take(
        _ layer: inout LayerPolicy, _ statement: Statement, _ widest: Visibility
    ) -> Bool {
        layer.take(statement, widest: widest)
    }

    @Test func `takes grants in, one for each key, and their end`() throws {
        var layer = Ground.layer(.whitelist)
        let key = Ground.key.base32
        let grant = try statement(
            .grant, ["grantee": .string(key), "commands": ["read", "run"]])
        #expect(take(&layer, grant, .whitelist) == true)
        #expect(take(&layer, grant, .whitelist) == false)
        #expect(Ground.rule(.run, layer) == nil)
        let end = try statement(
            .grant,
            ["grantee": .string(key), "commands": ["read", "run"], "isRevoked": true])
        #expect(take(&layer, end, .whitelist) == true)
        #expect(layer.grants.count == 1)
        #expect(Ground.rule(.run, layer) == .hidden)
    }

    @Test func `becomes narrower and never wider than its manifest`() throws {
        var layer = Ground.layer(.public)
        let narrow = try statement(.visibility, ["visibility": "private"])
        #expect(take(&layer, narrow, .public) == true)
        #expect(Ground.rule(.see, layer) == .hidden)
        // Back to what the manifest allows, but no further.
        let wide = try statement(.visibility, ["visibility": "public"])
        #expect(take(&layer, wide, .whitelist) == false)
        #expect(layer.visibility == .private)
        #expect(take(&layer, wide, .public) == true)
        #expect(Ground.rule(.see, layer) == nil)
    }

    @Test func `is withdrawn from the time that is said`() throws {
        var layer = Ground.layer()
        let later = try statement(
            .withdrawal,
            ["reason": "wrong data", "effective": .integer(Ground.now + 60)])
        #expect(take(&layer, later, .public) == true)
        #expect(Ground.rule(.fetch, layer) == nil)
        #expect(Ground.rule(.fetch, layer, now: Ground.now + 60) == .withdrawn)
        // Who has it may go on using it; the licence says what.
        #expect(Ground.rule(.run, layer, now: Ground.now + 60) == nil)
    }

    @Test func `takes no meaning from other statements`() throws {
        var layer = Ground.layer()
        let review = try statement(.review, ["verdict": "approved"])
        #expect(take(&layer, review, .public) == false)
    }
}
