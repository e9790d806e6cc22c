import Genome
import Testing
import Wire

@Suite("A statement")
struct StatementTests {
    private let publisher = Fixtures.publisher.publicKey
    private let stranger = Fixtures.key(filledWith: 9)

    private func make(
        _ kind: StatementKind, _ body: JSONValue, publisher: NodeKey? = nil, sequence: UInt64 = 1,
        layer: Digest? = nil, expires: Int64? = nil
    ) throws -> Statement {
        try Statement.make(
            kind: kind, layer: try layer ?? Fixtures.manifest().layer,
            publisher: publisher ?? self.publisher, sequence: sequence, issued: 1_000,
            expires: expires, body: JSONValue.members(body))
    }

    @Test("comes back from its bytes and its envelope")
    func roundTrip() throws {
        let statement = try make(.visibility, ["visibility": "private"], expires: 2_000)
        let again = try Statement.decode(statement.bytes)
        #expect(again.bytes == statement.bytes && again.kind == .visibility)
        #expect(again.visibility == .private && again.sequence == 1)
        #expect(again.isInForce(at: 1_999) && !again.isInForce(at: 2_000))
        let envelope = statement.signed(by: Fixtures.publisher)
        #expect(try Statement.verified(in: envelope).bytes == statement.bytes)
        let forged = Envelope.signed(
            statement.bytes, type: Statement.payloadType, by: stranger)
        #expect(
            Fixtures.fault { _ = try Statement.verified(in: forged) }
                == .envelope(.notSigned(by: publisher)))
    }

    @Test("visibility is never wider than the manifest's")
    func neverWider() throws {
        var object = Fixtures.plainManifest()
        object["visibility"] = "whitelist"
        object["salt"] = .string(String(repeating: "00", count: 16))
        let manifest = try Manifest.make(object)
        for name in ["private", "whitelist"] {
            let body: JSONValue = ["visibility": .string(name)]
            try make(.visibility, body, layer: manifest.layer).check(against: manifest)
        }
        let wide = try make(.visibility, ["visibility": "public"], layer: manifest.layer)
        #expect(Fixtures.fault { try wide.check(against: manifest) } != nil)
        let organization = try make(
            .visibility, ["visibility": "private", "organization": .string(publisher.base32)],
            layer: manifest.layer)
        #expect(Fixtures.fault { try organization.check(against: manifest) } != nil)
    }

    @Test("what binds the layer comes from its publisher alone")
    func publisherAlone() throws {
        let manifest = try Fixtures.manifest()
        let key = stranger.publicKey
        let withdrawal = try make(.withdrawal, ["reason": "mistake"], publisher: key)
        #expect(Fixtures.fault { try withdrawal.check(against: manifest) } != nil)
        try withdrawal.check(against: manifest) { $0 == key }
        try make(.withdrawal, ["reason": "mistake"]).check(against: manifest)
        try make(.feedback, ["rating": 5], publisher: key).check(against: manifest)
        let elsewhere = try make(.feedback, ["rating": 5], layer: Fixtures.digest(1))
        #expect(Fixtures.fault { try elsewhere.check(against: manifest) } != nil)
    }

    @Test("an acceptance accepts the layer's own terms")
    func acceptance() throws {
        let manifest = try Fixtures.manifest()
        let key = stranger.publicKey
        try make(.acceptance, ["licence": "Apache-2.0"], publisher: key).check(against: manifest)
        let other = try make(.acceptance, ["licence": "MIT"], publisher: key)
        #expect(Fixtures.fault { try other.check(against: manifest) } != nil)
    }

    @Test("the highest sequence counts, whatever the order of arrival")
    func current() throws {
        let one = try make(.visibility, ["visibility": "private"], sequence: 1)
        let two = try make(.visibility, ["visibility": "public"], sequence: 2)
        let same = try make(.visibility, ["visibility": "whitelist"], sequence: 2)
        #expect(Statement.current(of: [two, one])?.sequence == 2)
        #expect(
            Statement.current(of: [two, same])?.bytes == Statement.current(of: [same, two])?.bytes)
        #expect(Statement.current(of: []) == nil)
    }

    @Test("anything outside the schema is refused")
    func refuses() throws {
        #expect(Fixtures.fault { _ = try make(.visibility, ["visibility": "odd"]) } != nil)
        #expect(Fixtures.fault { _ = try make(.withdrawal, .object(JSONObject())) } != nil)
        #expect(Fixtures.fault { _ = try make(.feedback, ["rating": 6]) } != nil)
        #expect(Fixtures.fault { _ = try make(.feedback, ["rating": 1, "x": 1]) } != nil)
        #expect(Fixtures.fault { _ = try make(.feedback, ["rating": 1], expires: 1_000) } != nil)
        #expect(Fixtures.fault { _ = try make(.feedback, ["rating": 1], sequence: .max) } != nil)
        let statement = try make(.feedback, ["rating": 1])
        let text = String(decoding: statement.bytes, as: UTF8.self)
        for (old, new) in [
            (#""statement":1"#, #""statement":2"#), ("feedback", "gossip"),
            (#""rating":1"#, #""rating":1.5"#), (#""rating":1"#, #""rating": 1"#),
        ] {
            let bytes = Array(text.replacing(old, with: new).utf8)
            #expect(Fixtures.fault { _ = try Statement.decode(bytes) } != nil, "\(new)")
        }
    }
}
