import Genome
import Host
import Testing
import Wire

@testable import Store

@Suite struct IndexTests {
    private func index(_ layout: Layout) throws -> Index { try Index(layout) }

    @Test func `blobs are reserved, checkpointed and completed`() throws {
        let layout = try Scratch().home().layout
        let index = try Index(layout)
        #expect(index.isNew)
        let id = Blake3.hash([1])
        _ = try index.reserve([BlobReference(blob: id, size: 3 << 20)], disk: .max, now: 5)
        #expect(try index.blob(id)?.state == .partial)
        #expect(try index.usedBytes() == 3 << 20 + 32 * (192 + 3))
        var groups = GroupSet(count: 3)
        groups.insert(1)
        try index.commit(PartialBlob.Checkpoint(id: id, groups: groups))
        #expect(try index.durableGroups(of: id, size: 3 << 20) == groups)
        #expect(try index.durableGroups(of: id, size: 20 << 20) == nil)
        try index.complete(id, size: 3 << 20, sha256: Sha256.hash([1]), now: 6)
        #expect(try index.durableGroups(of: id, size: 3 << 20) == nil)
        try index.complete(id, size: 3 << 20, sha256: nil, now: 7)
        let entry = try #require(try index.blob(id))
        #expect(entry.state == .complete && entry.sha256 == Sha256.hash([1]) && entry.added == 5)
        #expect(entry.stored == 3 << 20 + 32 * 192 && entry.form == .raw)
        #expect(try index.doom([id]).bytes == entry.stored)
        #expect(try index.doomed() == [id])
        #expect(try index.blobs().isEmpty)
    }

    @Test func `a reservation beyond the quota is refused whole`() throws {
        let library = try LibraryFixture()
        try library.library.setQuota(nil, 1000)
        let index = library.library.index
        func blob(_ byte: UInt8, _ size: UInt64) -> BlobReference {
            BlobReference(blob: Blake3.hash([byte]), size: size)
        }
        _ = try index.reserve([blob(1, 600)], disk: .max, now: 0)
        #expect(throws: StoreError.quota(bytes: 401, available: 400)) {
            try index.reserve([blob(2, 100), blob(3, 301)], disk: .max, now: 0)
        }
        #expect(throws: StoreError.diskFull(path: "the store", bytes: 200)) {
            try index.reserve([blob(2, 100), blob(3, 100)], disk: 199, now: 0)
        }
        #expect(try index.blobs().count == 1)
        // The same without taking it; what is here already needs none.
        #expect(throws: StoreError.quota(bytes: 401, available: 400)) {
            try index.makeRoom(toFetch: [blob(2, 100), blob(3, 301)], disk: .max, now: 0)
        }
        _ = try index.makeRoom(toFetch: [blob(1, 600), blob(2, 400)], disk: .max, now: 0)
        #expect(try index.blobs().count == 1)
        _ = try index.reserve([blob(1, 600), blob(2, 400)], disk: .max, now: 0)
        #expect(try index.usedBytes() == 1000)
    }

    @Test func `contacts and statements are kept, the newest of each`() throws {
        let index = try Index(try Scratch().home().layout)
        var contact = Contact(key: Fixture.key(1).publicKey, addresses: ["a:1", "b:2"])
        contact.transportKey = [1, 2]
        contact.suite = 1
        contact.lastSeen = 9
        try index.put(contact)
        #expect(try index.contact(contact.key) == contact)
        #expect(try index.contacts() == [contact])
        let layer = Blake3.hash([9])
        func put(_ sequence: UInt64, _ subject: String = "ann") throws -> Bool {
            let place = StatementPlace(
                layer: layer, kind: .grant, publisher: contact.key, subject: subject)
            return try index.put(
                statement: [UInt8(sequence & 255)], at: place, sequence: sequence)
        }
        #expect(try put(2))
        #expect(try !put(1))
        #expect(try put(UInt64(Int64.max) + 3))
        #expect(try index.statements(about: layer) == [[2]])
        // What is given to another does not replace it.
        #expect(try put(1, "bob"))
        #expect(try index.statements(about: layer) == [[2], [1]])
    }

    @Test func `sequences rise and never fall behind the clock`() throws {
        let layout = try Scratch().home().layout
        do {
            let index = try Index(layout)
            #expect(try index.nextSequence(.layer, .only, now: 100) == 100)
            #expect(try index.nextSequence(.layer, .only, now: 50) == 101)
            #expect(try index.nextSequence(.node, .only, now: 50) == 50)
        }
        #expect(try Index(layout).nextSequence(.layer, .only, now: 0) == 102)
    }

    @Test func `an index of another version is refused`() throws {
        let layout = try Scratch().home().layout
        do {
            let connection = try SQLiteConnection(layout.index, isSoft: false)
            try connection.execute("PRAGMA user_version=99")
        }
        #expect(throws: StoreError.self) { try Index(layout) }
    }

    @Test func `the log of changes is written back for its length, not for that of its file`()
        throws
    {
        let layout = try Scratch().home().layout
        let index = try Index(layout)
        func commit(_ numbers: Range<Int>) throws {
            try index.complete(
                numbers.map {
                    BlobReference(blob: Blake3.hash(Array("\($0)".utf8)), size: 1)
                }, now: 7)
        }
        try commit(0..<3_000)
        let file = try File.facts(of: layout.index + "-wal").size
        #expect(file > 100 * 4096)
        #expect(try index.writeBack(ifOver: 100))
        #expect(try !index.writeBack(ifOver: 0))
        // The log begins anew in a file that stays as long as it was.
        try commit(3_000..<3_001)
        #expect(try File.facts(of: layout.index + "-wal").size == file)
        #expect(try !index.writeBack(ifOver: 100))
        #expect(try index.writeBack(ifOver: 0))
        try commit(3_001..<6_000)
        #expect(try index.writeBack(ifOver: 100))
        #expect(try index.accounts().sum().blobs == 6_000)
    }
}
