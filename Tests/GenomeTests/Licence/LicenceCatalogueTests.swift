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
            ("odc-by", "ODC-By-1.0"), ("gemma", "LicenseRef-Gemma"), ("0bsd", "0bsd"),
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
            ("MIT+ WITH x", .yes),
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

    @Test func `terms with a use policy need acceptance and others do not`() throws {
        for text in ["LicenseRef-Llama-3.1", "MIT AND LicenseRef-Gemma"] {
            #expect(LicenceCatalogue.needsAcceptance(try LicenceExpression(parsing: text)))
        }
        for text in ["MIT", "CC-BY-NC-4.0", "LicenseRef-Our-Own"] {
            #expect(!LicenceCatalogue.needsAcceptance(try LicenceExpression(parsing: text)))
        }
    }
}
