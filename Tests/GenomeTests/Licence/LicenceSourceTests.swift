import Genome
import Testing

@Suite("Where terms come from")
struct LicenceSourceTests {
    @Test func `a source that is no layer counts like one`() throws {
        let data = LicenceSource(
            label: "corpus", stated: .expression(try LicenceExpression(parsing: "CC-BY-NC-4.0")))
        let answer = try FamilyTree().check("MIT", [LicenceLink(.data, .stated(data))])
        #expect(answer.refusal?.origin == "nonCommercial via dataset corpus")
        #expect(data.expression?.description == "CC-BY-NC-4.0")
        #expect(LicenceSource(label: "x", stated: .nothing).expression == nil)
    }

    @Test func `terms without an expression count too`() throws {
        let private1 = LicenceSource(
            label: "P", stated: .terms(LicenceTerms(bits: [.researchOnly])))
        let answer = try FamilyTree().check("MIT", [LicenceLink(.parent, .stated(private1))])
        #expect(answer.refusal?.origin == "researchOnly via parent P")
        #expect(answer.refusal?.remedy == "leave it out, or keep it private: --visibility private")
    }
}
