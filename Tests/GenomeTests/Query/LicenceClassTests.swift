import Testing

@testable import Genome

@Suite("Classes of licences")
struct LicenceClassTests {
    @Test(
        "are told by what is asked; of a choice the mildest",
        arguments: [
            ("MIT", LicenceClass.permissive), ("CC0-1.0", .permissive),
            ("Apache-2.0", .permissive), ("MIT AND Apache-2.0", .permissive),
            ("CC-BY-SA-4.0", .shareAlike), ("GPL-3.0-only", .shareAlike),
            ("LicenseRef-Llama-3", .conditional), ("CC-BY-NC-4.0", .nonCommercial),
            ("CC-BY-ND-4.0", .noDerivatives), ("CC-BY-NC-ND-4.0", .noDerivatives),
            ("LicenseRef-Nobody-Knows", .unknown), ("not a licence (", .unknown),
            ("GPL-3.0-only OR MIT", .permissive), ("MIT AND CC-BY-NC-4.0", .nonCommercial),
        ])
    func told(_ expression: String, _ known: LicenceClass) {
        #expect(LicenceClass(of: expression) == known)
    }
}
