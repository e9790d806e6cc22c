import Testing
import Wire

@testable import Swarm

/// A node that cannot be called, and the relays that it keeps.
@Suite struct RelayChoiceTests {
    /// Lets time pass until the node calls a relay from its port; the session moves there.
    private func move(
        _ driver: inout Driver, to number: SessionNumber
    ) throws -> (relay: UInt8, effects: [Effect]) {
        for _ in 0..<20 {
            guard let call = driver.pass(Span.second).fromPort.first else { continue }
            let seed = try #require(
                (UInt8(2)...9).first { Driver.key($0).publicKey == call.key })
            let effects = driver.meet(number, seed, dial: call.dial, path: .directFromPort)
            return (seed, effects)
        }
        throw WireError.invalid("no call")
    }

    @Test func `keeps two relays that see the port where it listens, and names them`() throws {
        var driver = Driver.hidden(1)
        for seed in UInt8(2)...4 { driver.meet(UInt64(seed), seed) }
        var relays: Set<UInt8> = []
        var said: [NodeContent] = []
        for number in UInt64(11)...12 {
            let (seed, effects) = try move(&driver, to: number)
            #expect(effects.reason(closing: UInt64(seed)) == Swarm.otherSession, "it moves")
            driver.feed(.sessionClosed(UInt64(seed), reason: ""))
            #expect(driver.pass(Span.second).relayed.contains { $0 == (number, .reserve) })
            driver.hear(number, .relay(.reserved))
            relays.insert(seed)
        }
        #expect(relays.count == 2)
        let effects = driver.pass(20 * Span.second)
        for record in try driver.signed(effects) {
            if case .node(let node) = record.content { said.append(node) }
        }
        #expect(effects.fromPort.isEmpty, "two are enough")
        let last = try #require(said.last)
        #expect(last.reach == .unreachable)
        #expect(Set(last.relays.map(\.key)) == Set(relays.map { Driver.key($0).publicKey }))
        #expect(last.relays.allSatisfy { $0.endpoints.first?.reach == .global })
    }

    @Test func `takes another when one goes, and leaves one alone that refused`() throws {
        var driver = Driver.hidden(1)
        for seed in UInt8(2)...3 { driver.meet(UInt64(seed), seed) }
        let (first, _) = try move(&driver, to: 11)
        driver.feed(.sessionClosed(UInt64(first), reason: ""))
        driver.pass(Span.second)
        driver.hear(11, .relay(.refused(circuit: 0, .full)))
        let (second, _) = try move(&driver, to: 12)
        #expect(second != first)
        driver.feed(.sessionClosed(UInt64(second), reason: ""))
        driver.pass(Span.second)
        driver.hear(12, .relay(.reserved))
        #expect(driver.core.relayAddresses.map(\.key) == [Driver.key(second).publicKey])
        driver.feed(.sessionClosed(12, reason: "it died"))
        #expect(driver.core.relayAddresses.isEmpty)
        driver.meet(13, 4)
        let (third, _) = try move(&driver, to: 14)
        #expect(third == 4)
    }

    @Test func `searches the catalogue where no peer relays`() {
        var driver = Driver.hidden(1)
        driver.meet(2, 2, isRelay: false)
        let effects = driver.pass(2 * Span.second)
        #expect(effects.contains { if case .findRelays = $0 { true } else { false } })
        let near = PeerAddress(
            key: Driver.key(5).publicKey, endpoints: [Driver.address(5, [10, 0, 0])])
        let far = PeerAddress(
            key: Driver.key(6).publicKey, endpoints: [Driver.address(6, [80, 6, 1])])
        driver.feed(.relaysFound([near, far]))
        let calls = driver.pass(2 * Span.second).fromPort
        #expect(calls.map(\.key) == [far.key])
    }

    @Test func `a node with a global address keeps none before it was called in vain`() {
        var driver = Driver()
        driver.meet(2, 2)
        #expect(driver.pass(2 * Span.second).fromPort.isEmpty)
        #expect(!driver.core.needsRelay)
        var lan = Driver.hidden(1)
        lan.open(3, 3, from: Driver.address(3, [192, 168, 1]))
        #expect(!lan.core.needsRelay, "there is no outside to be reached from")
    }

    @Test func `a relay that nobody can call offers nothing`() {
        var driver = Driver.relay(1)
        driver.meet(2, 2)
        #expect(driver.hear(2, .relay(.reserve)).relayed.map(\.word) == [.reserved])
        for _ in 0..<5 {
            for case .send(2, .reach(.callBack(let number, _))) in driver.pass(Span.second) {
                driver.hear(2, .reach(.called(number: number, .missed)))
            }
        }
        #expect(driver.core.reachVerdict == .unreachable)
        let words = driver.hear(2, .relay(.reserve)).relayed.map(\.word)
        #expect(words == [.refused(circuit: 0, .notOffered)])
        guard case .introduction(let said)? = driver.meet(3, 3).sent(to: 3).first else {
            Issue.record("no introduction")
            return
        }
        #expect(said.features & Introduction.relays == 0)
    }

    @Test func `relays nothing where its owner does not say so`() {
        var driver = Driver()
        driver.meet(2, 2, isInitiator: false)
        #expect(
            driver.hear(2, .relay(.reserve)).sent(to: 2)
                == [.relay(.refused(circuit: 0, .notOffered))])
        #expect(
            driver.hear(2, .relay(.connect(circuit: 2, to: Driver.key(3).publicKey))).sent(to: 2)
                == [.relay(.refused(circuit: 2, .notOffered))])
    }
}
