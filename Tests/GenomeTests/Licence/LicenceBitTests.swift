import Genome
import Testing

@Suite("What is told by yes or no")
struct LicenceBitTests {
    @Test func `names and meanings differ, and the order is that of the cases`() {
        let all = LicenceBit.allCases
        #expect(Set(all.map(\.meaning)).count == all.count)
        #expect(all.sorted() == all)
        #expect(all.filter(\.isDuty) == [.attribution, .licenceCopy, .needsAcceptance])
    }
}
