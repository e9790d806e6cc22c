import Genome
import Testing
import Wire

@Suite("What expressions ask")
struct LicenceBookTests {
    private func alternatives(_ text: String) throws -> [[String]] {
        try LicenceBook.catalogue.alternatives(of: try LicenceExpression(parsing: text))
            .map(\.licences)
    }

    @Test(
        "choices are laid open",
        arguments: [
            ("MIT", [["MIT"]]), ("MIT OR ISC", [["MIT"], ["ISC"]]), ("MIT OR MIT", [["MIT"]]),
            ("MIT AND ISC", [["ISC", "MIT"]]),
            ("MIT AND (ISC OR Zlib)", [["ISC", "MIT"], ["MIT", "Zlib"]]),
            ("MPL-1.1+", [["MPL-1.1"], ["MPL-2.0"]]), ("MIT+", [["MIT"]]),
            ("CC-BY-SA-2.5+", [["CC-BY-SA-2.5"], ["CC-BY-SA-3.0"], ["CC-BY-SA-4.0"]]),
            ("GPL-2.0", [["GPL-2.0-only"]]), ("GPL-2.0+", [["GPL-2.0-or-later"]]),
            ("LGPL-2.1-only+", [["LGPL-2.1-or-later"]]),
            (
                "GPL-2.0-only WITH Classpath-exception-2.0",
                [["GPL-2.0-only WITH Classpath-exception-2.0"]]
            ),
            ("GPL-3.0+ WITH Bison-exception-2.2", [["GPL-3.0-or-later WITH Bison-exception-2.2"]]),
        ])
    func choices(_ text: String, _ expected: [[String]]) throws {
        #expect(try alternatives(text) == expected)
    }

    @Test func `an exception permits, an addition that is not known may ask anything`() throws {
        let book = LicenceBook.catalogue
        func terms(_ text: String) throws -> LicenceTerms {
            try book.alternatives(of: try LicenceExpression(parsing: text))[0].terms
        }
        let plain = try terms("GPL-3.0-only")
        let excepted = try terms("GPL-3.0-only WITH GCC-exception-3.1")
        #expect(excepted.bits == plain.bits)
        #expect(excepted.derived.contains("GPL-3.0-only"))
        #expect(excepted.derived.contains("GPL-3.0-only WITH GCC-exception-3.1"))
        #expect(!plain.derived.contains("GPL-3.0-only WITH GCC-exception-3.1"))
        #expect(try terms("MIT WITH AdditionRef-Commons-Clause").bits.contains(.unknown))
    }

    @Test func `too many choices are refused`() throws {
        let choice = "(MIT OR ISC)"
        let text = Array(repeating: choice, count: 12).joined(separator: " AND ")
        #expect(try alternatives(text).count == 3)
        let names = LicenceCatalogue.entries.map(\.id).filter { !$0.contains(" ") }
        let long = names.prefix(16).joined(separator: " OR ")
        let other = names.dropFirst(16).prefix(16).joined(separator: " OR ")
        let product = try LicenceExpression(parsing: "(\(long)) AND (\(other))")
        #expect(
            Fixtures.fault { _ = try LicenceBook.catalogue.alternatives(of: product) }
                == .tooLarge(what: "number of choices", limit: LicenceBook.alternativesMax))
        #expect(
            LicenceBook.catalogue.alternatives(ofStated: product).map(\.terms) == [.unknown])
    }

    @Test func `a mapping says what the catalogue does not`() throws {
        let steward = Fixtures.publisher.publicKey
        let mapping = try LicenceMapping.make(
            steward: steward, sequence: 1, issued: 1,
            licences: [
                ("LicenseRef-Ours", LicenceTerms(bits: [.nonCommercial]), nil, "not for sale")
            ])
        let stricter = try LicenceMapping.make(
            steward: steward, sequence: 2, issued: 1,
            licences: [("LicenseRef-Ours", LicenceTerms(bits: [.researchOnly]), nil, "")])
        #expect(LicenceBook.catalogue.terms(of: "LicenseRef-Ours") == .unknown)
        let terms = LicenceBook(mappings: [mapping]).terms(of: "LicenseRef-Ours")
        #expect(terms.bits == [.nonCommercial])
        #expect(!terms.derived.contains("GPL-3.0-only"))
        #expect(terms.derived.contains("CC-BY-NC-SA-4.0"))
        #expect(
            LicenceBook(mappings: [mapping, stricter]).terms(of: "LicenseRef-Ours").bits
                == [.nonCommercial, .researchOnly])
    }
}
