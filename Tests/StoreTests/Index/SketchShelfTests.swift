import Host
import Testing
import Wire

@testable import Store

@Suite struct SketchShelfTests {
    private static let hour: UInt64 = 3_600_000_000_000

    private func catalogue(_ layers: Range<UInt8>) throws -> Catalogue {
        let catalogue = try Catalogue(try Scratch().home().layout)
        try catalogue.put(try layers.map { try CatalogueTests.record(1, layer: [$0]) })
        return catalogue
    }

    /// What `one` learns of `other` by one question of so many symbols.
    private func compare(
        _ one: Catalogue, _ other: Catalogue, _ count: Int = 64
    ) throws -> SetSketch.Difference? {
        let frame = try other.sketch(for: SketchRequest(count: count))
        return try one.compare(frame).difference
    }

    @Test func `two catalogues find what they do not share`() throws {
        let (one, other) = (try catalogue(0..<40), try catalogue(10..<45))
        let found = try #require(try compare(one, other))
        #expect(found.theirs.count == 5 && found.ours.count == 10)
        let records = try other.publicRecords(items: found.theirs).map {
            try Record(bytes: $0.bytes)
        }
        #expect(try one.put(records).allSatisfy { $0 })
        try other.put(
            try one.publicRecords(items: found.ours).map { try Record(bytes: $0.bytes) })
        #expect(try compare(one, other) == .init(theirs: [], ours: []))
        #expect(try one.ids(after: nil, limit: 99) == other.ids(after: nil, limit: 99))
    }

    @Test func `sketches follow what comes, is replaced, expires and is removed`() throws {
        let catalogue = try catalogue(0..<20)
        #expect(catalogue.sketchBytes == 0)
        let salt = try catalogue.sketch(for: SketchRequest(count: 1)).salt
        #expect(catalogue.sketchBytes >= SetSketch.symbolsMax * 16)
        func expectFresh(_ location: SourceLocation = #_sourceLocation) throws {
            var fresh = SetSketch(salt)
            for id in try catalogue.ids(after: nil, limit: 999) { fresh.add(SetSketch.item(id)) }
            let kept = try catalogue.sketch(for: SketchRequest(count: SetSketch.symbolsMax))
            #expect(kept.symbols == fresh.symbols, sourceLocation: location)
            #expect(kept.size == fresh.size, sourceLocation: location)
        }
        try catalogue.put([
            try CatalogueTests.record(1, sequence: 9, layer: [3]),
            try CatalogueTests.record(2, life: 5, layer: [3]),
            try CatalogueTests.record(1, sequence: 1, layer: [4]),
        ])
        try expectFresh()
        #expect(try catalogue.expire(before: CatalogueTests.now + 6) == 1)
        try expectFresh()
        #expect(try catalogue.removeAll(of: Fixture.key(1).publicKey) == 20)
        try expectFresh()
        #expect(try catalogue.sketch(for: SketchRequest(count: 1)).size == 0)
    }

    @Test func `equal catalogues say so without symbols`() throws {
        let (one, other) = (try catalogue(0..<9), try catalogue(0..<9))
        let salt = try other.sketch(for: SketchRequest(count: 64)).salt
        let request = try one.sketchRequest(64, salt: salt)
        #expect(try other.sketch(for: request).symbols.isEmpty)
        try one.put([try CatalogueTests.record(1, layer: [77])])
        let changed = try one.sketchRequest(64, salt: salt)
        #expect(try other.sketch(for: changed).symbols.count == 64)
    }

    @Test func `the salt lasts an hour, and old sketches give way`() throws {
        let catalogue = try catalogue(0..<3)
        let request = SketchRequest(count: 8)
        let first = try catalogue.sketch(for: request, now: 1)
        #expect(try catalogue.sketch(for: request, now: Self.hour) == first)
        let second = try catalogue.sketch(for: request, now: Self.hour + 1)
        #expect(second.salt != first.salt && second.size == 3)
        for byte in 0..<40 {
            let salt = try #require(
                SketchSalt(bytes: [UInt8](repeating: UInt8(byte), count: 16)))
            let known = try catalogue.sketchRequest(8, salt: salt, now: Self.hour + 2).known
            #expect(known?.symbol.count == 3)
        }
    }

    @Test func `a record for a circle is in no sketch and is not found`() throws {
        let catalogue = try catalogue(0..<2)
        let signer = Fixture.key(5)
        let secret = try CatalogueTests.record(5, layer: [9])
        let unsigned = UnsignedRecord(
            publisher: signer.publicKey, sequence: 1, issued: CatalogueTests.now,
            expires: CatalogueTests.now + 9_000,
            domain: .restricted(tag: [UInt8](repeating: 7, count: 16)), content: secret.content)
        let record = try unsigned.signed(signer.sign(unsigned.signingInput))
        let before = try catalogue.sketch(for: SketchRequest(count: 64))
        try catalogue.put([record])
        #expect(try catalogue.sketch(for: SketchRequest(count: 64)) == before)
        #expect(try catalogue.publicRecords(items: [SetSketch.item(record.id)]).isEmpty)
        #expect(try catalogue.publicRecords(ids: [record.id]).isEmpty)
        // Its members find it by its circle, and by no other.
        let own = try #require(CircleDomain(bytes: [UInt8](repeating: 7, count: 16)))
        let other = try #require(CircleDomain(bytes: [UInt8](repeating: 8, count: 16)))
        #expect(try catalogue.records(of: own, limit: 9) == [record])
        #expect(try catalogue.records(of: other, limit: 9).isEmpty)
        #expect(try catalogue.records(of: own, limit: 0).isEmpty)
    }
}
