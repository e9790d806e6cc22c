import Genome
import Host
import Testing
import Wire

@testable import Store

@Suite struct LibraryScrubTests {
    private let day: UInt64 = 86_400_000

    @Test func `the blob that was not read for longest is due, once a month`() throws {
        let fixture = try LibraryFixture()
        let manifest = try fixture.share()
        let now = Clock.wallMilliseconds()
        #expect(try fixture.library.dueForScrub(now: now) == nil)
        let due = try #require(try fixture.library.dueForScrub(now: now + 31 * day))
        let oldest = try fixture.library.index.blobs().map(\.verified).min()
        #expect(due.verified == oldest)
        var read = 0
        let result = try fixture.library.scrub(due.id) { count in
            read += count
            return true
        }
        #expect(result == ScrubResult(blob: due.id, size: due.size, damaged: []))
        #expect(read == Int(due.size))
        #expect(try fixture.library.index.blob(due.id)?.verified ?? 0 >= now)
        #expect(try fixture.library.verify(manifest.layer).allSatisfy(\.isSound))
    }

    @Test func `damage is set aside, counted, and leaves a partial blob`() throws {
        let fixture = try LibraryFixture()
        let manifest = try fixture.share()
        let blob = try #require(manifest.files.first { $0.size > 3 << 20 })
        try Scratch.flip(fixture.layout.object(blob.blob), at: 1 << 20)
        let result = try fixture.library.scrub(blob.blob) { _ in true }
        #expect(result?.damaged == [1])
        #expect(try fixture.library.index.blob(blob.blob)?.state == .partial)
        let state = try fixture.library.scrubState(now: Clock.wallMilliseconds())
        #expect(state.damagedLayers == [manifest.layer])
        #expect(try Directory.list(fixture.layout.quarantine).count == 1)
        let accounts = try fixture.library.index.accounts()
        #expect(accounts.rows == (try fixture.library.index.countedAccounts()))
        #expect(accounts.sum { $0.form == nil }.blobs == 1)
        #expect(fixture.library.scrubTotals.damagedGroups == 1)
        #expect(fixture.library.scrubTotals.blobs == 1)
        #expect(fixture.library.scrubTotals.bytes == 2 << 20)
        // Read again there is nothing to read.
        #expect(try fixture.library.scrub(blob.blob) { _ in true } == nil)
    }

    @Test func `a file that is gone, and a reading that is ended`() throws {
        let fixture = try LibraryFixture()
        let manifest = try fixture.share()
        let blob = try #require(manifest.files.first { $0.size > 3 << 20 })
        #expect(try fixture.library.scrub(blob.blob) { _ in false } == nil)
        try Directory.removeFile(fixture.layout.object(blob.blob))
        #expect(try fixture.library.scrub(blob.blob) { _ in true }?.damaged == [0, 1, 2, 3])
    }

    @Test func `the rate is the owner's`() throws {
        let library = try LibraryFixture().library
        #expect(try library.scrubRate() == Library.scrubRateDefault)
        try library.setScrubRate(0)
        #expect(try library.scrubRate() == 0)
        try library.setScrubRate(nil)
        #expect(try library.scrubRate() == Library.scrubRateDefault)
    }
}
