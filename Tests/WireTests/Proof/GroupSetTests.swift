import Testing

@testable import Wire

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

    @Test func `the first bits are taken, those behind the end are none`() {
        let set = GroupSet(count: 10, firstOf: [0b1000_0001, 0xff, 0xff])
        #expect(set.bytes == [0b1000_0001, 0b11] && set.presentCount == 4)
        #expect(set.present == [0, 7, 8, 9])
        #expect(GroupSet(count: 9, firstOf: []).bytes == [0, 0])
    }

    @Test func `a group is new once`() {
        var set = GroupSet(count: 3)
        let isNew = [set.insert(2), set.insert(2)]
        #expect(isNew == [true, false] && set.bytes == [0b100])
    }

    @Test func `bits of another count of groups are refused`() {
        #expect(GroupSet(count: 11, bytes: [0xff, 0x07])?.isComplete == true)
        #expect(GroupSet(count: 11, bytes: [0xff, 0x08]) == nil)
        #expect(GroupSet(count: 11, bytes: [0xff]) == nil)
        #expect(GroupSet(count: 0, bytes: []) == nil)
    }
}
