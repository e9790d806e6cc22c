import Testing
import Wire

@testable import Swarm

@Suite struct ClockWatchTests {
    /// A peer that introduces itself with a clock that is off by so many milliseconds.
    private func meet(_ driver: inout Driver, _ seed: UInt8, off: Int64, network: [UInt8]) {
        driver.open(UInt64(seed), seed, from: Driver.address(seed, network))
        let wall = UInt64(Int64(driver.moment.wall) + off)
        driver.introduce(UInt64(seed), wall: wall, features: 0)
    }

    private func told(_ effects: [Effect]) -> [String] {
        effects.compactMap { if case .log(let text) = $0 { text } else { nil } }
            .filter { $0.hasPrefix("this machine's clock") }
    }

    @Test func `a clock that is off most others is told of, once, and when it is right again`() {
        var driver = Driver()
        for (seed, off) in zip(UInt8(10)..., [300_000, 300_500, 299_000, -4_000_000] as [Int64]) {
            meet(&driver, seed, off: off, network: [seed, 9, 9])
        }
        let first = told(driver.pass(30 * Span.second))
        #expect(first.count == 1 && first[0].contains("300 s behind those of 4"))
        #expect(driver.core.clock?.peers == 4)
        driver.skew = 300_000
        let second = told(driver.pass(30 * Span.second))
        #expect(second == ["this machine's clock agrees with its peers again"])
        #expect(told(driver.pass(600 * Span.second)).isEmpty)
    }

    @Test func `two peers, or many of one network, cannot tell whose clock is wrong`() {
        var driver = Driver()
        for seed: UInt8 in 10..<20 {
            meet(&driver, seed, off: 900_000, network: [44, seed % 2, 9])
        }
        #expect(driver.core.clock == nil)
        #expect(told(driver.pass(60 * Span.second)).isEmpty)
    }

    @Test func `a clock out of this world does no harm`() {
        var driver = Driver()
        for seed: UInt8 in 10..<14 {
            driver.open(UInt64(seed), seed, from: Driver.address(seed, [seed, 1, 1]))
            driver.introduce(UInt64(seed), wall: .max, features: 0)
        }
        #expect(told(driver.pass(60 * Span.second)).count == 1)
    }
}
