import Testing
import Wire

@testable import Swarm

@Suite struct AdmissionTests {
    private var driver = Driver()

    private func key(_ number: Int) -> NodeKey {
        var bytes = [UInt8](repeating: 3, count: 32)
        (bytes[0], bytes[1]) = (UInt8(number & 255), UInt8(number >> 8))
        guard let key = NodeKey(bytes: bytes) else { preconditionFailure("32 bytes") }
        return key
    }

    private mutating func come(
        _ number: Int, from network: [UInt8], isOwn: Bool = false, path: SessionPath = .direct
    ) -> [SessionNumber] {
        let facts = SessionFacts(
            peer: key(number), endpoint: Driver.address(7, network), isInitiator: isOwn, dial: nil,
            path: path)
        return closed(driver.feed(.sessionOpened(SessionNumber(number), facts)))
    }

    private func closed(_ effects: [Effect]) -> [SessionNumber] {
        effects.compactMap { if case .close(let session, _) = $0 { session } else { nil } }
    }

    @Test mutating func `idle sessions keep nobody else out, nor this node's own dials`() {
        let places = SwarmLimits.sessionsMax - SwarmLimits.ownSessionsMin
        _ = come(1, from: [50, 1, 1])
        driver.time += 1
        for number in 2...places { _ = come(number, from: [66, 1, UInt8(number)]) }
        // Too young to be sent away for others.
        #expect(come(1_000, from: [67, 1, 1]) == [1_000])
        #expect(driver.core.figures.refused == 1)
        driver.time += SwarmLimits.sessionMin + 1
        #expect(come(1_001, from: [67, 1, 1]) == [2])
        #expect(driver.core.sessions[1_001] != nil)
        #expect(come(1_002, from: [68, 1, 1], isOwn: true).isEmpty)
    }

    @Test mutating func `of one network a lab has room, and idle ones only a few`() {
        for number in 1...SwarmLimits.sessionsPerSubnetMax {
            #expect(come(number, from: [66, 1, 1]).isEmpty, "a lab whose machines start at once")
        }
        #expect(come(100, from: [66, 1, 1]) == [100])
        #expect(come(101, from: [66, 1, 2]).isEmpty && come(102, from: [10, 1, 1]).isEmpty)
        let gone = closed(driver.pass(SwarmLimits.sessionMin + 2 * Span.second))
        let idle = SwarmLimits.idlePerSubnetMax
        #expect(gone == (1...SwarmLimits.sessionsPerSubnetMax - idle).map(SessionNumber.init))
        #expect(driver.core.figures.sentAway == UInt64(gone.count))
        #expect(come(103, from: [66, 1, 1]).isEmpty)
    }

    @Test mutating func `a session of use is not idle, nor one that asks or is a light node's`() {
        let idle = SwarmLimits.idlePerSubnetMax
        for number in 1...idle + 4 { _ = come(number, from: [66, 1, 1]) }
        driver.introduce(1, features: Introduction.light)
        driver.feed(.join(endpoints: [Driver.address(9)], key: key(2)))
        driver.time += SwarmLimits.sessionMin - Span.second
        driver.hear(3, .recordsRequest([Gossip.name([1])]))
        #expect(closed(driver.pass(3 * Span.second)) == [4])
        for number in 1...idle + 4 { driver.hear(SessionNumber(number), .pong(0)) }
        #expect(closed(driver.pass(SwarmLimits.sessionMin)) == [3])
    }

    @Test mutating func `private networks and relays are not counted`() {
        for number in 1...100 { #expect(come(number, from: [10, 1, 1]).isEmpty) }
        for number in 101...200 {
            let path = SessionPath.relayed(
                by: key(1), CircuitEnd(session: 1, circuit: UInt64(number)))
            #expect(come(number, from: [66, 1, 1], path: path).isEmpty)
        }
        #expect(!closed(driver.pass(SwarmLimits.sessionMin + 2 * Span.second)).contains(50))
    }
}
