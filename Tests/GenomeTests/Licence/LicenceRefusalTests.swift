import Genome
import Testing

@Suite("A refusal of terms")
struct LicenceRefusalTests {
    @Test func `prints subject, shortest path and reason`() {
        let refusal = LicenceRefusal(
            rule: .weakerTerms, subject: "researchOnly", path: ["parent P", "dataset D"],
            reason: "a layer under MIT would leave that out", remedy: "leave it out")
        #expect(
            refusal.description == "researchOnly via parent P via dataset D: "
                + "a layer under MIT would leave that out")
        #expect(Set(LicenceRule.allCases.map(\.meaning)).count == LicenceRule.allCases.count)
    }
}
