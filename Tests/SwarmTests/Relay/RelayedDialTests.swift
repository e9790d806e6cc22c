import Testing
import Wire

@testable import Swarm

/// Dials over relays, and circuits that come in.
@Suite struct RelayedDialTests {
    /// A node that is told by a peer about one that cannot be called, and has to fetch from it.
    private func fetching(relays: [UInt8]) throws -> (Driver, [Effect]) {
        var driver = Driver(1)
        driver.meet(2, 2, isInitiator: false, isRelay: false)
        driver.take([try Driver.hiddenRecord(9, relays: relays)], from: 2)
        let sample = try Sample()
        driver.feed(.fetch(1, FetchRequest(layer: sample.id)))
        let effects = driver.feed(
            .holdersFound(
                1,
                LayerHolders(
                    descriptions: sample.holders([]).descriptions,
                    holders: [.init(node: Driver.key(9).publicKey, endpoints: [])])))
        return (driver, effects)
    }

    @Test func `meets the relay, asks for a circuit and shakes hands over it`() throws {
        var (driver, effects) = try fetching(relays: [3])
        effects += driver.pass(2 * Span.second)
        let call = try #require(effects.dials.first)
        #expect(call.key == Driver.key(3).publicKey)
        driver.meet(5, 3, dial: call.dial)
        effects = driver.pass(2 * Span.second)
        guard case .connect(let circuit, let target)? = effects.relayed.first?.word else {
            Issue.record("no circuit is asked for")
            return
        }
        #expect(circuit.isMultiple(of: 2) && target == Driver.key(9).publicKey)
        effects = driver.hear(5, .relay(.opened(circuit: circuit)))
        let end = CircuitEnd(session: 5, circuit: circuit)
        var dial: UInt64?
        for case .dialThrough(let number, end, let key) in effects where key == target {
            dial = number
        }
        #expect(dial != nil)
        let path = SessionPath.relayed(by: Driver.key(3).publicKey, end)
        effects = driver.meet(7, 9, dial: dial, path: path)
        #expect(effects.reason(closing: 7) == nil)
        let words = effects.sent(to: 7)
        guard case .introduction(let said)? = words.first else {
            Issue.record("no introduction")
            return
        }
        #expect(said.observed == nil, "the relay's address is not the peer's")
        #expect(words.contains { if case .envelopeRequest = $0 { true } else { false } })
        effects = driver.feed(.sessionClosed(5, reason: "the relay dies"))
        #expect(effects.contains { if case .endCircuit(end, _) = $0 { true } else { false } })
    }

    @Test func `a ticket's relay is asked where nobody answers at its addresses`() throws {
        var driver = Driver(1)
        let hidden = Driver.key(9).publicKey
        let place = Driver.address(9, [192, 168, 1])
        let relay = PeerAddress(
            key: Driver.key(3).publicKey, endpoints: [Driver.address(3, [80, 3, 1])])
        var effects = driver.feed(.join(endpoints: [place], key: hidden, relays: [relay]))
        let direct = try #require(effects.dials.first)
        #expect(direct.key == hidden)
        effects = driver.feed(.dialFailed(dial: direct.dial, reason: "no answer"))
        effects += driver.pass(2 * Span.second)
        let call = try #require(effects.dials.first)
        #expect(call.key == relay.key)
        driver.meet(5, 3, dial: call.dial)
        effects = driver.pass(2 * Span.second)
        guard case .connect(_, let target)? = effects.relayed.first?.word else {
            Issue.record("no circuit is asked for")
            return
        }
        #expect(target == hidden)
    }

    @Test func `a ticket of relays alone is a way too, and one of nothing is none`() {
        var driver = Driver(1)
        let hidden = Driver.key(9).publicKey
        let relay = PeerAddress(
            key: Driver.key(3).publicKey, endpoints: [Driver.address(3, [80, 3, 1])])
        driver.feed(.join(endpoints: [], key: hidden, relays: []))
        #expect(driver.core.contacts.isEmpty)
        var effects = driver.feed(.join(endpoints: [], key: hidden, relays: [relay]))
        effects += driver.pass(2 * Span.second)
        #expect(effects.dials.map(\.key) == [relay.key])
    }

