import Host
import Testing
import Wire

@testable import Store

@Suite struct RecordQuotaTests {
    private func catalogue() throws -> Catalogue { try Catalogue(try Scratch().home().layout) }

    private func records(_ key: UInt8, _ count: Int) throws -> [Record] {
        try (0..<count).map { try CatalogueTests.record(key, layer: [key, UInt8($0)]) }
    }

    private func reasons(_ placements: [Catalogue.Placement]) -> [String] {
        placements.compactMap { if case .refused(let reason) = $0 { reason } else { nil } }
    }

    @Test func `of a key with too many records all nodes keep the same, in any order`() throws {
        let quota = RecordQuota(known: [], unknownMax: 10)
        let all = try records(1, 40)
        var kept: [Set<Digest>] = []
        for order in [all, all.reversed(), all.sorted { $0.id < $1.id }] {
            let catalogue = try catalogue()
            let placements = try catalogue.place(order, within: quota)
            #expect(reasons(placements).contains("its publisher has 10 records here already"))
            #expect(try catalogue.count() == 10)
            kept.append(Set(try catalogue.ids(after: nil, limit: 100)))
        }
        #expect(kept[0] == kept[1] && kept[1] == kept[2])
        let lowest = all.sorted {
            $0.slotKey.slot.bytes.lexicographicallyPrecedes($1.slotKey.slot.bytes)
        }
        #expect(kept[0] == Set(lowest.prefix(10).map(\.id)))
    }

    @Test func `a record that takes the place of its own needs no room`() throws {
        let catalogue = try catalogue()
        let quota = RecordQuota(known: [], unknownMax: 3)
        let all = try records(1, 3)
        #expect(try catalogue.place(all, within: quota) == [.kept, .kept, .kept])
        let newer = try CatalogueTests.record(1, sequence: 2, layer: [1, 0])
        #expect(try catalogue.place([newer], within: quota) == [.kept])
        #expect(try catalogue.count() == 3)
        #expect(try catalogue.place([all[0]], within: quota) == [.outdated])
    }

    @Test func `known keys have more room, and strangers never take it`() throws {
        let catalogue = try catalogue()
        let known = Fixture.key(1).publicKey
        let quota = RecordQuota(
            known: [known], knownMax: 20, unknownMax: 4, totalMax: 20, strangersMax: 12)
        for key: UInt8 in 2..<7 { _ = try catalogue.place(try records(key, 4), within: quota) }
        #expect(try catalogue.count() == 12)
        let more = try catalogue.place(try records(9, 1), within: quota)
        #expect(reasons(more) == ["the catalogue is full of records of unknown keys"])
        #expect(try catalogue.place(try records(1, 8), within: quota).allSatisfy { $0 == .kept })
        let last = try catalogue.place(try records(1, 9).suffix(1), within: quota)
        #expect(reasons(last) == ["the catalogue is full"])
        // What expires makes room again.
        #expect(try catalogue.expire(before: .max >> 1) == 20)
        #expect(try catalogue.place(try records(9, 1), within: quota) == [.kept])
    }

    @Test func `the end of a key is kept however full it is`() throws {
        let catalogue = try catalogue()
        let quota = RecordQuota(known: [], unknownMax: 1, totalMax: 1, strangersMax: 1)
        _ = try catalogue.place(try records(1, 1), within: quota)
        let key = Fixture.key(1)
        let unsigned = UnsignedRecord(
            publisher: key.publicKey, sequence: 5, issued: CatalogueTests.now, expires: .max,
            content: .keyRevocation(KeyRevocationContent(successor: nil, reason: "lost")))
        let end = try unsigned.signed(key.sign(unsigned.signingInput))
        #expect(try catalogue.place([end], within: quota) == [.kept])
        #expect(try catalogue.removeAll(of: key.publicKey) == 1 && catalogue.count() == 1)
    }
}
