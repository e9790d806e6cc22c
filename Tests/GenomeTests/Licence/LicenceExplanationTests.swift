import Genome
import Testing

@Suite("Terms in plain words")
struct LicenceExplanationTests {
    private func lines(_ text: String) throws -> [String] {
        LicenceExplanation(of: try LicenceExpression(parsing: text)).lines(indent: "  ")
    }

    @Test func `of a licence that asks little`() throws {
        #expect(
            try lines("MIT") == [
                "  may      use it for anything, also commercially",
                "           pass it on",
                "           change it, train on it and pass on what comes of that",
                "  must     name who made it and keep its notices",
                "           pass a copy of the licence on with it",
            ])
    }

    @Test func `of a licence for models`() throws {
        #expect(
            try lines("LicenseRef-Llama-3") == [
                "  may      use it, also commercially, within the bounds below",
                "           pass it on",
                "           change it, train on it and pass on what comes of that",
                "  must     accept the terms before you take it in",
                "           name who made it and keep its notices",
                "           pass a copy of the licence on with it",
                "           keep to this and pass it on: Llama 3 use policy",
                "           begin names of models made from it with Llama-3",
                "  may not  use it or its answers to improve models of another family",
                "           go beyond its bound without another licence: 700 million users a",
                "           month",
            ])
    }

    @Test func `of terms that forbid`() throws {
        let text = try lines("CC-BY-NC-ND-4.0").joined(separator: "\n")
        #expect(text.contains("use it commercially"))
        #expect(text.contains("pass on what you make from it"))
        #expect(text.contains("change it and train on it for yourself"))
    }

    @Test(arguments: ["2.0", "2.5", "3.0"])
    func `of terms that grant no right to change`(_ version: String) throws {
        for name in ["CC-BY-ND", "CC-BY-NC-ND"] {
            let text = try lines("\(name)-\(version)").joined(separator: "\n")
            #expect(text.contains("change it or train on it, not even for yourself"))
            #expect(!text.contains("for yourself, ") && !text.contains("change it and train"))
            #expect(text.contains("pass it on"))
        }
    }

    @Test func `of a choice, of what is unknown and of what excludes itself`() throws {
        let choice = try lines("GPL-3.0-only OR CC-BY-NC-4.0")
        #expect(choice.contains("  choice 1 of 2:"))
        #expect(choice.contains { $0.contains("under AGPL-3.0-only or GPL-3.0-only") })
        // A choice that asks more than another one is none.
        #expect(try lines("MIT OR CC-BY-NC-4.0") == lines("MIT"))
        #expect(try lines("LicenseRef-Our-Own").contains { $0.contains("not known here") })
        let both = LicenceExplanation([LicenceTerms(derived: .only([]))])
        #expect(both.lines().contains { $0.contains("exclude each other") })
    }

    @Test func `no line is wider than 80 columns`() {
        for entry in LicenceCatalogue.entries {
            let terms = LicenceCatalogue.terms(of: entry.id).map { [$0] } ?? []
            for line in LicenceExplanation(terms).lines(indent: "              ") {
                #expect(line.count <= LicenceExplanation.columnsMax, "\(line)")
            }
        }
    }

    @Test func `programs read the same`() throws {
        let json = LicenceExplanation(of: try LicenceExpression(parsing: "0BSD")).json
        #expect(json.array?.count == 1)
        #expect(json.array?[0]["may"]?.array?.count == 3)
        #expect(json.array?[0]["must"] == [])
    }
}
