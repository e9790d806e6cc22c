import Genome
import Testing

@testable import Node

@Suite("A job on paper")
struct JobTests {
    @Test("comes back as it was")
    func roundTrip() throws {
        var job = Job(id: Job.makeIdentifier(), name: "poems", created: 1_760_000_000_000)
        job.note(.begin)
        job.note(.prepared)
        job.step = 12
        job.steps = 100
        job.loss = 2.5
        job.saves = 3
        job.savingSeconds = 0.25
        job.run = "ab"
        job.process = 77
        job.boot = "boot"
        job.message = "why"
        job.isDetached = true
        #expect(Job(CanonicalJSON.write(job.json)) == job)
    }

    @Test("is none when it is damaged or names a folder elsewhere")
    func damaged() {
        var job = Job(id: "0123456789", name: "n", created: 1).json
        #expect(Job(CanonicalJSON.write(job)) != nil)
        #expect(Job(Array(CanonicalJSON.write(job).dropLast())) == nil)
        job["job"] = "../../home"
        #expect(Job(CanonicalJSON.write(job)) == nil)
        job["job"] = "0123456789"
        job["state"] = "sleeping"
        #expect(Job(CanonicalJSON.write(job)) == nil)
        #expect(!Job.isIdentifier("012345678g") && !Job.isIdentifier(""))
    }
}
