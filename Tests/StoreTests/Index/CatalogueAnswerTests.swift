import Genome
import Testing
import Wire

@testable import Store

/// What a node tells another that asks it for layers.
@Suite struct CatalogueAnswerTests {
    private func record(
        _ key: UInt8, _ name: String, isHidden: Bool = false, mirrorOf: NodeKey? = nil,
        sequence: UInt64 = 1
    ) throws -> Record {
        let base = try CatalogueTests.record(
            key, layer: Array(name.utf8), mirrorOf: mirrorOf
        ) { $0.name = name }
        let signer = Fixture.key(key)
        let unsigned = UnsignedRecord(
            publisher: signer.publicKey, sequence: sequence, issued: CatalogueTests.now + sequence,
            expires: CatalogueTests.now + 86_400_000,
            domain: isHidden ? .restricted(tag: [UInt8](repeating: 9, count: 16)) : .everyone,
            content: base.content)
        return try unsigned.signed(signer.sign(unsigned.signingInput))
    }

    @Test func `nothing of it is for a few only`() throws {
        let catalogue = try Catalogue(try Scratch().home().layout)
        let open = try record(1, "open")
        let hidden = try record(2, "hidden", isHidden: true)
        try catalogue.put([open, hidden])
        let answer = try catalogue.publicAnswer(to: LayerQuery([]))
        #expect(answer.records.map(\.id) == [open.id] && answer.reached == 0)
        #expect(try catalogue.publicAnswer(to: LayerQuery([.name("hidden")])).records.isEmpty)
    }

    @Test func `a record for everyone is found where one that is not stands for its layer`() throws
    {
        let catalogue = try Catalogue(try Scratch().home().layout)
        let publisher = Fixture.key(2).publicKey
        let hidden = try record(2, "both", isHidden: true)
        let mirror = try record(3, "both", mirrorOf: publisher)
        try catalogue.put([hidden, mirror])
        let answer = try catalogue.publicAnswer(to: LayerQuery([.name("both")]))
        #expect(answer.records.map(\.id) == [mirror.id])
    }

    @Test func `a page ends in time, and says where`() throws {
        let catalogue = try Catalogue(try Scratch().home().layout)
        let records = try (1...90).map { try record(1, "layer\($0)", sequence: UInt64($0)) }
        try catalogue.put(records)
        let first = try catalogue.publicAnswer(to: LayerQuery([]))
        #expect(first.records.count == Catalogue.answeredMax)
        let rest = try catalogue.publicAnswer(to: LayerQuery([], after: first.reached))
        #expect(rest.records.count == 90 - Catalogue.answeredMax && rest.reached == 0)
        #expect(Set((first.records + rest.records).map(\.id)) == Set(records.map(\.id)))
    }

    @Test func `where its holders listen is told with a layer`() throws {
        let catalogue = try Catalogue(try Scratch().home().layout)
        let publisher = Fixture.key(2)
        let endpoint = try #require(Endpoint(bytes: [9, 9, 9, 9], port: 4747))
        let unsigned = UnsignedRecord(
            publisher: publisher.publicKey, sequence: 1, issued: CatalogueTests.now,
            expires: CatalogueTests.now + 3_600_000,
            content: .node(NodeContent(endpoints: [endpoint], services: .blobs)))
        let node = try unsigned.signed(publisher.sign(unsigned.signingInput))
        let own = try record(2, "layer")
        let mirror = try record(3, "layer", mirrorOf: publisher.publicKey)
        try catalogue.put([node, own, mirror])
        let answer = try catalogue.publicAnswer(to: LayerQuery([.name("layer")]))
        #expect(answer.records.first?.id == own.id)
        #expect(Set(answer.records.map(\.id)) == [own.id, mirror.id, node.id])
    }
}
