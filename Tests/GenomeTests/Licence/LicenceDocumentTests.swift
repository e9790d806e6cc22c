import Genome
import Testing
import Wire

@Suite("A document of terms")
struct LicenceDocumentTests {
    private let key = Fixtures.publisher

    private func mapping(_ sequence: UInt64) throws -> LicenceMapping {
        try LicenceMapping.make(
            steward: key.publicKey, sequence: sequence, issued: 5,
            licences: [("LicenseRef-A", .unknown, nil, "")])
    }

    @Test func `is told by its type, and counts with its signature alone`() throws {
        let mapping = try mapping(3)
        let document = try LicenceDocument.verified(in: mapping.signed(by: key))
        #expect(document.kind == "mapping" && document.signer == key.publicKey)
        #expect(document.order == 3 && document.subject.isEmpty)
        let stub = try LicenceStub.make(
            publisher: key.publicKey, layer: Fixtures.digest(4), stated: .terms(.none),
            widestChild: .public, issued: 9)
        let other = try LicenceDocument.verified(in: stub.signed(by: key))
        #expect(other.kind == "stub" && other.order == 9)
        #expect(other.subject == Fixtures.digest(4).bytes)
        let forged = Envelope.signed(
            mapping.bytes, type: LicenceMapping.payloadType, by: Fixtures.key(filledWith: 9))
        #expect(Fixtures.fault { _ = try LicenceDocument.verified(in: forged) } != nil)
        let strange = Envelope.signed(mapping.bytes, type: "text/plain", by: key)
        #expect(
            Fixtures.fault { _ = try LicenceDocument.verified(in: strange) }
                == .envelope(.otherType("text/plain")))
    }
}
