import Genome
import Testing

@testable import Swarm
@testable import Wire

@Suite struct StripesTests {
    /// A core whose fetch of so many groups from the peer of seed 2, 50 ms away over session 2, has
    /// begun, and what it has wanted so far.
    private func fetching(
        features: UInt64 = Introduction.stripes, isInitiator: Bool = true,
        listening: [Endpoint] = [], groups: Int = 64
    ) throws -> (driver: Driver, effects: [Effect]) {
        var driver = Driver()
        driver.open(2, 2, isInitiator: isInitiator, dial: isInitiator ? 1 : nil)
        driver.introduce(2, endpoints: listening, features: features)
        answerPing(&driver, driver.pass(2 * Span.second))
        let sample = try Sample(groups: [groups])
        _ = driver.describe(sample, from: [2], seeds: [2])
        let blob = try #require(sample.files.keys.first)
        var effects = driver.serve(blob, of: sample, from: [2])
        effects += driver.hear(2, .seekers(layer: sample.id, []))
        effects += driver.pass(200 * Span.millisecond)
        return (driver, effects)
    }

    /// The peer answers a ping after 50 ms.
    private func answerPing(_ driver: inout Driver, _ effects: [Effect]) {
        for case .ping(let value) in effects.sent(to: 2) {
            driver.time += 50 * Span.millisecond
            driver.hear(2, .pong(value))
        }
    }

    /// The facts of a stripe to or from the peer of a seed.
    private func facts(_ seed: UInt8, dial: UInt64?) -> SessionFacts {
        SessionFacts(
            peer: Driver.key(seed).publicKey, endpoint: Driver.address(seed),
            isInitiator: dial != nil, dial: dial)
    }

    private func dials(_ effects: [Effect]) -> [(dial: UInt64, endpoints: [Endpoint])] {
        effects.compactMap { effect in
            if case .dialStripe(let dial, let endpoints, let peer) = effect {
                peer == Driver.key(2).publicKey ? (dial, endpoints) : nil
            } else {
                nil
            }
        }
    }

    private func opened(groups: Int = 64) throws -> Driver {
        var (driver, effects) = try fetching(groups: groups)
        let dial = try #require(dials(effects).first)
        effects = driver.feed(.stripeOpened(9, facts(2, dial: dial.dial)))
        #expect(effects.sent(to: 9).contains { if case .ping = $0 { true } else { false } })
        return driver
    }

    @Test func `a peer far away gets a second connection, and groups come over both`() throws {
        var driver = try opened()
        var effects: [Effect] = []
        for (number, _) in driver.core.requests.entries {
            effects += driver.feed(.groupStored(2, request: number, byteCount: 1 << 20))
        }
        #expect(Set(effects.requests.map(\.session)) == [2, 9])
        // A group that came over the stripe counts for the session.
        let received = try #require(driver.core.sessions[2]?.received)
        let over = try #require(effects.requests.first { $0.session == 9 })
        driver.feed(.groupStored(9, request: over.request.request, byteCount: 1 << 20))
        #expect(driver.core.sessions[2]?.received == received + 1 << 20)
    }

    @Test func `one that is far and alone is asked for four groups at first, of two each for two`()
        throws
    {
        let (driver, effects) = try fetching()
        #expect(effects.requests.count == 4 && driver.core.sessions[2]?.isFar == true)
        var other = Driver()
        for seed in [2, 3] as [UInt8] {
            other.open(UInt64(seed), seed)
            answerPing(&other, other.pass(2 * Span.second))
        }
        let sample = try Sample(groups: [64])
        _ = other.describe(sample, from: [2], seeds: [2, 3])
        let blob = try #require(sample.files.keys.first)
        var asked = other.serve(blob, of: sample, from: [2]).requests
        asked += other.hear(2, .seekers(layer: sample.id, [])).requests
        #expect(asked.count == 2 && other.core.sessions[2]?.isFar == true)
    }

    @Test func `none is opened without the peer's word, near it, or where little is left`() throws {
        #expect(dials(try fetching(features: 0).effects).isEmpty)
        #expect(dials(try fetching().effects).count == 1)
        var driver = Driver()
        driver.open(2, 2, isInitiator: true, dial: 1)
        driver.introduce(2, features: Introduction.stripes)
        answerPing(&driver, driver.pass(2 * Span.second))
        let sample = try Sample(groups: [8])
        _ = driver.describe(sample, from: [2], seeds: [2])
        let blob = try #require(sample.files.keys.first)
        var effects = driver.serve(blob, of: sample, from: [2])
        effects += driver.pass(2 * Span.second)
        #expect(dials(effects).isEmpty)
    }

