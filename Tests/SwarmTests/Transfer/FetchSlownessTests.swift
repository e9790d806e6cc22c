import Testing

@testable import Swarm
@testable import Wire

@Suite struct FetchSlownessTests {
    /// A core that fetches from session 2.
    private func fetching() throws -> Driver {
        var driver = Driver()
        driver.open(2, 2)
        let sample = try Sample(groups: [4])
        _ = driver.describe(sample, from: [2], seeds: [2])
        _ = driver.serve(try #require(sample.files.keys.first), of: sample, from: [2])
        return driver
    }

    private func slowness(_ driver: Driver) throws -> FetchSlowness? {
        driver.core.slowness(of: try #require(driver.core.fetches[1]))
    }

    @Test func `a cause is named, for each that the core can see`() throws {
        var driver = try fetching()
        #expect(try slowness(driver) == .line)
        driver.pass(11 * Span.second)
        #expect(try slowness(driver) == .late)
        driver = try fetching()
        for number in driver.core.requests.keys {
            driver.hear(2, .reject(request: number, reason: .busy, retryMilliseconds: 5_000))
        }
        #expect(try slowness(driver) == .busy)
        driver.feed(.changeFetch(1, .pause))
        #expect(try slowness(driver) == nil)
        let causes: [FetchSlowness] = [.limit, .busy, .late, .disk, .processor, .line]
        #expect(Set(causes.map(\.words)).count == causes.count)
    }
}
