import Genome
import Testing
import Wire

@testable import Swarm

/// Two live nodes with one key.
@Suite struct TwinWatchTests {
    private func marks(_ effects: [Effect]) -> [Twin] {
        effects.compactMap { if case .keyMetElsewhere(let twin) = $0 { twin } else { nil } }
    }

    @Test func `a caller with the own key that is not this process is a twin`() {
        var driver = Driver()
        driver.pass(Span.second)
        #expect(driver.open(1, 1, from: Driver.address(7)).isEmpty)
        let effects = driver.hear(1, .ping(12))
        #expect(effects.reason(closing: 1) == Swarm.twinReason)
        #expect(marks(effects).map(\.sign) == [.session] && effects.logs.count == 1)
        #expect(driver.core.twin?.endpoints == [Driver.address(7).with(port: 0)])
        driver.open(2, 1, from: Driver.address(7))
        let again = driver.hear(2, .ping(13))
        #expect(marks(again).count == 1 && again.logs.isEmpty, "it is told once")
    }

    @Test func `the one that called learns it by the other's last word`() throws {
        var driver = Driver()
        let dial = driver.feed(.join(endpoints: [Driver.address(7)], key: nil)).dials[0].dial
        driver.open(1, 1, isInitiator: true, dial: dial, from: Driver.address(7))
        let effects = driver.hear(1, .goodbye(reason: Swarm.twinReason))
        #expect(marks(effects).map(\.endpoints) == [[Driver.address(7)]])
        driver.feed(.sessionClosed(1, reason: "closed"))
        let later = driver.pass(Span.minute).dials
        #expect(!later.isEmpty && later.count < 10, "it is met again now and then")
    }

    @Test func `a channel with the own key that says nothing is closed`() {
        var driver = Driver()
        driver.open(1, 1, from: Driver.address(7))
        let effects = driver.pass(TwinWatch.patience + 2 * Span.second)
        #expect(effects.reason(closing: 1) == Swarm.myselfReason)
        for number in 10..<SessionNumber(10 + TwinWatch.callsMax) {
            #expect(driver.open(number, 1, from: Driver.address(7)).isEmpty)
        }
        #expect(driver.open(99, 1, from: Driver.address(7)).reason(closing: 99) != nil)
        #expect(driver.core.twin == nil)
    }

    @Test func `a record that the own key signed since the start is a twin's`() throws {
        var driver = Driver()
        driver.open(1, 2)
        driver.pass(2 * Span.second)
        let before = try Driver.record(
            1, Driver.node([]), sequence: Driver.wallStart * 2, issued: Driver.wallStart)
        #expect(marks(driver.take([before], from: 1)).isEmpty, "an earlier run's")
        driver.pass(Span.second)
        let place = Driver.address(8)
        let since = try Driver.record(
            1, Driver.node([place]), sequence: Driver.wallStart * 3, issued: driver.moment.wall - 1)
        let effects = driver.take([since], from: 1)
        #expect(marks(effects).map(\.endpoints) == [[place]])
        #expect(effects.logs.contains { $0.contains("runs in two places") })
        let ahead = try Driver.record(
            1, Driver.node([]), sequence: Driver.wallStart * 4,
            issued: driver.moment.wall + 600_000)
        #expect(marks(driver.take([ahead], from: 1)).isEmpty, "a clock's that was ahead")
    }

    @Test func `two that outdo each other do so ever more seldom`() throws {
        var driver = Driver()
        driver.open(1, 2)
        driver.pass(2 * Span.second)
        var said = 0
        for hour in 0..<6 {
            for step in 0..<120 {
                let sequence = Driver.wallStart * 2 + UInt64(hour * 120 + step) * 100_000
                let record = try Driver.record(
                    1, Driver.node([]), sequence: sequence, issued: driver.moment.wall - 1)
                let effects = driver.take([record], from: 1) + driver.pass(30 * Span.second)
                said += try driver.signed(effects).filter { $0.type == .node }.count
            }
        }
        #expect(said > 0 && said < 12, "\(said)")
    }
}
