import Testing

@testable import Swarm

@Suite struct TokenBucketTests {
    @Test func `gives a burst, then the rate, and saves up no more than the burst`() {
        var bucket = TokenBucket(perSecond: 10, burst: 5)
        func taken(_ bucket: inout TokenBucket, at time: UInt64) -> Int {
            var count = 0
            while bucket.take(at: time) { count += 1 }
            return count
        }
        let counts = [1000, 1099, 1100, 1300, 1_000_000].map { milliseconds in
            taken(&bucket, at: milliseconds * Span.millisecond)
        }
        #expect(counts == [5, 0, 1, 2, 5])
    }

    @Test func `neither a clock that stands still nor the end of time breaks it`() {
        var bucket = TokenBucket(perSecond: 1, burst: 2)
        let answers = [10, 5, 5, .max, .max, .max].map { bucket.take(at: $0) }
        #expect(answers == [true, true, false, true, true, false])
    }
}
