import Testing
import Wire

@testable import Swarm

@Suite struct PunchingTests {
    /// The two seeds of which the first has the lower key.
    private static let seeds: (low: UInt8, high: UInt8) =
        Driver.key(1).publicKey < Driver.key(2).publicKey ? (1, 2) : (2, 1)
    private static let seen = Driver.address(50, [60, 1, 1])

    /// A node with a relay that sees its port, and a relayed session with the other as number 7.
    private func relayed(_ own: UInt8, _ other: UInt8) -> Driver {
        var driver = Driver.hidden(own)
        driver.meet(3, 3, path: .directFromPort)
        let path = SessionPath.relayed(
            by: Driver.key(3).publicKey, CircuitEnd(session: 3, circuit: 2))
        driver.meet(7, other, isInitiator: own < other, isRelay: false, path: path)
        return driver
    }

    private func words(_ effects: [Effect]) -> [PunchMessage] {
        effects.sent(to: 7).compactMap { if case .punch(let word) = $0 { word } else { nil } }
    }

    private func calls(
        _ effects: [Effect]
    ) -> [(dial: UInt64, endpoints: [Endpoint], isInitiator: Bool, after: UInt64)] {
        effects.compactMap { effect in
            guard case .punch(let dial, let endpoints, _, let isInitiator, let after) = effect
            else { return nil }
            return (dial, endpoints, isInitiator, after)
        }
    }

    @Test func `the lower key offers, measures the way and calls half of it later`() throws {
        var driver = relayed(Self.seeds.low, Self.seeds.high)
        guard case .offer(let number, let own)? = words(driver.pass(3 * Span.second)).first else {
            Issue.record("no offer")
            return
        }
        #expect(own == [Driver.address(99, [70, 1, 1])], "where the relay sees its port")
        driver.time += 80 * Span.millisecond
        let effects = driver.hear(7, .punch(.answer(number: number, [Self.seen])))
        #expect(words(effects) == [.go(number: number)])
        let call = try #require(calls(effects).first)
        #expect(call.endpoints == [Self.seen] && call.isInitiator)
        #expect(call.after >= 40 * Span.millisecond && call.after < Span.second + Span.second / 2)
    }

    @Test func `the higher key answers, and calls when it is told to`() throws {
        var driver = relayed(Self.seeds.high, Self.seeds.low)
        #expect(words(driver.pass(10 * Span.second)).isEmpty)
        var effects = driver.hear(7, .punch(.offer(number: 5, [Self.seen])))
        #expect(words(effects) == [.answer(number: 5, [Driver.address(99, [70, 1, 1])])])
        #expect(calls(driver.hear(7, .punch(.go(number: 6)))).isEmpty, "not that one")
        effects = driver.hear(7, .punch(.go(number: 5)))
        let call = try #require(calls(effects).first)
        #expect(call.endpoints == [Self.seen] && !call.isInitiator && call.after == 0)
        #expect(calls(driver.hear(7, .punch(.go(number: 5)))).isEmpty, "once")
    }

    @Test func `tries three times and then stays relayed`() {
        var driver = relayed(Self.seeds.low, Self.seeds.high)
        var attempts = 0
        for _ in 0..<20 {
            driver.hear(7, .pong(0))
            for case .offer(let number, _) in words(driver.pass(Span.second)) {
                attempts += 1
                let effects = driver.hear(7, .punch(.answer(number: number, [Self.seen])))
                for call in calls(effects) {
                    driver.feed(.dialFailed(dial: call.dial, reason: "no"))
                }
            }
        }
        #expect(attempts == PunchLimits.attemptsMax)
        #expect(driver.core.sessions[7]?.isClosing == false)
        #expect(driver.core.punching.failed == 1)
    }

    @Test func `an answer that does not come ends an attempt`() {
        var driver = relayed(Self.seeds.low, Self.seeds.high)
        let offers = words(
            driver.pass(60 * Span.second).filter { effect in
                if case .send(7, .punch(.offer)) = effect { true } else { false }
            })
        #expect(offers.count == PunchLimits.attemptsMax)
    }

    @Test func `calls no near address, and answers only so often`() {
        var driver = relayed(Self.seeds.high, Self.seeds.low)
        let near = Driver.address(1, [192, 168, 1])
        driver.hear(7, .punch(.offer(number: 1, [near, Self.seen.with(port: 0)])))
        #expect(calls(driver.hear(7, .punch(.go(number: 1)))).isEmpty)
        var answers = 0
        for number in 2...20 {
            answers +=
                words(
                    driver.hear(7, .punch(.offer(number: UInt64(number), [Self.seen])))
                ).count
        }
        #expect(answers == PunchLimits.answeredMax - 1)
    }

    @Test func `a punch without a relay, or by the wrong side, is a fault`() {
        var driver = relayed(Self.seeds.low, Self.seeds.high)
        driver.hear(3, .punch(.go(number: 1)))
        #expect(driver.core.sessions[3]?.faults == 1)
        driver.hear(7, .punch(.offer(number: 1, [Self.seen])))
        #expect(driver.core.sessions[7]?.faults == 1)
    }

    @Test func `the session that comes of it takes the place of the relayed one`() throws {
        var driver = relayed(Self.seeds.low, Self.seeds.high)
        guard case .offer(let number, _)? = words(driver.pass(3 * Span.second)).first else {
            Issue.record("no offer")
            return
        }
        let effects = driver.hear(7, .punch(.answer(number: number, [Self.seen])))
        let call = try #require(calls(effects).first)
        let opened = driver.meet(8, Self.seeds.high, dial: call.dial, path: .punched)
        #expect(opened.reason(closing: 7) == Swarm.otherSession)
        driver.feed(.sessionClosed(7, reason: ""))
        #expect(driver.core.punching.punches.isEmpty && driver.core.punching.succeeded == 1)
        #expect(driver.core.addresses.endpoints(of: Driver.key(Self.seeds.high).publicKey) == nil)
    }
}
