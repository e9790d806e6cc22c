import Testing

@testable import Learn

@Suite struct RowsTests {
    @Test func `rows of an arena do not overlap and begin on cache lines`() throws {
        var arena = try Arena(bytes: 3 * Arena.rounded(5 * 7 * 4))
        let parts = [arena.rows(5, width: 7), arena.rows(5, width: 7), arena.rows(5, width: 7)]
        for (number, rows) in parts.enumerated() {
            #expect(UInt(bitPattern: rows.start) % 64 == 0)
            for row in 0..<5 { rows.store([Float](repeating: Float(number), count: 7), row: row) }
        }
        for (number, rows) in parts.enumerated() {
            for row in 0..<5 {
                #expect(rows.values(row) == [Float](repeating: Float(number), count: 7))
            }
        }
    }

    @Test func `columns are a view of the same rows`() throws {
        var arena = try Arena(bytes: 4_096)
        let rows = arena.rows(2, width: 5)
        rows.store([0, 1, 2, 3, 4], row: 1)
        let view = rows.columns(1..<4)
        #expect(view.values(1) == [1, 2, 3] && view.width == 3 && view.stride == 5)
        view[1][0] = 9
        #expect(rows.values(1) == [0, 9, 2, 3, 4])
        #expect(rows.columns(2..<2).width == 0)
    }

    @Test func `the largest, the finite and the bytes of rows`() throws {
        var arena = try Arena(bytes: 4_096)
        let rows = arena.rows(2, width: 3)
        rows.store([1, 5, 5], row: 0)
        rows.store([1, .nan, 5], row: 1)
        #expect(rows.argmax(0) == 1)
        #expect(rows.isFinite(0) && !rows.isFinite(1))
        #expect(rows.bytes(0..<1) == [0, 0, 0x80, 0x3f, 0, 0, 0xa0, 0x40, 0, 0, 0xa0, 0x40])
    }

    @Test func `more memory than there is is refused`() {
        #expect(throws: LearnError.request(.noMemory(bytes: 1 << 60))) {
            _ = try Arena(bytes: 1 << 60)
        }
    }
}
