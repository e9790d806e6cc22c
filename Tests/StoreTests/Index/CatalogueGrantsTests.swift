import Genome
import Host
import Testing
import Wire

@testable import Store

/// Records for named keys, which go as their publisher says.
@Suite struct CatalogueGrantsTests {
    private enum Audience {
        case everyone
        case members
        case granted
    }

    private func record(
        _ key: UInt8, _ number: UInt8, for audience: Audience, of publisher: NodeKey? = nil
    ) throws -> Record {
        let base = try CatalogueTests.record(key, layer: [number])
        let signer = Fixture.key(key)
        guard case .layer(var content) = base.content else { return base }
        content.name = "psalms-\(number)"
        let owner = publisher ?? signer.publicKey
        let domain: Domain =
            switch audience {
            case .everyone: .everyone
            case .members: .restricted(tag: [UInt8](repeating: 9, count: 16))
            case .granted:
                .restricted(tag: CircleTag.domain(publisher: owner, layer: content.layer))
            }
        let unsigned = UnsignedRecord(
            publisher: owner, sequence: 1, issued: base.issued, expires: base.expires,
            domain: domain, signer: publisher.map { _ in signer.publicKey },
            content: .layer(content))
        return try unsigned.signed(signer.sign(unsigned.signingInput))
    }

    private func layer(_ record: Record) -> Digest? {
        guard case .layer(let content) = record.content else { return nil }
        return content.layer
    }

    @Test func `what a node told named keys is found and goes, and nothing else`() throws {
        let catalogue = try Catalogue(try Scratch().home().layout)
        let person = Fixture.key(7).publicKey
        let granted = try [
            record(1, 1, for: .granted), record(1, 2, for: .granted),
            record(1, 3, for: .granted, of: person),
        ]
        let others = try [
            record(1, 4, for: .everyone), record(1, 5, for: .members),
            record(2, 6, for: .granted),
        ]
        #expect(try catalogue.put(granted + others).allSatisfy { $0 })
        let node = Fixture.key(1).publicKey
        let layers = granted.compactMap(layer)
        #expect(try Set(catalogue.granted(by: node, limit: 9)) == Set(layers))
        #expect(try catalogue.granted(by: node, limit: 2).count == 2)
        #expect(try catalogue.granted(by: person, limit: 9).isEmpty, "the node told, not she")
        // Another node's word, or one about a layer that all or members may know of, ends nothing.
        let foreign = others.compactMap(layer)
        #expect(try catalogue.forget(granted: layers, by: Fixture.key(2).publicKey) == 0)
        #expect(try catalogue.forget(granted: foreign, by: node) == 0)
        #expect(try catalogue.layers(named: "psalms-1", limit: 9).count == 1)
        #expect(try catalogue.forget(granted: [layers[0], layers[2]], by: node) == 2)
        #expect(try catalogue.granted(by: node, limit: 9) == [layers[1]])
        #expect(try catalogue.layers(named: "psalms-1", limit: 9).isEmpty)
        #expect(try catalogue.count() == 4)
        // Granted again, the same record is news again.
        #expect(try catalogue.put([granted[0]]) == [true])
        #expect(try catalogue.layers(named: "psalms-1", limit: 9).count == 1)
    }
}
