import Testing
import Wire

@testable import Swarm

@Suite struct GroupPartsTests {
    @Test func `leaves are in a set or not`() {
        var set = LeafSet(3..<5)
        #expect(set.count == 2 && !set.isEmpty && LeafSet(4..<4).isEmpty)
        #expect(set.overlaps(LeafSet(4..<64)) && !set.overlaps(LeafSet(5..<64)))
        set.formUnion(LeafSet(63..<64))
        #expect(set.count == 3 && LeafSet(63..<64).isSubset(of: set))
        #expect(set.subtracting(LeafSet(0..<63)) == LeafSet(63..<64))
        #expect(LeafSet(0..<64).count == 64)
    }

    @Test func `runs are aligned, as long as they can be, and end with the group`() {
        let whole = GroupParts(leafCount: 64)
        #expect(whole.free.firstRun(of: 8, in: whole.all) == 0..<8)
        var parts = whole
        parts.asked = LeafSet(0..<8)
        parts.here = LeafSet(8..<12)
        #expect(parts.free.firstRun(of: 8, in: parts.all) == 16..<24)
        #expect(parts.free.firstRun(of: 4, in: parts.all) == 12..<16)
        parts.here = LeafSet(8..<60)
        #expect(parts.free.firstRun(of: 8, in: parts.all) == 60..<64)
        parts.here = LeafSet(8..<64)
        #expect(parts.free.firstRun(of: 8, in: parts.all) == nil)
        // The last group of a blob is shorter.
        let last = GroupParts(leafCount: 11)
        #expect(last.free.firstRun(of: 8, in: last.all) == 0..<8)
        var rest = last
        rest.here = LeafSet(0..<8)
        #expect(rest.free.firstRun(of: 8, in: rest.all) == 8..<11)
    }
}
