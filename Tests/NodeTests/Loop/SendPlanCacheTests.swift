import Host
import Store
import Testing
import Wire

@testable import Node

@Suite("The cache of send plans")
struct SendPlanCacheTests {
    private func digest(_ number: UInt64) -> Digest { Digest(words: (number, 0, 0, 0)) }

    /// How often a plan is made for these questions.
    private func made(
        _ cache: SendPlanCache, _ questions: [(blob: UInt64, parents: [UInt64])], isWhole: Bool
    ) throws -> Int {
        let count = Lock(0)
        for question in questions {
            _ = try cache.plan(
                digest(question.blob), question.parents.map(digest), isWhole: isWhole
            ) { () throws(StoreError) in
                count.withLock { $0 += 1 }
                return nil
            }
        }
        return count.withLock { $0 }
    }

    @Test func `makes a plan once for a blob and its parents, and anew when told so`() throws {
        let cache = SendPlanCache()
        let questions: [(UInt64, [UInt64])] = [(1, []), (1, []), (1, [2]), (1, [2]), (1, [3])]
        #expect(try made(cache, questions, isWhole: true) == 3)
        cache.clear()
        #expect(try made(cache, [(1, [])], isWhole: true) == 1)
    }

    @Test func `looks again at what was not whole, and keeps no more than it should`() throws {
        let cache = SendPlanCache()
        #expect(try made(cache, [(1, []), (1, [])], isWhole: false) == 2)
        let many = (1...UInt64(SendPlanCache.plansMax + 1)).map { (blob: $0, parents: [UInt64]()) }
        #expect(try made(cache, many, isWhole: true) == many.count)
        #expect(try made(cache, [(2, [])], isWhole: true) == 0)
        #expect(try made(cache, [(1, [])], isWhole: true) == 1, "the oldest went")
    }
}
