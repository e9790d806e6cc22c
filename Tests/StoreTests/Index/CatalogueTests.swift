import Genome
import Host
import Testing
import Wire

@testable import Store

extension Catalogue {
    /// For each record, sequence and id of what stands where it would; nil where nothing does.
    fileprivate func heads(
        of records: [Record]
    ) throws -> [(sequence: UInt64, id: Digest)?] {
        try records.map { record in
            try self.records(
                "\(CatalogueTables.isPlace) AND is_hidden=?",
                CatalogueTables.place(record.slotKey) + [SQLValue(record.domain != .everyone)]
            ).first.map { ($0.sequence, $0.id) }
        }
    }
}

@Suite struct CatalogueTests {
    static let now: UInt64 = 1_800_000_000_000

    static func record(
        _ key: UInt8, sequence: UInt64 = 1, life: UInt64 = 86_400_000, layer: [UInt8] = [1],
        mirrorOf publisher: NodeKey? = nil, _ change: (inout LayerContent) -> Void = { _ in }
    ) throws -> Record {
        let signer = Fixture.key(key)
        var content = LayerContent(
            layer: Blake3.hash(layer), manifestSize: 500, type: "lora", name: "psalms",
            version: "1.0.0", licence: "Apache-2.0", size: 10, files: 2)
        change(&content)
        let unsigned = UnsignedRecord(
            publisher: signer.publicKey, sequence: sequence, issued: now, expires: now + life,
            content: publisher.map { .mirror(content, publisher: $0) } ?? .layer(content))
        return try unsigned.signed(signer.sign(unsigned.signingInput))
    }

    @Test func `the newest record of a place stays, in any order`() throws {
        let catalogue = try Catalogue(try Scratch().home().layout)
        let first = try Self.record(1, sequence: 1)
        let second = try Self.record(1, sequence: UInt64.max)
        #expect(try catalogue.put([second, first, second]) == [true, false, false])
        #expect(try catalogue.record(at: first.slotKey) == second)
        #expect(try catalogue.heads(of: [first])[0]?.sequence == UInt64.max)
        #expect(try catalogue.count() == 1)
        // The same sequence twice is told from a newer one.
        let twins = try [1, 2].map { try Self.record(2, sequence: 5, life: 86_400_000 * $0) }
            .sorted { $0.id > $1.id }
        #expect(try catalogue.place(twins, within: nil) == [.kept, .twin])
        #expect(try catalogue.place([Self.record(2, sequence: 6)], within: nil) == [.kept])
    }

    @Test func `a record for everyone and one that is not stand in one place beside each other`()
        throws
    {
        func record(_ sequence: UInt64, isHidden: Bool, isEnd: Bool = false) throws -> Record {
            let base = try Self.record(1)
            let key = Fixture.key(1)
            let end = TombstoneContent(endedType: .layer, slot: base.slotKey.slot, reason: nil)
            let unsigned = UnsignedRecord(
                publisher: key.publicKey, sequence: sequence, issued: Self.now,
                expires: Self.now + 86_400_000,
                domain: isHidden ? .restricted(tag: [UInt8](repeating: 9, count: 16)) : .everyone,
                content: isEnd ? .tombstone(end) : base.content)
            return try unsigned.signed(key.sign(unsigned.signingInput))
        }
        let wide = try record(1, isHidden: false)
        let end = try record(2, isHidden: false, isEnd: true)
        let narrow = try record(3, isHidden: true)
        let widest = try record(4, isHidden: false)
        for order in [[wide, end, narrow], [narrow, end, wide], [end, narrow, wide]] {
            let catalogue = try Catalogue(try Scratch().home().layout)
            for record in order { try catalogue.put([record]) }
            // Strangers are still told that the record they know has ended.
            #expect(try catalogue.ids(after: nil, limit: 10) == [end.id])
            #expect(try catalogue.record(at: wide.slotKey) == narrow)
            #expect(try catalogue.heads(of: [wide, narrow]).map { $0?.id } == [end.id, narrow.id])
            #expect(try catalogue.search(try LayerQuery([.text("psalms")])).matches.count == 1)
            // What everyone may know of again, or not any more, counts for those too.
            try catalogue.put([widest])
            #expect(try catalogue.count() == 1)
            #expect(try catalogue.put([narrow]) == [false])
        }
    }

    /// All orders of a few things.
    private static func orders<Element>(_ all: [Element]) -> [[Element]] {
        guard !all.isEmpty else { return [[]] }
        return all.indices.flatMap { index in
            var rest = all
            let first = rest.remove(at: index)
            return orders(rest).map { [first] + $0 }
        }
    }

