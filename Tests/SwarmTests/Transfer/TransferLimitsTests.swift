import Testing
import Wire

@testable import Swarm

@Suite struct TransferLimitsTests {
    @Test func `the own network does not count unless its owner says so`() throws {
        let far = Driver.address(1)
        let near = Driver.address(1, [192, 168, 1])
        #expect(TransferLimits().hold(for: far) && !TransferLimits().hold(for: near))
        #expect(TransferLimits(countsLocal: true).hold(for: near))
    }

    @Test func `a download limit is kept by asking later, and lifted while fetches run`() throws {
        let sample = try Sample(groups: [6])
        var driver = Driver()
        driver.open(2, 2)
        _ = driver.describe(sample, from: [2], seeds: [2])
        driver.feed(.limits(TransferLimits(download: 1 << 20)))
        let blob = try #require(sample.files.keys.first)
        _ = driver.serve(blob, of: sample, from: [2])
        var count = 0
        let start = driver.time
        while count < 4, driver.time < start + Span.minute {
            for (number, pending) in driver.core.requests.entries {
                count += 1
                driver.feed(
                    .groupStored(pending.session, request: number, byteCount: 1 << 20))
            }
            driver.pass(100 * Span.millisecond)
            driver.hear(2, .pong(0))
        }
        let spent = driver.time - start
        #expect(spent >= 2 * Span.second && spent <= 4 * Span.second)
        #expect(driver.core.slowness(of: try #require(driver.core.fetches[1])) == .limit)
        driver.feed(.limits(TransferLimits()))
        #expect(driver.core.requests.count == 2)
    }
}
