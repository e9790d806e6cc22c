import Testing

@testable import Learn

@Suite struct MergeTableTests {
    @Test func `pairs are found, and the later rank counts`() {
        var table = MergeTable(count: 1_000)
        for index in UInt32(0)..<1_000 {
            table.insert(index, index ^ 5, rank: index, id: index + 1)
        }
        table.insert(3, 6, rank: 5_000, id: 77)
        #expect(table.value(3, 6) == 5_000 << 32 | 77)
        #expect(table.value(900, 900 ^ 5) == 900 << 32 | 901)
        #expect(table.value(6, 6) == MergeTable.none)
    }
}
