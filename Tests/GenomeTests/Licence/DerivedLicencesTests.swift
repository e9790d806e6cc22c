import Genome
import Testing

@Suite("The licences that derived works may bear")
struct DerivedLicencesTests {
    @Test func `two share-alike families leave nothing`() {
        let one = DerivedLicences.only(["A", "B"])
        #expect(one.intersection(.only(["B", "C"])) == .only(["B"]))
        #expect(one.intersection(.only(["C"])) == .only([]))
        #expect(one.intersection(.anyBut(["A"])) == .only(["B"]))
        #expect(DerivedLicences.anyBut(["A"]).intersection(.anyBut(["B"])) == .anyBut(["A", "B"]))
        #expect(DerivedLicences.any.intersection(one) == one)
    }

    @Test func `an exception takes nothing in that its licence refuses`() {
        #expect(!DerivedLicences.anyBut(["A"]).contains("A WITH x"))
        #expect(DerivedLicences.anyBut(["B"]).contains("A WITH x"))
        #expect(!DerivedLicences.only(["A"]).contains("A WITH x"))
        #expect(DerivedLicences.only(["A", "A WITH x"]).intersection(.anyBut(["A"])) == .only([]))
    }

    @Test func `subsets follow`() {
        #expect(DerivedLicences.only(["A"]).isSubset(of: .only(["A", "B"])))
        #expect(DerivedLicences.only(["A"]).isSubset(of: .any))
        #expect(!DerivedLicences.any.isSubset(of: .only(["A"])))
        #expect(DerivedLicences.only([]).isShareAlike)
        #expect(!DerivedLicences.any.isShareAlike)
    }
}
