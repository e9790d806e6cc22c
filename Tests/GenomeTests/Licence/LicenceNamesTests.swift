import Genome
import Testing

@Suite("Identifiers of the SPDX list")
struct LicenceNamesTests {
    @Test(
        "are printed in the spelling of the list",
        arguments: [
            ("cecill-2.0", "CECILL-2.0"), ("ssPL-1.0", "SSPL-1.0"), ("hpnd-dec", "HPND-DEC"),
            ("gpl-2.0", "GPL-2.0"), ("not-listed", "not-listed"),
        ])
    func spelling(_ text: String, _ canonical: String) throws {
        #expect(try LicenceExpression(parsing: text).description == canonical)
    }
}
