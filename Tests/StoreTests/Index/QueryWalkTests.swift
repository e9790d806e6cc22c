import Testing

@testable import Store

@Suite struct QueryWalkTests {
    private func walk(
        _ lists: [[Int64]], entries: Int = 10_000, records: Int = 500, start: Int64 = .max,
        deadline: UInt64 = .max
    ) -> QueryWalk {
        QueryWalk(
            lists: lists.map { numbers in
                PostingList { (most, count) throws(StoreError) in
                    Array(numbers.filter { $0 <= most }.prefix(count))
                }
            },
            budget: QueryBudget(entries: entries, records: records, deadline: deadline),
            start: start)
    }

    private func all(_ walk: inout QueryWalk) throws -> [Int64] {
        var found: [Int64] = []
        while let number = try walk.next() { found.append(number) }
        return found
    }

    private func multiples(of step: Int64, below end: Int64) -> [Int64] {
        Array(stride(from: 0, to: end, by: Int64.Stride(step)).reversed())
    }

    @Test func `stops where all lists meet, from the newest on`() throws {
        var walk = walk([
            multiples(of: 2, below: 3_000), multiples(of: 3, below: 3_000),
            multiples(of: 5, below: 2_000),
        ])
        #expect(try all(&walk) == multiples(of: 30, below: 2_000))
        #expect(!walk.isSpent)
    }

    @Test func `goes on from where it stopped without losing or repeating anything`() throws {
        let lists = [multiples(of: 2, below: 9_000), multiples(of: 3, below: 9_000)]
        var found: [Int64] = []
        var start = Int64.max
        var rounds = 0
        while true {
            var part = walk(lists, entries: 300, records: 40, start: start)
            found += try all(&part)
            guard part.isSpent else { break }
            rounds += 1
            start = part.reached - 1
        }
        #expect(found == multiples(of: 6, below: 9_000))
        #expect(rounds > 20)
    }

    @Test func `passes over lists that are far denser than the rarest`() throws {
        var walk = walk([multiples(of: 1, below: 50_000), multiples(of: 500, below: 50_000)])
        try walk.keepRarest(within: 16)
        #expect(try all(&walk) == multiples(of: 500, below: 50_000))
        // The dense one was opened and not read on.
        #expect(walk.budget.entries >= 10_000 - 64 - 101)
    }

    @Test func `an empty list is the end, and the clock one for a machine that stands still`()
        throws
    {
        var none = walk([multiples(of: 2, below: 100), []])
        try none.keepRarest(within: 16)
        #expect(try none.next() == nil && !none.isSpent)
        var late = walk([multiples(of: 2, below: 100)], deadline: 0)
        #expect(try late.next() == nil && late.isSpent)
        #expect(late.reached == 99)
    }

    @Test func `ends at zero`() throws {
        var walk = walk([[0]])
        #expect(try all(&walk) == [0])
        #expect(!walk.isSpent)
    }
}
