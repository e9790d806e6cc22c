import Testing
import Wire

@testable import Swarm

@Suite struct PayloadCacheTests {
    @Test func `the oldest records go when the newest have no room`() {
        var cache = PayloadCache(limit: 1000)
        let records = (UInt8(0)..<20).map { [UInt8](repeating: $0, count: 100) }
        for record in records { cache.insert(record, NewsName(of: record)) }
        for (index, record) in records.enumerated() {
            #expect(cache[NewsName(of: record)] == (index < 10 ? nil : record))
        }
        cache.insert(records[19], NewsName(of: records[19]))
        #expect(cache[NewsName(of: records[10])] == records[10])
    }
}
