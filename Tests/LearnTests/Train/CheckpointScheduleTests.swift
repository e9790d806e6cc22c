import Testing

@testable import Learn

@Suite("The milestones of a run")
struct CheckpointScheduleTests {
    @Test("are evenly spaced from 0 to the end", arguments: [1, 2, 7, 8, 9, 100, 1_000, 12_345])
    func even(_ steps: Int) {
        let schedule = CheckpointSchedule(steps: steps)
        let milestones = schedule.milestones
        #expect(milestones.first == 0 && milestones.last == steps)
        #expect(milestones.count == min(8, steps) + 1)
        let gaps = zip(milestones.dropFirst(), milestones).map { $0 - $1 }
        #expect(gaps.allSatisfy { $0 > 0 })
        #expect((gaps.max() ?? 0) - (gaps.min() ?? 0) <= 1)
    }

    @Test("are found step by step", arguments: [1, 5, 8, 13, 64, 1_001])
    func found(_ steps: Int) {
        let schedule = CheckpointSchedule(steps: steps)
        let milestones = Set(schedule.milestones)
        for step in 0...steps {
            #expect(schedule.isMilestone(step) == milestones.contains(step), "\(step)")
            #expect(schedule.milestone(before: step) == milestones.filter { $0 < step }.max())
        }
    }

    @Test("do not overflow in the longest run")
    func large() {
        let schedule = CheckpointSchedule(steps: 1 << 53, parts: 1_024)
        #expect(schedule.milestones.last == 1 << 53)
        #expect(schedule.isMilestone(1 << 43))
    }
}
