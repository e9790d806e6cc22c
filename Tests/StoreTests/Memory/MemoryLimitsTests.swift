import Genome
import Store
import Testing

@Suite("How much a memory may hold")
struct MemoryLimitsTests {
    @Test func `is what its layer says, within what a memory can have`() {
        let limits = MemoryLimits(["capacity": 7, "persistenceDuration": 60])
        #expect(limits.capacity == 7 && limits.seconds == 60)
        #expect(MemoryLimits(nil) == MemoryLimits())
        #expect(MemoryLimits(nil).seconds == nil)
        let huge = MemoryLimits(["capacity": .integer(1 << 53)])
        #expect(huge.capacity == MemoryDatabase.capacityMax)
        #expect(MemoryLimits(capacity: -1).capacity == 0)
    }
}
