import Genome
import Testing
import Wire

@testable import Swarm

@Suite struct SessionRightsTests {
    @Test func `a delegation counts until it ends, each right for itself`() {
        var driver = Driver(1)
        driver.open(1, 9)
        let (person, lab) = (Driver.key(70).publicKey, Driver.key(71).publicKey)
        let end = driver.moment.wall + 1_000
        driver.feed(
            .delegationsFound(
                1,
                [
                    .init(publisher: person, rights: [.fetch], expires: end),
                    .init(publisher: lab, rights: [.publish], expires: end + 5_000),
                ]))
        #expect(driver.core.caller(1)?.asksFor == [person])
        #expect(driver.core.caller(1)?.publishesFor == [lab])
        driver.pass(2_000_000_000)
        #expect(driver.core.caller(1)?.asksFor == [])
        #expect(driver.core.caller(1)?.publishesFor == [lab])
    }

    @Test func `a revoked or changed delegation is looked up again`() throws {
        var driver = Driver(1)
        driver.open(1, 9)
        let person = Driver.key(70).publicKey
        driver.feed(
            .delegationsFound(1, [.init(publisher: person, rights: [.fetch], expires: .max)]))
        func isLookedUp(_ effects: [Effect]) -> Bool {
            effects.contains { if case .findDelegations(1, _) = $0 { true } else { false } }
        }
        let peer = Driver.key(9).publicKey
        let content = DelegationContent(key: peer, rights: [.fetch], label: nil)
        #expect(isLookedUp(driver.take([try Driver.record(72, .delegation(content))], from: 1)))
        let ended = TombstoneContent(
            endedType: .delegation, slot: Slot(prefixOf: peer.digest), reason: nil)
        #expect(isLookedUp(driver.take([try Driver.record(70, .tombstone(ended))], from: 1)))
        #expect(!isLookedUp(driver.take([try Driver.record(73, .tombstone(ended))], from: 1)))
    }

    @Test func `the node itself has the rights of its own memberships`() throws {
        let society = try Society()
        var driver = try society.member(1, rights: [.read, .mirror])
        driver.feed(.wake)
        #expect(
            driver.core.myself.places
                == [.init(organization: society.id, rights: [.read, .mirror])])
    }
}
