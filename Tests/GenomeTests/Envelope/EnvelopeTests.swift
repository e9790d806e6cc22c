import Genome
import Testing
import Wire

@Suite("A DSSE envelope")
struct EnvelopeTests {
    private let payload = Array("hello world".utf8)
    private let type = "http://example.com/HelloWorld"
    private let signer = Fixtures.key(filledWith: 1)
    private let other = Fixtures.key(filledWith: 2)

    private func decode(_ text: String) throws -> Envelope {
        try Envelope.decode(Array(text.utf8), payloadMax: 1_024)
    }

    /// The example of the DSSE protocol text.
    @Test("signs the pre-authentication encoding")
    func preAuthenticationEncoding() {
        #expect(
            Envelope.signedBytes(type: type, payload: payload)
                == Array("DSSEv1 29 http://example.com/HelloWorld 11 hello world".utf8))
    }

    @Test("comes back from its bytes and verifies by the key, not by the hint")
    func roundTrip() throws {
        let envelope = Envelope.signed(payload, type: type, by: signer)
        let bytes = envelope.encode()
        #expect(CanonicalJSON.isCanonical(bytes, limits: Fixtures.limits))
        let read = try Envelope.decode(bytes, payloadMax: 1_024)
        #expect(read == envelope)
        #expect(try read.verifiedPayload(type: type, by: signer.publicKey) == payload)
        let lying = Envelope(
            payloadType: type, payload: payload,
            entries: [.init(hint: other.publicKey.base32, signature: read.entries[0].signature)])
        #expect(lying.isSigned(by: signer.publicKey))
        #expect(!lying.isSigned(by: other.publicKey))
    }

    @Test("refuses another type, another key and another payload")
    func refusesForgery() throws {
        let envelope = Envelope.signed(payload, type: type, by: signer)
        #expect(
            Fixtures.fault { _ = try envelope.verifiedPayload(type: "x", by: signer.publicKey) }
                == .envelope(.otherType(type)))
        #expect(
            Fixtures.fault { _ = try envelope.verifiedPayload(type: type, by: other.publicKey) }
                == .envelope(.notSigned(by: other.publicKey)))
        let changed = Envelope(
            payloadType: type, payload: payload + [33], entries: envelope.entries)
        #expect(!changed.isSigned(by: signer.publicKey))
        let moved = Envelope(
            payloadType: type + " 1", payload: payload, entries: envelope.entries)
        #expect(!moved.isSigned(by: signer.publicKey))
    }

    @Test("counts keys, not signatures")
    func countsKeys() {
        var envelope = Envelope.signed(payload, type: type, by: signer)
        envelope.add(signatureBy: signer)
        let keys: Set = [signer.publicKey, other.publicKey]
        #expect(envelope.signers(among: keys) == [signer.publicKey])
        envelope.add(signatureBy: other)
        #expect(envelope.signers(among: keys) == keys)
    }

    @Test("reads URL-safe base64 and a missing hint, as other programs write")
    func readsOthers() throws {
        let signature = Base64.encode([UInt8](repeating: 0xff, count: 64))
        let safe = String(signature.map { $0 == "/" ? "_" : $0 })
        let envelope = try decode(
            #"{"payloadType":"t","payload":"-_8","signatures":[{"sig":"\#(safe)"}]}"#)
        #expect(envelope.payload == [0xfb, 0xff])
        #expect(envelope.entries[0].hint.isEmpty)
    }

    @Test(
        "refuses what is no envelope",
        arguments: [
            ("[]", "the object"), ("{}", "payloadType"), (#"{"payloadType":1}"#, "payloadType"),
            (#"{"payloadType":"\u001b[2J","payload":"","signatures":[]}"#, "payloadType"),
            (#"{"payloadType":"t","payload":"*"}"#, "payload"),
            (#"{"payloadType":"t","payload":""}"#, "signatures"),
            (#"{"payloadType":"t","payload":"","signatures":[]}"#, "signatures"),
            (#"{"payloadType":"t","payload":"","signatures":[{"sig":"Zg=="}]}"#, "sig"),
            (#"{"payloadType":"t","payload":"","signatures":[{"keyid":1}]}"#, "keyid"),
        ])
    func refusesMalformed(_ text: String, _ part: String) {
        #expect(Fixtures.fault { _ = try decode(text) } == .envelope(.malformed(part)))
    }

    @Test("refuses more than sixteen signatures and a payload over the limit")
    func refusesSize() {
        let entry = #"{"sig":"\#(Base64.encode([UInt8](repeating: 0, count: 64)))"}"#
        let entries = Array(repeating: entry, count: 17).joined(separator: ",")
        let many = #"{"payloadType":"t","payload":"","signatures":[\#(entries)]}"#
        #expect(Fixtures.fault { _ = try decode(many) } == .envelope(.tooManySignatures))
        let long = Base64.encode([UInt8](repeating: 0, count: 1_025))
        let text = #"{"payloadType":"t","payload":"\#(long)","signatures":[\#(entry)]}"#
        #expect(
            Fixtures.fault { _ = try decode(text) }
                == .tooLarge(what: "signed document", limit: 1_024))
    }
}
