import Genome
import Testing
import Wire

@Suite("A detached envelope")
struct DetachedEnvelopeTests {
    @Test("holds the signatures and gets its document back")
    func roundTrip() throws {
        let manifest = try Fixtures.manifest()
        let envelope = Envelope.signed(
            manifest.bytes, type: Manifest.payloadType, by: Fixtures.publisher)
        let beside = envelope.detached
        #expect(try Envelope(detached: beside, payload: manifest.bytes) == envelope)
        #expect(try Manifest.verified(manifest.bytes, envelope: beside).layer == manifest.layer)
    }

    @Test("does not vouch for another document, nor hide one inside")
    func refuses() throws {
        let manifest = try Fixtures.manifest()
        let envelope = Envelope.signed(
            manifest.bytes, type: Manifest.payloadType, by: Fixtures.key(filledWith: 9))
        #expect(
            Fixtures.fault {
                _ = try Manifest.verified(manifest.bytes, envelope: envelope.detached)
            }
                == .envelope(.notSigned(by: manifest.publisher)))
        #expect(
            Fixtures.fault { _ = try Envelope(detached: envelope.encode(), payload: []) }
                == .tooLarge(what: "signed document", limit: 0))
    }
}
