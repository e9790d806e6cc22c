import Genome
import Testing

@Suite("Terms as members of a document")
struct LicenceTermsSchemaTests {
    @Test func `terms that ask nothing are an empty object`() {
        #expect(LicenceTerms.none.json == [:])
        #expect(LicenceTerms.unknown.json == ["asks": ["unknown"]])
        #expect(LicenceTerms(derived: .only([])).json == ["derivedOnly": []])
        #expect(
            LicenceTerms(bits: [.researchOnly, .attribution], derived: .anyBut(["B", "A"])).json
                == ["asks": ["attribution", "researchOnly"], "derivedNever": ["A", "B"]])
    }

    @Test func `every member is in the table`() {
        let names = Set(LicenceTermsSchema.fields.map(\.name))
        let all = LicenceTerms(
            bits: [.unknown], useRestrictions: ["a"], caps: ["b"], namePrefixes: ["c"],
            derived: .only(["d"]))
        for name in all.json.object?.names ?? [] { #expect(names.contains(name)) }
    }
}
