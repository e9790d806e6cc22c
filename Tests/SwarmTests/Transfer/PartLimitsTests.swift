import Testing
import Wire

@testable import Swarm

@Suite struct PartLimitsTests {
    @Test func `parts are aligned runs that take half a second at the slow ends`() {
        for leaves in [PartLimits.leaves, PartLimits.leavesSmall] {
            #expect(leaves.nonzeroBitCount == 1 && leaves < HashTree.leavesPerGroup)
        }
        let bytes = UInt64(PartLimits.leavesSmall * HashTree.leafBytes)
        let span = Span.of(bytes, at: PartLimits.rateSmall)
        #expect((400 * Span.millisecond..<600 * Span.millisecond).contains(span))
        #expect(PartLimits.usefulBytes == bytes)
        // A group takes a second at the limit.
        #expect(Span.of(UInt64(HashTree.groupBytes), at: PartLimits.rateMax) > Span.second)
    }
}