    @Test func `of six records for one place the same stay in each of all 720 orders`() throws {
        let key = Fixture.key(1)
        let base = try Self.record(1)
        func record(_ sequence: UInt64, isHidden: Bool, isEnd: Bool = false, life: UInt64 = 1)
            throws -> Record
        {
            let end = TombstoneContent(endedType: .layer, slot: base.slotKey.slot, reason: nil)
            let unsigned = UnsignedRecord(
                publisher: key.publicKey, sequence: sequence, issued: Self.now,
                expires: Self.now + 86_400_000 * life,
                domain: isHidden ? .restricted(tag: [UInt8](repeating: 9, count: 16)) : .everyone,
                content: isEnd ? .tombstone(end) : base.content)
            return try unsigned.signed(key.sign(unsigned.signingInput))
        }
        // Taken back for everyone, shown to few, two with one number, taken back for few.
        let all = [
            try record(1, isHidden: false), try record(2, isHidden: false, isEnd: true),
            try record(3, isHidden: true), try record(4, isHidden: true),
            try record(4, isHidden: true, life: 2), try record(5, isHidden: true, isEnd: true),
        ]
        let catalogue = try Catalogue(try Scratch().home().layout)
        for order in Self.orders(all) {
            for record in order { try catalogue.put([record]) }
            let standing = try catalogue.heads(of: [all[0], all[2]]).map { $0?.id }
            #expect(standing == [all[1].id, all[5].id])
            #expect(try catalogue.count() == 2)
            #expect(try catalogue.removeAll(of: key.publicKey) == 2)
        }
        let twins = all[3...4].map(\.id)
        for order in Self.orders(Array(all[0..<5])) {
            for record in order { try catalogue.put([record]) }
            #expect(try catalogue.heads(of: [all[2]]).first??.id == twins.min())
            try catalogue.removeAll(of: key.publicKey)
        }
    }

    @Test func `pages of ids cover everything once`() throws {
        let catalogue = try Catalogue(try Scratch().home().layout)
        let records = try (0..<20).map { try Self.record(1, layer: [UInt8($0)]) }
        try catalogue.put(records)
        var ids: [Digest] = []
        while true {
            let page = try catalogue.ids(after: ids.last, limit: 7)
            if page.isEmpty { break }
            ids += page
        }
        #expect(ids == records.map(\.id).sorted())
        let some = Array(ids[3..<6])
        #expect(Set(try catalogue.records(ids: some + [Blake3.hash([])]).map(\.id)) == Set(some))
    }

    @Test func `expired records go, with everything search knew of them`() throws {
        let catalogue = try Catalogue(try Scratch().home().layout)
        try catalogue.put([
            try Self.record(1, life: 1000, layer: [1]), try Self.record(1, layer: [2]),
        ])
        #expect(try catalogue.expire(before: Self.now + 1001) == 1)
        #expect(try catalogue.count() == 1)
        let query = try LayerQuery([.text("psalms")])
        #expect(try catalogue.search(query).matches.count == 1)
        #expect(try catalogue.removeAll(of: Fixture.key(1).publicKey) == 1)
        #expect(try catalogue.search(query).matches.isEmpty)
    }

    @Test func `what a full disk refused is neither kept nor compared, and comes in later`() throws
    {
        let catalogue = try Catalogue(try Scratch().home().layout)
        try catalogue.put([try Self.record(1, layer: [1])])
        let before = try catalogue.sketch(for: SketchRequest(count: 48), now: 1)
        // No page more than there is: what SQLite says then is what it says of a full disk.
        try catalogue.connection.withLock { connection throws(StoreError) in
            try connection.execute("PRAGMA max_page_count=1")
        }
        let records = try (2..<200).map { try Self.record(1, layer: [UInt8($0)]) }
        let error = try #require(throws: StoreError.self) { try catalogue.put(records) }
        guard case .diskFull = error else {
            Issue.record("\(error)")
            return
        }
        #expect(try catalogue.count() == 1)
        #expect(try catalogue.sketch(for: SketchRequest(count: 48), now: 1) == before)
        try catalogue.connection.withLock { connection throws(StoreError) in
            try connection.execute("PRAGMA max_page_count=1000000")
        }
        #expect(try catalogue.put(records).allSatisfy { $0 })
        #expect(try catalogue.sketch(for: SketchRequest(count: 48), now: 1) != before)
    }

    @Test func `a damaged catalogue is made anew`() throws {
        let scratch = Scratch()
        let layout = try scratch.home().layout
        do { try Catalogue(layout).put([try Self.record(1)]) }
        try File(layout.catalogue, .write).write(Scratch.bytes(4096), offset: 0)
        #expect(try Catalogue(layout).count() == 0)
    }
}