    @Test func `one that called from elsewhere is called where it listens, if it is there`() throws
    {
        let (own, strange) = (Driver.address(2), Driver.address(77))
        let called = try fetching(isInitiator: false, listening: [strange, own])
        #expect(dials(called.effects).map(\.endpoints) == [[own]])
        #expect(dials(try fetching(isInitiator: false, listening: [strange]).effects).isEmpty)
    }

    @Test func `a dial that fails is not tried again in this session`() throws {
        var (driver, effects) = try fetching()
        let dial = try #require(dials(effects).first).dial
        effects = driver.feed(.dialFailed(dial: dial, reason: "no answer"))
        effects += driver.pass(3 * Span.second)
        #expect(dials(effects).isEmpty)
        #expect(driver.core.sessions[2]?.isClosing == false)
    }

    @Test func `at the end an idle connection stands in for one that waits`() throws {
        var driver = try opened(groups: 24)
        var waiting: (number: UInt64, group: UInt64)?
        while let (number, pending) = driver.core.requests.entries.first(where: {
            $0.key != waiting?.number
        }) {
            if waiting == nil, driver.core.isAllAsked, pending.stripe == 9 {
                waiting = (number, pending.group)
                continue
            }
            driver.time += 20 * Span.millisecond
            driver.feed(
                .groupStored(pending.stripe ?? 2, request: number, byteCount: 1 << 20))
        }
        let last = try #require(waiting)
        // Three round trips and more after it was due.
        let away = try #require(driver.core.sessions[2]?.roundTrip)
        let effects = driver.pass(3 * away + 400 * Span.millisecond)
        let again = try #require(effects.requests.first)
        #expect(effects.requests.count == 1, "asked twice, not more")
        #expect(again.session == 2 && again.request.group == last.group)
        let end = driver.feed(
            .groupStored(2, request: again.request.request, byteCount: 1 << 20))
        #expect(end.sent(to: 2).contains(.cancel(request: last.number)))
        #expect(driver.core.requests.isEmpty && driver.core.bans.isEmpty)
    }

    @Test func `what was asked over a stripe that ends is asked over the session`() throws {
        var driver = try opened()
        var effects: [Effect] = []
        for (number, _) in driver.core.requests.entries {
            effects += driver.feed(.groupStored(2, request: number, byteCount: 1 << 20))
        }
        let lost = effects.requests.filter { $0.session == 9 }.map(\.request.group)
        #expect(!lost.isEmpty)
        effects = driver.feed(.sessionClosed(9, reason: "reset"))
        #expect(driver.core.requests.values.allSatisfy { $0.stripe == nil })
        #expect(driver.core.sessions[2]?.lines.all.count == 1)
        let again = driver.deliver(effects).requests
        #expect(Set(lost).isSubset(of: again.map(\.request.group)))
        #expect(again.allSatisfy { $0.session == 2 })
    }

    @Test func `a stripe ends with its session, and one of nobody's is closed`() throws {
        var driver = try opened()
        let effects = driver.feed(.sessionClosed(2, reason: "gone"))
        #expect(effects.reason(closing: 9) != nil)
        #expect(driver.core.stripes.isEmpty)
        let stranger = driver.feed(.stripeOpened(11, facts(3, dial: nil)))
        #expect(stranger.reason(closing: 11) == Swarm.noStripe)
        #expect(driver.core.sessions[11] == nil)
    }

