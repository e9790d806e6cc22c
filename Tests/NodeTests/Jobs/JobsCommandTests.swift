import Testing

@testable import Node

@Suite("The table of jobs")
struct JobsCommandTests {
    @Test("fits 80 columns and says what to do when there is none")
    func table() {
        var job = Job(id: "0123456789", name: String(repeating: "long-", count: 12), created: 0)
        job.steps = 1_000_000
        job.step = 999_999
        job.loss = 12.3456
        job.layer = String(repeating: "ab", count: 32)
        let lines = JobsCommand.lines([job], now: 86_400_000, width: 80)
        #expect(lines.count == 2 && lines.allSatisfy { $0.count <= 80 })
        #expect(lines[1].contains("999999/1000000") && lines[1].contains("12.346"))
        #expect(lines[1].hasSuffix("abababab"))
        let damaged = JobsCommand.lines([job], damaged: ["abcdef0123"], now: 0, width: 80)
        #expect(damaged.count == 3 && damaged[2].contains("abcdef0123"))
        #expect(damaged[2].contains("damaged"))
        #expect(JobsCommand.lines([], now: 0, width: 80).last?.contains("plasmid train") == true)
    }

    @Test("is followed to a line that says how it ended, and shown with what saving took")
    func words() {
        var job = Job(id: "0123456789", name: "a", created: 0)
        job.step = 3
        job.steps = 9
        job.saves = 2
        job.savingSeconds = 0.126
        #expect(JobsCommand.saving(job) == "2 times, 0.13 s in all")
        #expect(JobsCommand.ending(job) == "queued after 3 of 9 steps")
        job.message = "why"
        #expect(JobsCommand.ending(job) == "queued after 3 of 9 steps: why")
    }
}
