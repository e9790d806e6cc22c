import Testing

@testable import Store

@Suite struct GroupSetTests {
    @Test func `groups are added, removed and counted`() throws {
        var set = GroupSet(count: 11)
        set.insert(0)
        set.insert(10)
        set.insert(10)
        #expect(set.presentCount == 2 && set.contains(10) && !set.contains(1))
        #expect(set.missing == Array(1...9))
        #expect(GroupSet(count: 11, bytes: set.bytes) == set)
        set.remove(10)
        #expect(set.presentCount == 1)
        for group in 0..<11 { set.insert(group) }
        #expect(set.isComplete)
    }

    @Test func `bits of another count of groups are refused`() {
        #expect(GroupSet(count: 11, bytes: [0xff, 0x07])?.isComplete == true)
        #expect(GroupSet(count: 11, bytes: [0xff, 0x08]) == nil)
        #expect(GroupSet(count: 11, bytes: [0xff]) == nil)
        #expect(GroupSet(count: 0, bytes: []) == nil)
    }
}
