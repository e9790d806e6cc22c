import Testing

@testable import Swarm

@Suite struct GroupBitmapTests {
    @Test func `bits are as the wire has them, those behind the end are none`() {
        let bitmap = GroupBitmap(count: 10, bytes: [0b1000_0001, 0xff, 0xff])
        #expect(bitmap.bytes == [0b1000_0001, 0b11])
        #expect((0..<12).filter { bitmap.has($0) } == [0, 7, 8, 9])
        #expect(GroupBitmap(count: 9).bytes == [0, 0] && GroupBitmap(count: 0).bytes.isEmpty)
    }

    @Test func `a group is new once, and one beyond the blob never`() {
        var bitmap = GroupBitmap(count: 3)
        #expect(bitmap.insert(2) && !bitmap.insert(2) && !bitmap.insert(3))
        #expect(bitmap.bytes == [0b100])
    }
}
