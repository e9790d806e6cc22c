import Genome
import Testing

@Suite("Well-known licences")
struct LicenceCatalogueTests {
    @Test(
        "Hugging Face's names become SPDX expressions",
        arguments: [
            ("apache-2.0", "Apache-2.0"), ("cc-by-sa-3.0", "CC-BY-SA-3.0"), ("mit", "MIT"),
            ("llama3.1", "LicenseRef-Llama-3.1"), ("gpl-3.0", "GPL-3.0-only"),
            ("openrail++", "LicenseRef-OpenRAIL-PP"), ("cc-by-nc-4.0", "CC-BY-NC-4.0"),
            ("odc-by", "ODC-By-1.0"), ("gemma", "LicenseRef-Gemma"), ("0bsd", "0BSD"),
            ("lgpl-lr", "LGPLLR"), ("apple-amlr", "LicenseRef-Apple-AMLR"),
        ])
    func huggingFace(_ name: String, _ expression: String) {
        #expect(LicenceCatalogue.expression(ofHuggingFace: name)?.description == expression)
    }

    @Test("other is no licence")
    func other() {
        #expect(LicenceCatalogue.expression(ofHuggingFace: "other") == nil)
        #expect(LicenceCatalogue.expression(ofHuggingFace: "not a licence") == nil)
    }

    @Test(
        "commercial use follows the expression",
        arguments: [
            ("MIT", LicenceCatalogue.Answer.yes), ("CC-BY-NC-4.0", .no),
            ("MIT AND CC-BY-NC-4.0", .no),
            ("MIT OR CC-BY-NC-4.0", .yes), ("LicenseRef-Gemma", .conditional),
            ("Unlisted-1.0", nil),
            ("MIT AND Unlisted-1.0", nil), ("CC-BY-NC-4.0 AND Unlisted-1.0", .no),
            ("MIT+ WITH x", nil), ("GPL-3.0-only WITH GCC-exception-3.1", .yes),
            ("LicenseRef-Gemma OR CC-BY-NC-4.0", .conditional),
            ("MIT AND LicenseRef-Gemma", .conditional),
        ] as [(String, LicenceCatalogue.Answer?)])
    func commercialUse(_ text: String, _ answer: LicenceCatalogue.Answer?) throws {
        let expression = try LicenceExpression(parsing: text)
        #expect(LicenceCatalogue.commercialUse(of: expression) == answer)
    }

    @Test("every entry is a valid expression in canonical spelling, once")
    func entries() throws {
        for entry in LicenceCatalogue.entries {
            #expect(try LicenceExpression(parsing: entry.id).description == entry.id)
            #expect(!entry.words.isEmpty)
        }
        let ids = LicenceCatalogue.entries.map { $0.id.lowercased() }
        #expect(Set(ids).count == ids.count)
        #expect(LicenceCatalogue.entry(of: "MIT")?.words == "any use; keep the notice")
    }

    @Test(
        "the kind of terms in one word follows the expression",
        arguments: [
            ("MIT", "open-source"), ("GPL-3.0-only", "open-source"), ("CC-BY-NC-4.0", "custom"),
            ("CC-BY-ND-4.0", "custom"), ("LicenseRef-Llama-3", "custom"),
            ("LicenseRef-Mistral-Research", "research-only"),
            ("MIT OR CC-BY-NC-4.0", "open-source"),
            ("MIT AND CC-BY-NC-4.0", "custom"), ("LicenseRef-Our-Own", nil),
        ] as [(String, String?)])
    func kind(_ text: String, _ kind: String?) throws {
        #expect(LicenceCatalogue.kind(of: try LicenceExpression(parsing: text)) == kind)
    }

    @Test func `every upgrade is a share-alike licence that is listed itself`() {
        let names = Set(LicenceCatalogue.entries.filter { $0.reach != .none }.map(\.id))
        for entry in LicenceCatalogue.entries {
            guard case .only(let allowed)? = LicenceCatalogue.terms(of: entry.id)?.derived else {
                #expect(entry.reach == .none)
                continue
            }
            #expect(allowed.isSubset(of: names), "\(entry.id): \(allowed.subtracting(names))")
        }
    }

    @Test func `terms with a use policy need acceptance and others do not`() throws {
        for text in ["LicenseRef-Llama-3.1", "MIT AND LicenseRef-Gemma"] {
            #expect(LicenceCatalogue.needsAcceptance(try LicenceExpression(parsing: text)))
        }
        for text in [
            "MIT", "CC-BY-NC-4.0", "LicenseRef-Our-Own", "MIT OR LicenseRef-Gemma", "C-UDA-1.0",
        ] {
            #expect(!LicenceCatalogue.needsAcceptance(try LicenceExpression(parsing: text)))
        }
    }
}
