import Genome
import Host
import Testing
import Wire

@testable import Store

/// What is kept as a mirror: its quota, its class, and how it falls back to the cache.
@Suite struct LibraryMirrorsTests {
    @Test func `a mirrored layer counts as one, is never evicted, and falls back to the cache`()
        throws
    {
        let fixture = try LibraryFixture()
        let library = fixture.library
        let kept = try fixture.fetch("kept", bytes: 1 << 20, seed: 3)
        let cached = try fixture.fetch("cached", bytes: 1 << 20, seed: 4)
        try library.mirror(kept.layer)
        try fixture.endLeases()
        #expect(try library.index.mirrored() == [kept.layer])
        #expect(try library.index.isMirrored(kept.layer))
        let accounts = try library.index.accounts()
        #expect(accounts.used(.mirrored) > 1 << 20 && accounts.used(.cache) > 1 << 20)
        #expect(accounts.rows == (try library.index.countedAccounts()))
        // The older one would go first; it is the other that does.
        try library.setQuota(nil, accounts.used)
        try library.requireRoom(toFetch: [BlobReference(blob: Blake3.hash([5]), size: 1 << 20)])
        #expect(try library.index.layers().map(\.id) == [kept.layer])
        #expect(try library.index.layer(cached.layer) == nil)
        try library.unmirror(kept.layer)
        #expect(try library.index.mirrored().isEmpty)
        #expect(try library.index.layer(kept.layer) != nil)
        let after = try library.index.accounts()
        #expect(after.used(.mirrored) == 0 && after.used(.cache) > 1 << 20)
        #expect(after.rows == (try library.index.countedAccounts()))
    }

    @Test func `what comes for a mirror takes its own quota from the first byte`() throws {
        let fixture = try LibraryFixture()
        let library = fixture.library
        let blobs = [1, 2].map { BlobReference(blob: Blake3.hash([UInt8($0)]), size: 1 << 20) }
        try library.setQuota(.cache, 0)
        try library.setQuota(.mirrored, 1 << 20)
        #expect(throws: StoreError.self) { try library.reserve([blobs[0]]) }
        try library.mirror(blobs[0].blob)
        try library.mirror(blobs[1].blob)
        try library.reserve([blobs[0]])
        #expect(try library.index.accounts().used(.mirrored) >= 1 << 20)
        #expect(throws: StoreError.self) { try library.reserve([blobs[1]]) }
        #expect(try library.mirrorRoom() == 0)
        // One that is given up is no mirror's any more.
        try library.unmirror(blobs[0].blob)
        #expect(try library.index.accounts().used(.mirrored) == 0)
        #expect(try library.mirrorRoom() == 1 << 20)
    }

    @Test func `a layer that is here is no mirror's beyond the quota`() throws {
        let fixture = try LibraryFixture()
        let library = fixture.library
        let large = try fixture.fetch("large", bytes: 1 << 20, seed: 3)
        try library.setQuota(.mirrored, 1 << 19)
        #expect(throws: StoreError.self) { try library.mirror(large.layer) }
        #expect(try library.index.mirrored().isEmpty)
        #expect(try library.index.accounts().used(.mirrored) == 0)
        try library.setQuota(.mirrored, nil)
        try library.mirror(large.layer)
        try library.mirror(large.layer)
        // What is removed is forgotten.
        try library.remove(large.layer)
        #expect(try library.index.mirrored().isEmpty)
    }
}
