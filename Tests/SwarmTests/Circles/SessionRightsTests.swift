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
            effects.contains { if case .findDelegations(1, _, _) = $0 { true } else { false } }
        }
        let peer = Driver.key(9).publicKey
        let content = DelegationContent(key: peer, rights: [.fetch], label: nil)
        // A stranger's word about it changes nothing; a publisher's whose layer is here does.
        #expect(!isLookedUp(driver.take([try Driver.record(74, .delegation(content))], from: 1)))
        driver.feed(.layerHeld(try Sample(by: 72, name: "poem").held))
        #expect(isLookedUp(driver.take([try Driver.record(72, .delegation(content))], from: 1)))
        let ended = TombstoneContent(
            endedType: .delegation, slot: Slot(prefixOf: peer.digest), reason: nil)
        #expect(isLookedUp(driver.take([try Driver.record(70, .tombstone(ended))], from: 1)))
        #expect(!isLookedUp(driver.take([try Driver.record(73, .tombstone(ended))], from: 1)))
    }

    @Test func `delegations are asked of keys that matter here, whatever strangers sign`() throws {
        var driver = Driver(1)
        let sample = try Sample(by: 70, name: "poem")
        driver.open(1, 9)
        func asked(_ effects: [Effect]) -> Set<NodeKey>? {
            effects.compactMap {
                if case .findDelegations(1, _, let keys) = $0 { keys } else { nil }
            }.last
        }
        #expect(asked(driver.feed(.layerHeld(sample.held))) == [sample.publisher.publicKey])
        // The key that the peer itself names stays when there are more than are kept.
        let many = (0..<300).map { index in
            var bytes = [UInt8](repeating: 0, count: 32)
            (bytes[0], bytes[1]) = (UInt8(index & 255), UInt8(index >> 8))
            let key = SigningKey(seed: bytes)!.publicKey
            return Delegation(publisher: key, rights: [.publish], expires: .max)
        }
        let named = Driver.key(71)
        var body = JSONObject()
        body["reason"] = "wrong"
        let word = try Statement.make(
            kind: .withdrawal, layer: sample.id, publisher: named.publicKey, sequence: 1,
            issued: 1_760_000_000, body: body
        ).signed(by: named).encode()
        #expect(
            asked(driver.hear(1, .statement(word)))
                == [sample.publisher.publicKey, named.publicKey])
        #expect(driver.core.sessions[1]?.faults == 0)
        let own = Delegation(publisher: named.publicKey, rights: [.publish], expires: .max)
        driver.feed(.delegationsFound(1, many + [own]))
        #expect(driver.core.caller(1)?.publishes(for: named.publicKey) == true)
        #expect(
            driver.core.sessions[1]?.rights.delegations.count == SwarmLimits.delegationsMax)
    }

    @Test func `a peer that names ever more keys is at fault`() throws {
        var driver = Driver(1)
        driver.open(1, 9)
        for seed in 0...UInt8(SwarmLimits.namedMax) {
            let key = Driver.key(100 + seed)
            var body = JSONObject()
            body["reason"] = "wrong"
            let word = try Statement.make(
                kind: .withdrawal, layer: Digest(words: (1, 2, 3, 4)), publisher: key.publicKey,
                sequence: 1, issued: 1_760_000_000, body: body)
            driver.hear(1, .statement(word.signed(by: key).encode()))
        }
        #expect(driver.core.sessions[1]?.faults == 1)
        #expect(driver.core.sessions[1]?.rights.named.count == SwarmLimits.namedMax)
    }

    @Test func `the node itself has the rights of its own memberships`() throws {
        let society = try Society()
        var driver = try society.member(1, rights: [.read, .mirror])
        driver.feed(.wake)
        #expect(
            driver.core.myself.places
                == [.init(organization: society.id, rights: [.read, .mirror])])
    }

    @Test func `a peer is sent each word once, and no more than it takes`() {
        func word(_ index: Int) -> [UInt8] { [UInt8(index & 255), UInt8(index >> 8)] }
        var rights = SessionRights()
        let statements = (0..<2_000).count { rights.tells(.statement(word($0))) }
        #expect(statements == SwarmLimits.statementsToldMax)
        // What a fetch needs has its own room, up to what the peer blames.
        let accepted = (0..<2_000).count { _ in rights.tellsAcceptance() }
        #expect(statements + accepted == SwarmLimits.statementsPerSessionMax)
        let documents = (0..<2_000).count { rights.tells(.credential(word($0 + 2_000))) }
        #expect(documents == SwarmLimits.credentialsPerSessionMax)
        var other = SessionRights()
        let told = (0..<2).map { _ in other.tells(.credential(word(1))) }
        other.forgetTold([word(1)])
        let again = other.tells(.credential(word(1)))
        #expect(told == [true, false] && again)
    }
}
