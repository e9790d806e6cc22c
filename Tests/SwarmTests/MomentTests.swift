import Testing

@testable import Swarm

@Suite struct MomentTests {
    @Test func `spans build on nanoseconds`() {
        #expect(Span.second == 1_000 * Span.millisecond)
        #expect(Span.hour == 3_600 * Span.second && Span.minute * 60 == Span.hour)
        #expect(Moment(monotonic: 1, wall: 2) != Moment(monotonic: 2, wall: 2))
    }
}
