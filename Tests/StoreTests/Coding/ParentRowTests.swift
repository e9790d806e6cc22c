import Testing

@testable import Store

@Suite struct ParentRowTests {
    @Test func `a run lies in one parent or in none`() throws {
        let row = ParentRow(sizes: [10, 0, 5, 1 << 40])
        #expect(try #require(row.place(of: 0, count: 10)) == (0, 0..<10))
        #expect(row.place(of: 0, count: 11) == nil)
        #expect(row.place(of: 9, count: 2) == nil, "over the end of the first")
        #expect(try #require(row.place(of: 10, count: 5)) == (2, 0..<5))
        #expect(try #require(row.place(of: 15, count: 1)) == (3, 0..<1))
        let last = 15 + UInt64(1) << 40
        #expect(row.place(of: last - 1, count: 1)?.index == 3)
        #expect(row.place(of: last, count: 1) == nil && row.place(of: .max, count: 1) == nil)
        #expect(ParentRow(sizes: []).place(of: 0, count: 1) == nil)
    }
}
