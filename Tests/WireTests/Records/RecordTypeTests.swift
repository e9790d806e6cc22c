import Testing
import Wire

@Suite struct RecordTypeTests {
    @Test func `lives are those of the format`() {
        let day: UInt64 = 86_400_000
        #expect(RecordType.node.lifeMaxMilliseconds == day)
        #expect(RecordType.holdings.lifeMaxMilliseconds == day)
        #expect(RecordType.mirror.lifeMaxMilliseconds == 30 * day)
        #expect(RecordType.layer.lifeMaxMilliseconds == 731 * day)
        #expect(RecordType.keyRevocation.lifeMaxMilliseconds == nil)
        #expect(RecordType.allCases.map(\.rawValue) == [1, 2, 3, 4, 5, 6, 7, 8])
    }
}
