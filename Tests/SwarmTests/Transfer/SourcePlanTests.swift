import Testing

@testable import Swarm

@Suite struct SourcePlanTests {
    private var plan = SourcePlan()
    private var (time, received) = (UInt64(1), UInt64(0))
    private let first = SwarmLimits.holdersDialledMax

    /// So many seconds in which so many megabytes come in each.
    private mutating func pass(
        _ seconds: Int, megabytes: UInt64, sources: Int, missing: UInt64 = 1 << 40,
        hasOthers: Bool = true
    ) {
        for _ in 0..<seconds * 10 {
            plan.look(
                received: received, missing: missing, sources: sources, hasOthers: hasOthers,
                at: time)
            time += Span.second / 10
            received += megabytes * 100_000
        }
    }

    @Test mutating func `more are looked for as long as each step makes it faster`() {
        pass(1, megabytes: 20, sources: first)
        #expect(plan.wanted == first, "nothing is known yet")
        pass(2, megabytes: 20, sources: first)
        #expect(plan.wanted == 2 * first)
        pass(4, megabytes: 40, sources: 2 * first)
        #expect(plan.wanted == 4 * first && plan.wanted == SourceLimits.most)
        pass(60, megabytes: 80, sources: 4 * first)
        #expect(plan.wanted == SourceLimits.most)
    }

    @Test mutating func `a step that brings nothing is the last for a while`() {
        pass(3, megabytes: 20, sources: first)
        #expect(plan.wanted == 2 * first)
        pass(30, megabytes: 20, sources: 2 * first)
        #expect(plan.wanted == 2 * first)
        pass(40, megabytes: 20, sources: 2 * first)
        #expect(plan.wanted > 2 * first, "after a minute the way may be another")
    }

    @Test mutating func `nobody is called where nobody is left or the end is near`() {
        pass(30, megabytes: 20, sources: first, hasOthers: false)
        pass(30, megabytes: 20, sources: first, missing: 90_000_000)
        #expect(plan.wanted == first)
        pass(30, megabytes: 20, sources: SourceLimits.most)
        #expect(plan.wanted == first)
    }

    @Test mutating func `slow sources are looked at for longer`() {
        pass(10, megabytes: 1, sources: first)
        #expect(plan.wanted == first, "ten groups say little")
        pass(10, megabytes: 1, sources: first)
        #expect(plan.wanted == 2 * first)
    }
}
