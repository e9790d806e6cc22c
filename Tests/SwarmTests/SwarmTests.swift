import Testing
import Wire

@testable import Swarm

@Suite struct SwarmTests {
    @Test func `the next wake is due a second after the last, sooner while a fetch runs`() {
        var driver = Driver()
        driver.feed(.wake)
        #expect(driver.core.deadline == driver.time + Span.second)
        driver.time += 900 * Span.millisecond
        driver.hear(1, .ping(1))
        #expect(driver.core.deadline == driver.time + 100 * Span.millisecond)
        driver.feed(.fetch(1, FetchRequest(layer: Gossip.name([]))))
        #expect(driver.core.deadline < driver.time)
    }

    @Test func `going down says goodbye to everyone and lets nobody in`() {
        var driver = Driver()
        driver.open(1, 11)
        driver.open(2, 12)
        let effects = driver.feed(.stop)
        #expect(effects.reason(closing: 1) == "stopping" && effects.reason(closing: 2) != nil)
        #expect(driver.open(3, 13).reason(closing: 3) == "stopping")
        #expect(driver.pass(Span.minute).unsigned.isEmpty)
        driver.feed(.join(endpoints: [Driver.address(40)], key: nil))
        #expect(driver.pass(Span.minute).dials.isEmpty)
    }

    @Test func `the same inputs give the same effects`() throws {
        func trace() throws -> [String] {
            var driver = Driver()
            for seed in UInt8(20)..<60 {
                let record = try Driver.record(seed, Driver.node([Driver.address(seed)]))
                if seed == 20 { driver.open(1, 99) }
                driver.take([record], from: 1)
            }
            return driver.pass(Span.minute).map { "\($0)" }
        }
        #expect(try trace() == trace())
    }
}
