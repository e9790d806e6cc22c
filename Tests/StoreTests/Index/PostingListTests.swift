import Testing

@testable import Store

@Suite struct PostingListTests {
    private func budget(_ entries: Int = 10_000) -> QueryBudget {
        QueryBudget(entries: entries, records: 500, deadline: .max)
    }

    private func list(_ numbers: [Int64]) -> PostingList {
        PostingList { (most, count) throws(StoreError) in
            Array(numbers.filter { $0 <= most }.prefix(count))
        }
    }

    @Test func `goes down and never back, loaded or in memory`() throws {
        let numbers = Array((0..<5_000).map { Int64($0) * 3 }.reversed())
        for start in [list(numbers), PostingList(numbers)] {
            var list = start
            var left = budget()
            #expect(try list.seek(.max, &left) == .number(14_997))
            #expect(try list.seek(14_000, &left) == .number(13_998))
            #expect(try list.seek(20_000, &left) == .number(13_998))
            #expect(try list.seek(4, &left) == .number(3))
            #expect(try list.seek(0, &left) == .number(0))
            #expect(try list.seek(-1, &left) == .end)
        }
    }

    @Test func `reads no more than the budget and says so`() throws {
        var list = list(Array((0..<1_000).map { Int64($0) }.reversed()))
        var left = budget(100)
        #expect(try list.seek(.max, &left) == .number(999))
        #expect(left.entries == 36)
        #expect(try list.seek(900, &left) == .number(900))
        #expect(left.entries == 0)
        #expect(try list.seek(870, &left) == .number(870))
        #expect(try list.seek(800, &left) == .spent)
    }

    @Test func `tells how rare it is`() throws {
        var left = budget()
        var dense = list(Array((0..<1_000).map { Int64($0) }.reversed()))
        var rare = list([900, 500, 100])
        let none = list([])
        _ = try dense.seek(.max, &left)
        _ = try rare.seek(.max, &left)
        #expect(dense.gap(from: 999) < 2)
        #expect(rare.gap(from: 999) == 333)
        #expect(none.gap(from: 999) == .infinity)
    }
}
