import Genome
import Testing
import Wire

@Suite("A steward's mapping of licences")
struct LicenceMappingTests {
    private static let steward = Fixtures.publisher

    private func mapping(
        _ licences: [(id: String, terms: LicenceTerms, text: Digest?, words: String)]
    ) throws -> LicenceMapping {
        try LicenceMapping.make(
            steward: Self.steward.publicKey, sequence: 3, issued: 10, expires: 20,
            licences: licences)
    }

    @Test func `that is longer than the journal can keep is refused with the limit`() throws {
        let text = String(repeating: "w", count: 500)
        func made(_ count: Int) throws -> LicenceMapping {
            try mapping((0..<count).map { ("LicenseRef-\($0)", .none, nil, text) })
        }
        let error = Fixtures.fault { _ = try made(100) }
        #expect(error?.description.contains("limit of \(LicenceMapping.bytesMax)") == true)
        // The longest one fits an entry of at most 65,535 bytes, in base64 and signed.
        let signed = Envelope.signed(
            try made(85).bytes, type: LicenceMapping.payloadType, by: Self.steward)
        #expect(signed.encode().count < 65_000)
    }

    @Test func `reads back what was written, and is signed by its steward`() throws {
        let terms = LicenceTerms(
            bits: [.researchOnly, .attribution], useRestrictions: ["ours"], caps: ["9 users"],
            namePrefixes: ["Ours"], derived: .only(["LicenseRef-B"]))
        let made = try mapping([
            ("LicenseRef-B", .none, nil, ""),
            ("LicenseRef-A", terms, Fixtures.digest(4), "research only"),
        ])
        let read = try LicenceMapping.decode(made.bytes)
        #expect(read.entries.map(\.id) == ["LicenseRef-A", "LicenseRef-B"])
        #expect(read.entries[0].terms == terms)
        #expect(read.entries[0].text == Fixtures.digest(4))
        #expect(read.entries[0].words == "research only")
        #expect(read.entries[1].terms == .none)
        #expect(read.sequence == 3 && read.issued == 10 && read.expires == 20)
        let envelope = Envelope.signed(
            made.bytes, type: LicenceMapping.payloadType, by: Self.steward)
        #expect(try LicenceMapping.verified(in: envelope).bytes == made.bytes)
        let other = Envelope.signed(
            made.bytes, type: LicenceMapping.payloadType, by: Fixtures.key(filledWith: 9))
        #expect(Fixtures.fault { _ = try LicenceMapping.verified(in: other) } != nil)
        let foreign = Envelope.signed(made.bytes, type: "text/plain", by: Self.steward)
        #expect(Fixtures.fault { _ = try LicenceMapping.verified(in: foreign) } != nil)
    }

    @Test(
        "maps only what the catalogue lacks",
        arguments: [
            "MIT", "LicenseRef-Llama-3", "LicenseRef-A+", "LicenseRef-A OR MIT", "Unlisted",
        ])
    func refuses(_ id: String) {
        #expect(Fixtures.fault { _ = try mapping([(id, .none, nil, "")]) } != nil)
    }

    @Test func `one licence stands once, in order, and an end comes after its beginning`() {
        #expect(
            Fixtures.fault {
                _ = try mapping([
                    ("LicenseRef-A", .none, nil, ""), ("LicenseRef-A", .none, nil, "x"),
                ])
            } != nil)
        #expect(
            Fixtures.fault {
                _ = try LicenceMapping.make(
                    steward: Self.steward.publicKey, sequence: 1, issued: 10, expires: 10,
                    licences: [])
            } == .field(path: "expires", .notAllowed("later than issued")))
    }

    @Test(
        "unknown members and values are refused",
        arguments: [
            (#"[]"#, 2, ""), (#"[]"#, 1, #""more":1,"#), (#"{}"#, 1, ""),
            (#"[{"id":"LicenseRef-A"}]"#, 1, ""),
            (#"[{"id":"LicenseRef-A","terms":{"asks":["money"]}}]"#, 1, ""),
            (#"[{"id":"LicenseRef-A","terms":{"derivedNever":[],"derivedOnly":[]}}]"#, 1, ""),
        ])
    func strict(_ licences: String, _ version: Int, _ more: String) {
        let key = Self.steward.publicKey.base32
        let text =
            #"{"issued":1,"licences":\#(licences),"mapping":\#(version),\#(more)"#
            + #""sequence":1,"steward":"\#(key)"}"#
        #expect(Fixtures.fault { _ = try LicenceMapping.decode(Array(text.utf8)) } != nil)
    }
}
