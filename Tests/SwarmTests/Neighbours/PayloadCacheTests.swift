import Testing
import Wire

@testable import Swarm

@Suite struct PayloadCacheTests {
    @Test func `the oldest records go when the newest have no room`() {
        let records = (UInt8(0)..<20).map { NewsSample.open([$0]) }
        var cache = PayloadCache<Everyone>(limit: 10 * records[0].bytes.count)
        let names = records.map { NewsName(of: $0.bytes) }
        for (record, name) in zip(records, names) { cache.insert(record, name) }
        for (index, record) in records.enumerated() {
            #expect(cache[names[index]] == (index < 10 ? nil : record))
        }
        #expect(cache.names == Array(names.suffix(10)))
        #expect(cache.bytes == records.suffix(10).reduce(0) { $0 + $1.bytes.count })
        cache.insert(records[19], names[19])
        #expect(cache[names[10]] == records[10])
    }
}
