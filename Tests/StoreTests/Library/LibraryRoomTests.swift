import Genome
import Host
import Testing
import Wire

@testable import Store

/// Quotas, eviction, leases and collection.
@Suite struct LibraryRoomTests {
    private func stored(_ size: Int) -> UInt64 {
        Index.storedBytes(fileBytes: UInt64(size), size: UInt64(size))
    }

    @Test func `the accounts are what lies on the disk, by class, to the byte`() throws {
        let fixture = try LibraryFixture()
        let own = try fixture.share()
        let cached = try fixture.fetch("cached", bytes: 2 << 20, seed: 3)
        let pinned = try fixture.fetch("pinned", bytes: 100_000, seed: 4)
        try fixture.library.setPin(pinned.layer, isPinned: true)
        let accounts = try fixture.library.index.accounts()
        func bytes(_ manifest: Manifest) -> UInt64 {
            (manifest.blobs.map(\.size) + [UInt64(manifest.bytes.count)])
                .reduce(0) { $0 + stored(Int($1)) }
        }
        #expect(accounts.used(.own) == bytes(own))
        #expect(accounts.used(.cache) == bytes(cached))
        #expect(accounts.used(.mirrored) == bytes(pinned))
        #expect(accounts.used == (try fixture.bytesOnDisk()))
        #expect(accounts.rows == (try fixture.library.index.countedAccounts()))
        // A pin taken back makes it a cached one again; a partial blob counts whole.
        try fixture.library.setPin(pinned.layer, isPinned: false)
        try fixture.library.reserve([BlobReference(blob: Blake3.hash([5]), size: 5 << 20)])
        let after = try fixture.library.index.accounts()
        #expect(after.used(.mirrored) == 0)
        #expect(
            after.used(.cache)
                == bytes(cached) + bytes(pinned) + Index.storedBytes(partialSize: 5 << 20))
        #expect(after.rows == (try fixture.library.index.countedAccounts()))
    }

    @Test func `the layer that was not used for longest gives way`() throws {
        let fixture = try LibraryFixture()
        let own = try fixture.share()
        let first = try fixture.fetch("first", bytes: 1 << 20, seed: 3)
        let second = try fixture.fetch("second", bytes: 1 << 20, seed: 4)
        let link = try fixture.library.link(second.layer)
        try fixture.endLeases()
        try fixture.library.index.noteUse(of: [first.files[0].blob], now: .max >> 1)
        let told = Lock<[Digest]>([])
        fixture.library.onEviction { eviction in
            told.withLock { $0 += eviction.layers.map(\.id) }
        }
        let used = try fixture.library.index.accounts().used(.cache)
        try fixture.library.setQuota(.cache, used)
        // One byte too many: the second goes, although it is newer.
        let third = try fixture.fetch("third", bytes: 30_000, seed: 5)
        let here = try fixture.library.index.layers().map(\.id)
        #expect(Set(here) == [own.layer, first.layer, third.layer])
        #expect(told.withLock { $0 } == [second.layer])
        #expect(!Directory.exists(link))
        #expect(!Directory.exists(fixture.layout.object(second.files[0].blob)))
        #expect(!Directory.exists(fixture.layout.tree(second.files[0].blob)))
        #expect(try fixture.library.index.usedBytes() == fixture.bytesOnDisk())
        // It does not come back with the index gone.
        try fixture.restart(LibraryFixture.loseIndex)
        #expect(Set(try fixture.library.index.layers().map(\.id)) == Set(here))
    }

    @Test func `an import waits for the disk before files give way for it, not else`() throws {
        let fixture = try LibraryFixture()
        let cached = try fixture.fetch("cached", bytes: 1 << 20, seed: 3)
        try fixture.endLeases()
        let index = fixture.library.index
        func durable() throws -> Int64? {
            try index.connection.withLock { connection throws(StoreError) in
                try connection.first("SELECT value FROM settings WHERE name='durable'") {
                    $0.integer(0)
                }
            }
        }
        let before = try durable()
        _ = try fixture.library.importBytes(Scratch.bytes(1000, seed: 4))
        #expect(try durable() == before)
        #expect(try index.accounts().promised.values.allSatisfy { $0 == 0 })
        // Makes sure that the next mark is another one.
        while Clock.wallMilliseconds() <= UInt64(before ?? 0) {}
        try fixture.library.setQuota(nil, try index.usedBytes() + 10)
        _ = try fixture.library.importBytes(Scratch.bytes(2000, seed: 5))
        #expect(try durable() != before)
        #expect(try index.layer(cached.layer) == nil)
        #expect(!Directory.exists(fixture.layout.object(cached.files[0].blob)))
        #expect(try index.accounts().promised.values.allSatisfy { $0 == 0 })
        #expect(try index.usedBytes() == fixture.bytesOnDisk())
    }

    @Test func `room that is only asked for is made and not taken`() throws {
        let fixture = try LibraryFixture()
        let cached = try fixture.fetch("cached", bytes: 1 << 20, seed: 3)
        try fixture.endLeases()
        let index = fixture.library.index
        try fixture.library.setQuota(nil, try index.usedBytes() + 10)
        let before = try index.accounts()
        #expect(throws: StoreError.self) { try fixture.library.requireRoom(for: 9 << 20) }
        #expect(try index.accounts() == before)
        #expect(try index.layer(cached.layer) != nil)
        try fixture.library.requireRoom(for: 2000)
        #expect(try index.layer(cached.layer) == nil)
        #expect(!Directory.exists(fixture.layout.object(cached.files[0].blob)))
        #expect(try index.usedBytes() == fixture.bytesOnDisk())
        // A promise would have changed a row and changed it back.
        func changes() throws -> Int64? {
            try index.connection.withLock { connection throws(StoreError) in
                try connection.first("SELECT total_changes()") { $0.integer(0) }
            }
        }
        let count = try changes()
        try fixture.library.requireRoom(for: 2000)
        #expect(try changes() == count)
    }

    @Test func `pinned, leased, own and needed layers never give way`() throws {
        let fixture = try LibraryFixture()
        try fixture.share()
        let pinned = try fixture.fetch("pinned", bytes: 50_000, seed: 3)
        try fixture.library.setPin(pinned.layer, isPinned: true)
        let leased = try fixture.fetch("leased", bytes: 50_000, seed: 4)
        try fixture.library.index.lease(
            layer: leased.layer, .running, now: Clock.wallMilliseconds())
        let before = try fixture.library.index.accounts()
        try fixture.library.setQuota(nil, before.used)
        #expect(throws: StoreError.quota(bytes: 1000, available: 0)) {
            try fixture.library.partial(Blake3.hash([1]), size: 1000)
        }
        #expect(try fixture.library.index.accounts() == before)
        #expect(throws: StoreError.quota(bytes: 5, available: 0)) {
            try fixture.library.importBytes([1, 2, 3, 4, 5])
        }
        #expect(try fixture.library.index.accounts() == before)
        // The lease is over: it is the one that goes.
        try fixture.endLeases()
        _ = try fixture.library.importBytes([1, 2, 3, 4, 5])
        #expect(try fixture.library.index.layer(leased.layer) == nil)
        #expect(try fixture.library.index.layer(pinned.layer) != nil)
    }

    @Test func `a quota of one class bounds that class alone`() throws {
        let fixture = try LibraryFixture()
        try fixture.library.setQuota(.cache, 10_000)
        #expect(throws: StoreError.quota(bytes: 20_000, available: 10_000, of: .cache)) {
            try fixture.library.partial(Blake3.hash([1]), size: 20_000)
        }
        let own = try fixture.share()
        try fixture.library.setQuota(.own, own.size)
        #expect(throws: StoreError.self) { try fixture.library.importBytes([1]) }
        #expect(try fixture.library.index.quota(.own) == own.size)
        try fixture.library.setQuota(.own, nil)
        _ = try fixture.library.importBytes([1])
        #expect(try fixture.library.index.quota(.own) == nil)
    }

    @Test func `what nobody goes on with is collected, what is leased is not`() throws {
        let fixture = try LibraryFixture()
        let own = try fixture.share()
        _ = try fixture.library.importBytes(Scratch.bytes(40_000))
        _ = try fixture.library.partial(Blake3.hash([1]), size: 3 << 20)
        let hour: UInt64 = 3_600_000
        let now = Clock.wallMilliseconds()
        #expect(try fixture.library.collect(now: now).blobs == 0)
        #expect(try fixture.library.collect(now: now + 25 * hour).blobs == 1)
        let last = try fixture.library.collect(now: now + 8 * 24 * hour)
        #expect(last.blobs == 1 && last.bytes == Index.storedBytes(partialSize: 3 << 20))
        #expect(try fixture.library.index.doomed() == [])
        #expect(try Directory.list(fixture.layout.trash).isEmpty)
        #expect(try Directory.list(fixture.layout.parts).isEmpty)
        #expect(try fixture.library.index.usedBytes() == fixture.bytesOnDisk())
        #expect(try fixture.library.verify(own.layer).allSatisfy(\.isSound))
    }

    /// More than a step looks at and more than a round removes.
    @Test func `many are collected between many that stay, and all leases that are over go`()
        throws
    {
        let fixture = try LibraryFixture()
        let index = fixture.library.index
        let now = Clock.wallMilliseconds()
        let all = (0..<5_000).map { number in
            BlobReference(blob: Blake3.hash(Array("\(number)".utf8)), size: 1)
        }
        try index.complete(Array(all[..<4_500]), now: now, leasedFor: .importing)
        try index.complete(Array(all[4_500...]), now: now, leasedFor: .linked)
        let none = try fixture.library.collect(now: now)
        #expect(none.blobs == 0 && none.bytes == 0)
        let day: UInt64 = 86_400_000
        let done = try fixture.library.collect(now: now + 2 * day)
        #expect(done.blobs == 4_500 && done.bytes == 4_500)
        #expect(done.longestHold > 0 && done.longestWork > 0)
        #expect(Set(try index.blobs().map(\.id)) == Set(all[4_500...].map(\.blob)))
        #expect(try index.doomed() == [])
        #expect(try index.forgetLeases(before: now + 2 * day) == 0)
        var holds = Library.Collection()
        #expect(try index.forgetLeases(before: now + 40 * day, rows: 64, &holds) == 500)
        #expect(holds.longestHold > 0)
        #expect(try index.accounts().rows == index.countedAccounts())
    }

    @Test func `what is leased after it was found collectable is not taken`() throws {
        let fixture = try LibraryFixture()
        let index = fixture.library.index
        let now = Clock.wallMilliseconds()
        let blobs = (0..<3).map { BlobReference(blob: Blake3.hash([$0]), size: 1) }
        try index.complete(blobs, now: now)
        let found = try Index.collectable(after: nil, limit: 9, now: now, index.reader())
        #expect(found == blobs.map(\.blob).sorted())
        #expect(
            try Index.collectable(after: found[0], limit: 1, now: now, index.reader())
                == [found[1]])
        try index.complete(
            found[1], size: 1, sha256: nil, now: now, leasedFor: .reading)
        var collection = Library.Collection()
        try index.doom(collectable: found, now: now, &collection)
        #expect(collection.blobs == 2 && collection.bytes == 2)
        #expect(try index.blobs().map(\.id) == [found[1]])
        #expect(try index.doomed() == [found[0], found[2]])
    }

    @Test func `a removal that a crash cut off is finished, what came again stays`() throws {
        let fixture = try LibraryFixture()
        let blob = try fixture.library.importBytes(Scratch.bytes(40_000))
        let other = try fixture.library.importBytes(Scratch.bytes(50_000))
        // As a crash leaves it behind the transaction, before the files are moved.
        #expect(try fixture.library.index.doom([blob.id, other.id]).blobs.count == 2)
        try fixture.library.index.complete(
            other.id, size: other.size, sha256: nil, now: Clock.wallMilliseconds(),
            leasedFor: .importing)
        try fixture.restart()
        #expect(!Directory.exists(fixture.layout.object(blob.id)))
        #expect(!Directory.exists(fixture.layout.tree(blob.id)))
        #expect(Directory.exists(fixture.layout.object(other.id)))
        #expect(try fixture.library.index.doomed() == [])
        #expect(try fixture.library.index.usedBytes() == fixture.bytesOnDisk())
    }

    @Test func `a lost index gives the same accounts again`() throws {
        let fixture = try LibraryFixture()
        try fixture.share()
        let pinned = try fixture.fetch("pinned", bytes: 2 << 20, seed: 3)
        try fixture.library.setPin(pinned.layer, isPinned: true)
        _ = try fixture.fetch("cached", bytes: 50_000, seed: 4)
        _ = try fixture.library.partial(Blake3.hash([1]), size: 3 << 20)
        let before = try fixture.library.index.accounts()
        try fixture.restart(LibraryFixture.loseIndex)
        #expect(try fixture.library.index.accounts() == before)
        #expect(try fixture.library.index.pins() == [pinned.layer])
    }

    @Test func `an older index is taken further with its accounts`() throws {
        let scratch = Scratch()
        let layout = try scratch.home().layout
        do {
            let connection = try SQLiteConnection(layout.index, isSoft: false)
            _ = try Index.migrate(
                connection, path: layout.index, steps: Array(Index.steps.dropLast(3)))
            for (byte, state, size) in [(1, 0, 100), (2, 1, 20_000), (3, 2, 3_000_000)] {
                try connection.run(
                    "INSERT INTO blobs(id, state, size, added) VALUES(?, ?, ?, 7)",
                    [SQLValue(Blake3.hash([UInt8(byte)])), SQLValue(state), SQLValue(size)])
            }
        }
        let index = try Index(layout)
        let accounts = try index.accounts()
        #expect(accounts.rows == (try index.countedAccounts()))
        #expect(accounts.used(.own) == stored(3_000_000))
        #expect(accounts.used(.cache) == stored(20_000) + Index.storedBytes(partialSize: 100))
        #expect(try index.blob(Blake3.hash([3]))?.verified == 7)
        // Nothing is collected at once that an older version was fetching.
        #expect(try index.isLeased(Blake3.hash([1]), now: Clock.wallMilliseconds()))
    }
}

extension LibraryFixture {
    /// Ends every lease, as time does.
    func endLeases() throws {
        _ = try library.index.forgetLeases(before: .max >> 1)
    }

    /// Bytes of all files of blobs as the folders show them.
    func bytesOnDisk() throws -> UInt64 {
        return try ["obj", "tree", "part", "coded", "ref"].map { "\(layout.home)/store/\($0)" }
            .filter { Directory.exists($0) }.reduce(0) { try $0 + sum($1) }
    }

    private func sum(_ folder: String) throws -> UInt64 {
        try Directory.list(folder).reduce(0) { sum, entry in
            let path = "\(folder)/\(entry.name)"
            return sum
                + (entry.kind == .folder ? try self.sum(path) : try File.facts(of: path).size)
        }
    }
}
