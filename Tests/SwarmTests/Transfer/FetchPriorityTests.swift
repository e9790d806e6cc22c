import Testing

@testable import Swarm
@testable import Wire

@Suite struct FetchPriorityTests {
    @Test func `words and numbers belong together`() {
        for priority in FetchPriority.allCases {
            #expect(FetchPriority(name: priority.name) == priority)
        }
        #expect(FetchPriority(name: "urgent") == nil)
        #expect(FetchPriority.low < .normal && FetchPriority.normal < .high)
    }

    /// Two fetches of a file each from one peer, which has room for two groups.
    private func driver(_ first: FetchPriority) throws -> (Driver, [Digest]) {
        var driver = Driver()
        driver.open(2, 2)
        var (blobs, effects): ([Digest], [Effect]) = ([], [])
        let samples = [
            try Sample(by: 2, name: "one", groups: [4]),
            try Sample(by: 3, name: "two", groups: [5]),
        ]
        for (number, sample) in samples.enumerated() {
            let request = FetchRequest(
                layer: sample.id, priority: number == 0 ? first : .normal)
            _ = driver.describe(
                sample, from: [2], seeds: [2], fetch: UInt64(number + 1), as: request)
            blobs.append(try #require(sample.files.keys.first))
        }
        driver.feed(.changeFetch(1, .pause))
        driver.feed(.changeFetch(2, .pause))
        for (sample, blob) in zip(samples, blobs) {
            effects += driver.serve(blob, of: sample, from: [2])
        }
        #expect(effects.requests.isEmpty)
        driver.feed(.changeFetch(2, .resume))
        driver.feed(.changeFetch(1, .resume))
        return (driver, blobs)
    }

    @Test func `a paused fetch asks for nothing and is not given up, a resumed one goes on`() throws
    {
        var (driver, blobs) = try driver(.normal)
        driver.feed(.changeFetch(2, .pause))
        #expect(driver.core.fetches[2]?.status.isPaused == true)
        for _ in 0..<200 {
            driver.pass(Span.second)
            driver.hear(2, .pong(0))
        }
        #expect(driver.core.fetches[2] != nil)
        let effects = driver.feed(.changeFetch(2, .resume))
        #expect(driver.core.fetches[2]?.status.isPaused == false)
        #expect(effects.requests.allSatisfy { $0.request.blob == blobs[1] })
    }

    @Test func `what has priority is asked for first`() throws {
        var (driver, blobs) = try driver(.high)
        let numbers = driver.core.requests.entries
        for (number, pending) in numbers {
            let effects = driver.feed(
                .groupStored(pending.session, request: number, byteCount: 1 << 20))
            #expect(effects.requests.prefix(2).allSatisfy { $0.request.blob == blobs[0] })
        }
        driver.feed(.changeFetch(1, .prioritize(.low)))
        #expect(driver.core.fetches[1]?.status.priority == .low)
    }
}
