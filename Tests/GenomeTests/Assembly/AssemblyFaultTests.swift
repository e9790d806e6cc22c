import Genome
import Testing

@Suite("Why layers cannot act together")
struct AssemblyFaultTests {
    @Test func `is one sentence that names them`() {
        let faults: [(AssemblyFault, String)] = [
            (
                .noMeaning(kind: "merge", from: "a", to: "b", why: "b is no adapter"),
                "merge from a to b means nothing: b is no adapter"
            ),
            (.notAMember("a", why: "it is not here"), "a cannot be a member: it is not here"),
            (.bases("a", "b"), "a and b were made for different bases"),
            (.twoBases("a", "b"), "a and b are both base models"),
        ]
        for (fault, words) in faults {
            #expect(fault.description == words)
            #expect(GenomeError.assembly(fault).description.contains(words))
        }
    }
}
