import Genome
import Testing
import Wire

@Suite("A signed document")
struct SignedDocumentTests {
    @Test func `counts with its type and the signature of the key that it names`() throws {
        let statement = try Statement.make(
            kind: .withdrawal, layer: Fixtures.digest(1), publisher: Fixtures.publisher.publicKey,
            sequence: 1, issued: 1_000, body: JSONValue.members(["reason": "mistake"]))
        let envelope = statement.signed(by: Fixtures.publisher)
        #expect(try Statement.verified(in: envelope).bytes == statement.bytes)
        #expect(
            Fixtures.fault { _ = try Manifest.verified(in: envelope) }
                == .envelope(.otherType(Statement.payloadType)))
        let stranger = Envelope.signed(
            statement.bytes, type: Statement.payloadType, by: Fixtures.key(filledWith: 9))
        #expect(
            Fixtures.fault { _ = try Statement.verified(in: stranger) }
                == .envelope(.notSigned(by: Fixtures.publisher.publicKey)))
    }
}