    @Test func `takes the next relay where one refuses, and then gives up with the reason`() throws
    {
        var (driver, effects) = try fetching(relays: [3, 4])
        driver.meet(5, 3)
        driver.meet(6, 4)
        effects = driver.pass(2 * Span.second)
        var words = effects.relayed
        guard case .connect(let first, _)? = words.first?.word else {
            Issue.record("no circuit is asked for")
            return
        }
        effects = driver.hear(words[0].session, .relay(.refused(circuit: first, .absent)))
        let other = words[0].session
        words = effects.relayed
        guard case .connect(let second, _)? = words.first?.word else {
            Issue.record("no second circuit is asked for")
            return
        }
        #expect(words[0].session != other)
        driver.hear(words[0].session, .relay(.refused(circuit: second, .full)))
        let contact = driver.core.contacts.first { $0.key == Driver.key(9).publicKey }
        #expect(contact?.dial == nil && contact?.failure == "the relay has no room")
    }

    @Test func `a holder that can be called is asked, not one behind a relay`() throws {
        var driver = Driver(1)
        // More groups than are asked of one peer at a time.
        let sample = try Sample(groups: [12])
        let blob = try #require(sample.files.keys.first)
        let end = CircuitEnd(session: 8, circuit: 2)
        let path = SessionPath.relayed(by: Driver.key(3).publicKey, end)
        driver.meet(7, 9, isRelay: false, path: path)
        driver.open(4, 4)
        _ = driver.describe(sample, from: [4], seeds: [4, 9])
        let effects = driver.serve(blob, of: sample, from: [4, 7])
        #expect(Set(effects.requests.map(\.session)) == [4])
        #expect(!effects.requests.isEmpty)
        #expect(Set(driver.deliver(effects).requests.map(\.session)) == [4])
    }

    @Test func `a holder behind a relay is asked where no other has it`() throws {
        var driver = Driver(1)
        let sample = try Sample(groups: [3])
        let blob = try #require(sample.files.keys.first)
        let end = CircuitEnd(session: 8, circuit: 2)
        let path = SessionPath.relayed(by: Driver.key(3).publicKey, end)
        driver.meet(7, 9, isRelay: false, path: path)
        _ = driver.describe(sample, from: [7], seeds: [9])
        let effects = driver.serve(blob, of: sample, from: [7])
        #expect(driver.deliver(effects).requests.map(\.session) == [7, 7, 7])
    }

    @Test func `takes circuits of relays that it chose, and blames others`() {
        var driver = Driver.hidden(1)
        let caller = Driver.key(5).publicKey
        driver.meet(2, 2)
        var effects = driver.hear(2, .relay(.incoming(circuit: 3, from: caller)))
        #expect(driver.core.sessions[2]?.faults == 1 && effects.relayed.isEmpty)
        let call = driver.pass(2 * Span.second).fromPort[0]
        driver.meet(3, 2, dial: call.dial, path: .directFromPort)
        driver.feed(.sessionClosed(2, reason: ""))
        driver.pass(Span.second)
        driver.hear(3, .relay(.reserved))
        effects = driver.hear(3, .relay(.incoming(circuit: 5, from: caller)))
        let end = CircuitEnd(session: 3, circuit: 5)
        #expect(
            effects.contains { if case .answerThrough(end, caller) = $0 { true } else { false } })
        #expect(effects.relayed.map(\.word) == [.opened(circuit: 5)])
        effects = driver.feed(.circuitEnded(end))
        #expect(effects.relayed.map(\.word) == [.close(circuit: 5, .closed)])
        #expect(driver.feed(.circuitEnded(end)).isEmpty)
        driver.hear(3, .relay(.incoming(circuit: 6, from: caller)))
        #expect(driver.core.sessions[3]?.faults == 1, "an even number is its own")
    }

    @Test func `a direct session takes the place of a relayed one, never the other way round`() {
        for (own, other) in [(1, 2), (2, 1)] as [(UInt8, UInt8)] {
            let path = SessionPath.relayed(
                by: Driver.key(3).publicKey, CircuitEnd(session: 9, circuit: 2))
            var driver = Driver(own)
            driver.meet(1, other, path: path)
            var effects = driver.meet(2, other, isInitiator: own < other, path: .punched)
            #expect(effects.reason(closing: 1) == Swarm.otherSession)
            effects = driver.meet(4, other, path: path)
            #expect(effects.reason(closing: 4) == Swarm.otherSession)
        }
    }

    @Test func `chunks for circuits that are over are passed over, a flood of them is blamed`() {
        var driver = Driver()
        driver.meet(2, 2)
        for _ in 0..<256 { driver.hear(2, .relay(.bytes(circuit: 3, [1]))) }
        #expect(driver.core.sessions[2]?.faults == 0)
        for _ in 0..<20 { driver.hear(2, .relay(.bytes(circuit: 3, [1]))) }
        #expect(driver.core.sessions[2]?.isClosing == true)
    }
}
