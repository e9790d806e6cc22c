import Host
import Store
import Swarm
import Testing
import Wire

@testable import Node

@Suite("The placing of records") struct RecordPlacementTests {
    private let home = try! HomeFixture()
    private let person = SigningKey(seed: [UInt8](repeating: 1, count: 32))!
    private let node = SigningKey(seed: [UInt8](repeating: 2, count: 32))!

    private func record(
        _ content: RecordContent, by signer: SigningKey, _ sequence: UInt64 = 1
    ) throws -> Record {
        let now = Clock.wallMilliseconds()
        let unsigned = UnsignedRecord(
            publisher: person.publicKey, sequence: sequence, issued: now,
            expires: now + 86_400_000,
            signer: signer.publicKey == person.publicKey ? nil : signer.publicKey,
            content: content)
        return try unsigned.signed(signer.sign(unsigned.signingInput))
    }

    private func layer(_ sequence: UInt64 = 1) throws -> Record {
        let content = LayerContent(
            layer: Digest(words: (1, 2, 3, 4)), manifestSize: 900, type: "memory", name: "poem",
            version: "1.0.0", licence: "MIT", size: 10, files: 1)
        return try record(.layer(content), by: node, sequence)
    }

    @Test func `a layer waits for the delegation that covers its signer`() throws {
        let placement = RecordPlacement(catalogue: home.service.catalogue)
        let refused = StoreOutcome.refused("no delegation covers its signer")
        #expect(try placement.place([layer()]) == [refused])
        let slot = Slot(prefixOf: node.publicKey.digest)
        let delegation = try record(
            .delegation(
                DelegationContent(key: node.publicKey, rights: [.publish], label: nil)),
            by: person)
        // In one batch, whichever comes first.
        #expect(try placement.place([layer(), delegation]) == [.fresh, .fresh])
        #expect(try placement.place([delegation]) == [.superseded])
        let end = TombstoneContent(endedType: .delegation, slot: slot, reason: nil)
        #expect(try placement.place([record(.tombstone(end), by: person, 2)]) == [.fresh])
        #expect(try placement.place([layer(2)]) == [refused])
    }

    @Test func `a delegation covers nothing from its end on, although it is kept a while`() throws {
        let delegation = try record(
            .delegation(
                DelegationContent(key: node.publicKey, rights: [.publish], label: nil)),
            by: person)
        var placement = RecordPlacement(catalogue: home.service.catalogue)
        #expect(try placement.place([delegation]) == [.fresh])
        placement.now = delegation.expires
        #expect(
            try placement.place([layer()]) == [.refused("no delegation covers its signer")])
        placement.now = delegation.expires - 1
        #expect(try placement.place([layer()]) == [.fresh])
    }
}