    @Test func `requests that come over a stripe are answered over it`() throws {
        let sample = try Sample(by: 1, groups: [64])
        var driver = Driver()
        driver.feed(.layerHeld(sample.held))
        driver.open(3, 3)
        let taken = driver.feed(.stripeOpened(8, facts(3, dial: nil)))
        #expect(taken.isEmpty)
        let blob = try #require(sample.files.keys.first)
        let get = { (number: UInt64, group: UInt64) -> Message in
            .get(GroupRequest(request: number, layer: sample.id, blob: blob, group: group))
        }
        var effects = driver.hear(8, get(1, 0)) + driver.hear(3, get(2, 1))
        let over = effects.compactMap { effect in
            if case .serveGroup(let number, let request) = effect {
                [number, request.request]
            } else {
                nil as [UInt64]?
            }
        }
        #expect(over == [[8, 1], [3, 2]])
        // Absent ones are refused over it too.
        effects = driver.hear(8, get(3, 64))
        #expect(
            effects.sent(to: 8) == [.reject(request: 3, reason: .absent, retryMilliseconds: 0)])
        // A word to forget one comes over the session.
        effects = driver.hear(3, .cancel(request: 1))
        #expect(effects.contains { if case .cancelServing(8, 1) = $0 { true } else { false } })
        driver.feed(.served(8, request: 1, byteCount: 0))
        driver.feed(.served(3, request: 2, byteCount: 1 << 20))
        #expect(driver.core.sessions[3]?.serving.isEmpty == true)
        #expect(driver.core.serving.sending == 0)
    }

    @Test func `what a stripe that ends was to carry leaves no place taken`() throws {
        let sample = try Sample(by: 1, groups: [64])
        var driver = Driver()
        driver.feed(.layerHeld(sample.held))
        driver.open(3, 3)
        driver.feed(.stripeOpened(8, facts(3, dial: nil)))
        let blob = try #require(sample.files.keys.first)
        for number in 0..<40 as Range<UInt64> {
            driver.hear(
                8,
                .get(GroupRequest(request: number, layer: sample.id, blob: blob, group: number)))
        }
        let sending = driver.core.serving.sending
        #expect(sending > 0 && driver.core.serving.waiting > 0)
        driver.feed(.sessionClosed(8, reason: "reset"))
        #expect(driver.core.serving.waiting == 0)
        // The shell's word on those that it was reading comes later.
        for number in 0..<UInt64(sending) {
            driver.feed(.served(8, request: number, byteCount: 0))
        }
        #expect(driver.core.serving.sending == 0)
        #expect(driver.core.sessions[3]?.serving.isEmpty == true)
        #expect(driver.core.stripes.isEmpty)
    }

    @Test func `words that belong to the session are a fault over a stripe`() throws {
        var driver = Driver()
        driver.open(3, 3)
        driver.feed(.stripeOpened(8, facts(3, dial: nil)))
        for _ in 0..<SwarmLimits.faultsMax {
            driver.hear(8, .recordsRequest([Blake3.hash([1])]))
        }
        #expect(driver.core.sessions[3]?.isClosing == true)
        #expect(driver.core.bans[Driver.key(3).publicKey]?.isShutOut == true)
    }

    @Test func `a peer has eight, and idle ones are closed by the side that opened them`() throws {
        var driver = Driver()
        driver.open(3, 3)
        for number in 20..<29 as Range<SessionNumber> {
            let effects = driver.feed(.stripeOpened(number, facts(3, dial: nil)))
            #expect((effects.reason(closing: number) != nil) == (number == 28))
        }
        var own = try opened()
        while let next = own.core.requests.entries.first {
            let line = next.value.stripe ?? next.value.session
            own.feed(.groupStored(line, request: next.key, byteCount: 1 << 20))
        }
        var effects: [Effect] = []
        for _ in 0..<40 {
            effects += own.pass(Span.second)
            own.hear(2, .pong(0))
        }
        #expect(effects.reason(closing: 9) == "it carries nothing")
        #expect(own.core.stripes.isEmpty)
    }

    @Test func `a connection that is stuck while the other brings groups loses its questions`()
        throws
    {
        var driver = try opened(groups: 400)
        var effects: [Effect] = []
        for (number, _) in driver.core.requests.entries {
            effects += driver.feed(.groupStored(2, request: number, byteCount: 1 << 20))
        }
        let stuck = Set(effects.requests.filter { $0.session == 9 }.map(\.request.group))
        #expect(!stuck.isEmpty)
        var later: [Effect] = []
        for _ in 0..<120 {
            later += driver.pass(100 * Span.millisecond)
            let next = driver.core.requests.entries.first { $0.value.stripe == nil }
            if let next {
                later += driver.feed(.groupStored(2, request: next.key, byteCount: 1 << 20))
            }
        }
        #expect(later.reason(closing: 9) == "it brings nothing")
        #expect(stuck.isSubset(of: later.requests.map(\.request.group)))
    }
}
