import Testing

@testable import Learn

@Suite struct MergeQueueTests {
    @Test func `long words merge as short ones do`() {
        // 1 1 -> 2, 2 2 -> 3, 1 3 -> 4, 3 1 -> 5, in this order of ranks.
        var table = MergeTable(count: 4)
        for (rank, rule) in [(1, 1, 2), (2, 2, 3), (1, 3, 4), (3, 1, 5)].enumerated() {
            table.insert(UInt32(rule.0), UInt32(rule.1), rank: UInt32(rank), id: UInt32(rule.2))
        }
        var queue = MergeQueue()
        for count in 0..<100 {
            queue.symbols = [UInt32](repeating: 1, count: count)
            queue.run(table)
            // Pairs from the left, then pairs of pairs, then a rest of one joins the last.
            let expected =
                [UInt32](repeating: 3, count: count / 4)
                + (count % 4 >= 2 ? [2] : []) + (count % 2 == 1 ? [1] : [])
            let joined = count % 4 == 1 && count > 4 ? expected.dropLast(2) + [5] : expected[...]
            #expect(queue.symbols == Array(joined), "\(count)")
        }
    }
}
