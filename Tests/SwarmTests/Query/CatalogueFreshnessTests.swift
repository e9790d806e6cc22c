import Testing
import Wire

@testable import Swarm

@Suite struct CatalogueFreshnessTests {
    @Test func `counts neighbours whose comparison ended, and the age of the oldest`() throws {
        var driver = Driver(1)
        #expect(
            driver.core.freshness == CatalogueFreshness(neighbours: 0, agreeing: 0, oldest: nil))
        driver.open(1, 9)
        driver.open(2, 8)
        // Comparisons begin with the sessions and are not over.
        #expect(
            driver.core.freshness == CatalogueFreshness(neighbours: 2, agreeing: 0, oldest: nil))
        let first = driver.moment.monotonic
        _ = driver.core.sessions.change(1) { session in
            session.reconciliation = nil
            session.compared = first
        }
        #expect(
            driver.core.freshness
                == CatalogueFreshness(neighbours: 2, agreeing: 1, oldest: first))
        _ = driver.core.sessions.change(2) { session in
            session.reconciliation = nil
            session.compared = first + 5
        }
        #expect(
            driver.core.freshness
                == CatalogueFreshness(neighbours: 2, agreeing: 2, oldest: first))
        _ = driver.core.sessions.change(1) { $0.isClosing = true }
        #expect(
            driver.core.freshness
                == CatalogueFreshness(neighbours: 1, agreeing: 1, oldest: first + 5))
    }

    @Test func `a neighbour is near when its round trip was measured and short`() throws {
        var driver = Driver(1)
        driver.open(1, 9)
        driver.open(2, 8)
        #expect(driver.core.neighbours(within: .max).isEmpty)
        _ = driver.core.sessions.change(1) { $0.roundTrip = 4_000_000 }
        _ = driver.core.sessions.change(2) { $0.roundTrip = 5_000_000 }
        #expect(driver.core.neighbours(within: 5_000_000) == [Driver.key(9).publicKey])
        #expect(driver.core.neighbours(within: 60_000_000).count == 2)
    }
}
