import Genome
import Testing

@Suite("Ways to satisfy an expression")
struct LicenceAlternativeTests {
    @Test func `licences are sorted and stand once`() {
        let both = LicenceAlternative(licences: ["MIT", "ISC", "MIT"], terms: .none)
        #expect(both.licences == ["ISC", "MIT"])
    }

    @Test func `one of two choices that asks more is no choice for a derived work`() throws {
        // Dual licensing with a stricter licence leaves the milder one's freedom whole.
        var tree = FamilyTree()
        try tree.add(1, "P", "MIT OR CC-BY-NC-4.0")
        let answer = try tree.check("MIT", [.parent(1)])
        #expect(answer.refusal == nil)
        #expect(answer.effective.count == 1)
    }
}
