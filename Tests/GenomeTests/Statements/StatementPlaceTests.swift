import Genome
import Testing
import Wire

@Suite("The place of a statement")
struct StatementPlaceTests {
    private func statement(_ kind: StatementKind, _ body: JSONValue) throws -> Statement {
        try Statement.make(
            kind: kind, layer: Fixtures.digest(1), publisher: Fixtures.publisher.publicKey,
            sequence: 1,
            issued: 1, body: body.object ?? JSONObject())
    }

    @Test("rights of different keys have places of their own")
    func grants() throws {
        let ann = Fixtures.key(filledWith: 1).publicKey.base32
        let bob = Fixtures.key(filledWith: 2).publicKey.base32
        let first = try statement(.grant, ["grantee": .string(ann), "commands": ["read"]])
        let other = try statement(.grant, ["grantee": .string(bob), "commands": ["read"]])
        let again = try statement(.grant, ["grantee": .string(ann), "commands": ["run"]])
        #expect(first.place != other.place)
        #expect(first.place == again.place)
        #expect(first.place.subject == ann)
    }

    @Test("what is missing counts as empty, and nested members are reached")
    func members() throws {
        let digest = Fixtures.digest(3).hexadecimal
        let measured = try statement(
            .measurement,
            [
                "task": "poems", "figures": [],
                "data": ["examples": .string(digest), "files": []],
            ])
        #expect(measured.place.subject == "poems\n\(digest)")
        let plain = try statement(.measurement, ["task": "poems", "figures": []])
        #expect(plain.place.subject == "poems\n")
        #expect(try statement(.visibility, ["visibility": "private"]).place.subject.isEmpty)
    }
}
