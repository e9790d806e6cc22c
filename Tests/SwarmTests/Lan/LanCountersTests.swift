import Testing

@testable import Swarm

@Suite struct LanCountersTests {
    @Test func `drops are counted by reason, in an order that is the same everywhere`() {
        var counters = LanCounters()
        for reason in [LanCounters.Drop.own, .foreign, .own] { counters.drop(reason) }
        #expect(counters.dropped.keys == [.foreign, .own])
        #expect(counters.dropped.values == [1, 2])
        #expect(Set(LanCounters.Drop.allCases.map(\.rawValue)).count == 6)
    }
}
