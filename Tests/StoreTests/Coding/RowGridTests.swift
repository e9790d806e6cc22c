import Testing

@testable import Store

@Suite struct RowGridTests {
    @Test(arguments: [(10, 4, 3), (10, 4, 0), (1, 1, 0), (9, 20, 5), (70_000, 1, 0), (5, 0, 0)])
    func `rows cover every element once`(_ count: Int, _ columns: Int, _ phase: Int) {
        let grid = RowGrid(count: count, columns: columns, phase: phase)
        var next = 0
        for row in 0..<grid.rows {
            let (start, length, column) = grid.row(row)
            #expect(start == next && length > 0 && column + length <= grid.columns)
            next += length
        }
        #expect(next == count && grid.rows <= RowGrid.rowsMax)
    }

    @Test func `a grid that no encoder writes is not read`() {
        #expect(RowGrid(read: 10, columns: 4, phase: 3) != nil)
        #expect(RowGrid(read: 10, columns: 4, phase: 4) == nil)
        #expect(RowGrid(read: 10, columns: 0, phase: 0) == nil)
        #expect(RowGrid(read: 100_000, columns: 1, phase: 0) == nil)
        #expect(RowGrid(read: 100_000, columns: 65_537, phase: 0) == nil)
    }
}
