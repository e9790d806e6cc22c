import Testing

@testable import Store

@Suite struct SearchCountersTests {
    @Test func `each search counts in one span, at its limit too`() {
        var counters = SearchCounters()
        counters.note(nanoseconds: 0, isTruncated: false)
        counters.note(nanoseconds: 1_000_000, isTruncated: true)
        counters.note(nanoseconds: 1_000_001, isTruncated: false)
        counters.note(nanoseconds: 10_000_000, isTruncated: false)
        counters.note(nanoseconds: 5_000_000_000, isTruncated: true)
        #expect(counters.answered == 5 && counters.truncated == 2)
        #expect(counters.spans == [2, 1, 1, 0, 0, 0, 1])
    }
}
