import Testing
import Wire

@testable import Swarm

@Suite struct SessionTests {
    @Test func `of two sessions both ends keep the one that the lower key dialled`() {
        let keys = [Driver.key(1).publicKey, Driver.key(2).publicKey]
        for (own, other) in [(0, 1), (1, 0)] {
            var driver = Driver(UInt8(own + 1))
            let isLower = keys[own] < keys[other]
            driver.open(1, UInt8(other + 1), isInitiator: true)
            let effects = driver.open(2, UInt8(other + 1), isInitiator: false)
            #expect((effects.reason(closing: 2) != nil) == isLower)
            #expect((effects.reason(closing: 1) != nil) == !isLower)
        }
    }

    @Test func `of two sessions dialled by one side the newer stays`() {
        var driver = Driver()
        driver.open(1, 2)
        #expect(driver.open(2, 2).reason(closing: 1) == "another session stands")
        driver.feed(.sessionClosed(1, reason: "closed"))
        #expect(driver.core.session(with: Driver.key(2).publicKey) == 2)
    }

    @Test func `a peer at the limit of sessions may still replace its own`() {
        var driver = Driver()
        for number in 0..<SwarmLimits.sessionsMax {
            var seed = [UInt8](repeating: 0, count: 32)
            (seed[0], seed[1]) = (UInt8(number & 255), UInt8(100 + number >> 8))
            guard let key = SigningKey(seed: seed)?.publicKey else { continue }
            driver.feed(
                .sessionOpened(
                    UInt64(number + 1),
                    SessionFacts(
                        peer: key, endpoint: Driver.address(1, [9, 9, UInt8(number)]),
                        isInitiator: false, dial: nil)))
        }
        #expect(driver.core.sessions.count == SwarmLimits.sessionsMax - SwarmLimits.ownSessionsMin)
        #expect(driver.open(900, 2).reason(closing: 900) == Swarm.noRoom)
        guard let facts = driver.core.sessions[5]?.facts else { return }
        let effects = driver.feed(.sessionOpened(901, facts))
        #expect(effects.reason(closing: 901) == nil && effects.reason(closing: 5) != nil)
    }

    @Test func `a session with oneself is closed and not dialled again`() {
        var driver = Driver()
        let dial = driver.feed(.join(endpoints: [Driver.address(1)], key: nil)).dials[0].dial
        let effects = driver.open(1, 1, isInitiator: true, dial: dial)
        guard case .ping(let number)? = effects.sent(to: 1).first else {
            Issue.record("the other end is not asked who it is")
            return
        }
        driver.open(2, 1)
        let told = driver.hear(2, .ping(number))
        #expect(told.reason(closing: 2) == Swarm.myselfReason && driver.core.twin == nil)
        driver.hear(1, .goodbye(reason: Swarm.myselfReason))
        driver.feed(.sessionClosed(1, reason: "closed"))
        #expect(driver.pass(10 * Span.minute).dials.isEmpty)
        #expect(driver.core.sessions.isEmpty)
    }

    @Test func `quiet peers are pinged, silent ones closed`() throws {
        var driver = Driver()
        driver.open(1, 2)
        let effects = driver.pass(2 * Span.second)
        guard case .ping(let value)? = effects.sent(to: 1).last else {
            Issue.record("no ping")
            return
        }
        driver.time += 30 * Span.millisecond
        driver.hear(1, .pong(value))
        let roundTrip = try #require(driver.core.sessions[1]?.roundTrip)
        #expect(roundTrip >= 30 * Span.millisecond && roundTrip < 2 * Span.second)
        let rest = driver.pass(46 * Span.second)
        #expect(rest.sent(to: 1).contains { if case .ping = $0 { true } else { false } })
        #expect(rest.reason(closing: 1) == "no word for 45 s")
    }

    @Test func `answers pings, and ends with a peer that floods them and keeps it out`() {
        var driver = Driver()
        driver.open(1, 2)
        #expect(driver.hear(1, .ping(77)).sent(to: 1) == [.pong(77)])
        var effects: [Effect] = []
        for number in 0..<300 { effects += driver.hear(1, .ping(UInt64(number))) }
        #expect(effects.reason(closing: 1)?.contains("asked too much") == true)
        #expect(effects.sent(to: 1).count <= 128)
        driver.feed(.sessionClosed(1, reason: "closed"))
        #expect(driver.open(2, 2).reason(closing: 2) == "too many faults a while ago")
        driver.pass(11 * Span.minute)
        #expect(driver.open(3, 2).reason(closing: 3) == nil)
    }

    @Test func `a peer that asks on without waiting for answers is closed`() {
        var driver = Driver()
        driver.open(1, 2)
        var effects: [Effect] = []
        for _ in 0..<100 { effects += driver.hear(1, .identifiersRequest(after: nil)) }
        let answers = effects.count { if case .listIdentifiers = $0 { true } else { false } }
        #expect(answers == SwarmLimits.answeringMax)
        #expect(effects.reason(closing: 1) != nil)
    }

    @Test func `a peer that waits may ask as long as it likes`() {
        var driver = Driver()
        driver.open(1, 2)
        for _ in 0..<5000 {
            driver.hear(1, .recordsRequest([Gossip.name([1])]))
            driver.feed(.recordsFound(1, []))
            driver.time += Span.millisecond
        }
        #expect(driver.core.sessions[1]?.isClosing == false)
        #expect(driver.core.sessions[1]?.faults == 0)
    }

    @Test func `a second introduction is a fault, a clock that differs is told`() {
        var driver = Driver()
        driver.open(1, 2)
        let introduction = Introduction(
            endpoints: [], observed: nil, label: "b", software: "s", wallMilliseconds: 5)
        #expect(driver.hear(1, .introduction(introduction)).logs.count == 1)
        driver.hear(1, .introduction(introduction))
        #expect(driver.core.sessions[1]?.faults == 1)
        #expect(driver.core.sessions[1]?.introduction?.label == "b")
    }

    @Test func `a goodbye ends the session and nothing more is said`() {
        var driver = Driver()
        driver.open(1, 2)
        #expect(driver.hear(1, .goodbye(reason: "bye")).reason(closing: 1) != nil)
        #expect(driver.hear(1, .ping(1)).isEmpty)
    }
}
