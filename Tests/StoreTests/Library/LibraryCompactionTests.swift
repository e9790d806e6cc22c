import Genome
import Host
import Testing
import Wire

@testable import Store

@Suite struct LibraryCompactionTests {
    private let base = ModelSample.base(blocks: 20)

    private func sound(_ fixture: LibraryFixture, _ blob: Digest, _ sample: ModelSample) throws {
        let reader = try BlobReader(blob, layout: fixture.layout)
        #expect(try reader.readAll(limit: 64 << 20) == sample.bytes)
        #expect(try fixture.library.index.usedBytes() == fixture.bytesOnDisk())
        #expect(
            try fixture.library.index.accounts().rows == fixture.library.index.countedAccounts())
        #expect(try fixture.library.examine().filter { !$0.isSound } == [])
        #expect(try fixture.library.index.swaps() == [])
        #expect(try Directory.list(fixture.layout.trash).isEmpty)
        #expect(try Directory.list(fixture.layout.parts).isEmpty)
    }

    @Test func `a model and what was made of it take less, and come back`() throws {
        let fixture = try LibraryFixture()
        let tuned = base.tuned()
        let (parent, child) = (try fixture.share(base), try fixture.share(tuned))
        let before = try fixture.library.index.usedBytes()
        let trial = try #require(try fixture.library.code(child.blob, isTrial: true))
        let done = try #require(try fixture.library.code(child.blob))
        #expect(done.parents == [parent.blob])
        #expect(done.after * 4 < done.before)
        #expect(trial.after < done.after * 3 / 2 && done.after < trial.after * 3 / 2)
        // What is drawn on is coded by itself, within what its child reckons with.
        let dense = try #require(try fixture.library.code(parent.blob))
        #expect(dense.parents.isEmpty && dense.after * 5 < dense.before * 4)
        #expect(try fixture.library.index.usedBytes() < before * 2 / 3)
        try sound(fixture, child.blob, tuned)
        try sound(fixture, parent.blob, base)
        #expect(try fixture.library.code(child.blob) == nil)
        let accounts = try fixture.library.index.accounts()
        #expect(accounts.sum { $0.form == .coded }.blobs == 2)
        // The same with the index gone, and what draws on what with it.
        let snapshot = try fixture.library.snapshot()
        try fixture.restart(LibraryFixture.loseIndex)
        #expect(try fixture.library.snapshot() == snapshot)
        #expect(try fixture.library.index.codedChildren(of: parent.blob) == [child.blob])
        try sound(fixture, child.blob, tuned)
        // Whoever opens the files gets plain ones.
        let link = try fixture.library.link(child.layer)
        #expect(
            try File("\(link)/model.safetensors", .read).readAll(limit: 64 << 20) == tuned.bytes)
        #expect(try fixture.library.index.blob(child.blob)?.form == .raw)
        #expect(try fixture.library.index.codedChildren(of: parent.blob).isEmpty)
        try sound(fixture, child.blob, tuned)
    }

    @Test func `leased, held, unlisted and small blobs are left alone`() throws {
        let fixture = try LibraryFixture()
        let model = try fixture.share(base)
        let now = Clock.wallMilliseconds()
        #expect(try fixture.library.codable(idle: 0, now: now + 1).map(\.id) == [model.blob])
        #expect(try fixture.library.codable(idle: 60_000, now: now).isEmpty)
        #expect(try fixture.library.codable(idle: 60_000, now: now + 61_000).count == 1)
        try fixture.library.index.lease(layer: model.layer, .running, now: now)
        #expect(try fixture.library.codable(idle: 0, now: now + 1).isEmpty)
        #expect(try fixture.library.codable(of: model.layer, now: now).able.isEmpty)
        #expect(try fixture.library.codable(of: model.layer, now: now).leased == 1)
        // A lease that comes while it is coded keeps the plain form.
        try fixture.endLeases()
        let outcome = try fixture.library.code(model.blob) { (_) throws(StoreError) in
            try fixture.library.index.lease(layer: model.layer, .running, now: now)
        }
        #expect(outcome == nil)
        #expect(try fixture.library.index.blob(model.blob)?.form == .raw)
        try sound(fixture, model.blob, base)
    }

    @Test func `noise is tried once`() throws {
        let fixture = try LibraryFixture()
        let blob = try fixture.library.importFile(
            try fixture.scratch.file("noise", Scratch.bytes(2 << 20)))
        _ = try fixture.library.add(try Fixture.envelope([("a", blob)]), origin: .own)
        try fixture.endLeases()
        let now = Clock.wallMilliseconds() + 1
        #expect(try fixture.library.codable(idle: 0, now: now).map(\.id) == [blob.id])
        #expect(try fixture.library.code(blob.id) == nil)
        #expect(try fixture.library.codable(idle: 0, now: now).isEmpty)
        #expect(try Directory.list(fixture.layout.parts).isEmpty)
    }

    @Test func `removing what a child draws on makes the child stand alone`() throws {
        let fixture = try LibraryFixture()
        let tuned = base.tuned()
        let (parent, child) = (try fixture.share(base), try fixture.share(tuned))
        _ = try fixture.library.code(child.blob)
        try fixture.library.remove(parent.layer)
        #expect(try fixture.library.index.blob(parent.blob) == nil)
        #expect(try fixture.library.index.blob(child.blob)?.form == .raw)
        try sound(fixture, child.blob, tuned)
    }

    @Test func `where there is no room for that, the parent stays for as long as it is needed`()
        throws
    {
        let fixture = try LibraryFixture()
        let tuned = base.tuned()
        let (parent, child) = (try fixture.share(base), try fixture.share(tuned))
        _ = try fixture.library.code(child.blob)
        try fixture.library.setQuota(nil, try fixture.library.index.usedBytes() + 1000)
        #expect(throws: StoreError.self) { try fixture.library.makeRaw(child.blob) }
        try fixture.library.remove(parent.layer)
        #expect(try fixture.library.index.blob(parent.blob) != nil)
        try sound(fixture, child.blob, tuned)
        try fixture.library.collect(now: Clock.wallMilliseconds() + 9 * 86_400_000)
        try sound(fixture, child.blob, tuned)
        try fixture.library.remove(child.layer)
        try fixture.library.collect(now: Clock.wallMilliseconds() + 9 * 86_400_000)
        #expect(try fixture.library.index.usedBytes() == 0)
        #expect(try fixture.bytesOnDisk() == 0)
    }

    /// Where a crash can cut a swap off, by hand: both forms there, the row as it was or as it
    /// is to be.
    @Test(arguments: [false, true])
    func `a swap that was cut off is ended as its row says`(_ isCommitted: Bool) throws {
        let fixture = try LibraryFixture()
        let model = try fixture.share(base)
        let raw = try File(fixture.layout.object(model.blob), .read).readAll(limit: 64 << 20)
        _ = try fixture.library.code(model.blob)
        let coded = fixture.layout.coded(model.blob)
        if !isCommitted {
            let bytes = try File(coded, .read).readAll(limit: 64 << 20)
            try fixture.library.makeRaw(model.blob)
            try Directory.create(Layout.folder(of: coded))
            try File(coded, .createNew).write(bytes, offset: 0)
        } else {
            try File(fixture.layout.object(model.blob), .createNew).write(raw, offset: 0)
        }
        try fixture.library.index.beginSwap(model.blob)
        try fixture.restart()
        #expect(Directory.exists(coded) == isCommitted)
        #expect(Directory.exists(fixture.layout.object(model.blob)) == !isCommitted)
        try sound(fixture, model.blob, base)
    }

    @Test func `a damaged coded blob keeps its sound groups`() throws {
        let fixture = try LibraryFixture()
        let model = try fixture.share(base)
        _ = try fixture.library.code(model.blob)
        let path = fixture.layout.coded(model.blob)
        try Scratch.flip(path, at: try File.facts(of: path).size - 100)
        let result = try #require(try fixture.library.scrub(model.blob) { _ in true })
        #expect(result.damaged == [2])
        let entry = try #require(try fixture.library.index.blob(model.blob))
        #expect(entry.state == .partial)
        let partial = try fixture.library.partial(model.blob, size: entry.size)
        #expect(partial.groups.missing == [2])
        let source = try Scratch.groups(base.bytes)
        try partial.install(source.layer)
        try partial.fetch(2, from: source)
        try fixture.library.complete(partial)
        #expect(try fixture.library.index.blob(model.blob)?.form == .raw)
        try sound(fixture, model.blob, base)
    }
}
