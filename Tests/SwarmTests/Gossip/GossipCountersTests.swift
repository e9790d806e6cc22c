import Testing
import Wire

@testable import Swarm

@Suite struct GossipCountersTests {
    @Test func `lags are counted up to each limit`() {
        var counters = GossipCounters()
        for milliseconds: UInt64 in [0, 1_000, 1_001, 59_000, 700_000] {
            counters.noteLag(milliseconds: milliseconds)
        }
        #expect(counters.lags == [2, 1, 0, 0, 0, 1, 0, 1])
    }

    @Test func `records are counted by what becomes of them`() throws {
        var driver = Driver()
        driver.open(1, 9, isInitiator: true)
        func record(_ label: String, issued: Int64, life: UInt64 = 3_600_000) throws -> Record {
            var content = NodeContent(endpoints: [], services: [])
            content.label = label
            let wall = UInt64(Int64(driver.moment.wall) + issued)
            let key = Driver.key(9)
            let unsigned = UnsignedRecord(
                publisher: key.publicKey, sequence: wall, issued: wall, expires: wall + life,
                content: .node(content))
            return try unsigned.signed(key.sign(unsigned.signingInput))
        }
        driver.take([try record("new", issued: 0)], from: 1)
        driver.take([try record("old", issued: -10)], from: 1, .superseded)
        driver.take([try record("more", issued: -20)], from: 1, .refused("no room"))
        driver.hear(1, .records([try record("later", issued: 3_600_000).bytes]))
        driver.hear(1, .records([try record("gone", issued: -90_000_000, life: 1_000).bytes]))
        driver.hear(1, .records([[1, 2, 3]]))
        let counters = driver.core.figures.gossip
        #expect(counters.taken == 1 && counters.superseded == 1 && counters.refused == 1)
        #expect(counters.future == 1 && counters.expired == 1 && counters.forged == 1)
        #expect(counters.compared == 1 && counters.dropped == 0)
    }
}
