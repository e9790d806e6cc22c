import Genome
import Host
import Testing
import Wire

@testable import Store

/// Bits that flip, files and rows that vanish: each ends healed or named, nothing else is touched.
@Suite("Rot on the disk") struct RotTests {
    private let fixture: LibraryFixture
    private let manifest: Manifest
    private let other: Manifest
    /// The blob of 3 MiB and 5 bytes of the first layer.
    private let blob: Digest

    init() throws {
        fixture = try LibraryFixture()
        manifest = try fixture.share(name: "first", seed: 1)
        other = try fixture.share(name: "second", seed: 2)
        blob = try #require(manifest.files.first { $0.path.text == "a.bin" }).blob
    }

    private func faults(_ manifest: Manifest) throws -> [String] {
        try fixture.library.verify(manifest.layer).filter { !$0.isSound }.map { check in
            "\(check.name) \(check.detail)"
        }
    }

    private func expectOtherSound(_ location: SourceLocation = #_sourceLocation) throws {
        #expect(try faults(other).isEmpty, sourceLocation: location)
    }

    @Test func `a flipped bit of an object is found, set aside, and nothing else goes`() throws {
        try fixture.restart { try Scratch.flip($0.object(blob), at: 2 << 20 + 7) }
        #expect(try faults(manifest).contains { $0.contains("a.bin") })
        try expectOtherSound()
        #expect(try fixture.library.reopen(blob, size: 3 << 20 + 5) == [2])
        try fixture.restart()
        let entry = try #require(try fixture.library.index.blob(blob))
        #expect(entry.state == .partial)
        let partial = try fixture.library.partial(blob, size: entry.size)
        #expect(partial.groups.missing == [2])
        #expect(try Directory.list(fixture.layout.quarantine).count == 1)
        try expectOtherSound()
    }

    @Test func `a repair that is cut off anywhere never passes the damage as sound`() throws {
        // What a repair does, up to each of its steps.
        for steps in 0...3 {
            let fixture = try LibraryFixture()
            let manifest = try fixture.share()
            let blob = try #require(manifest.files.first { $0.path.text == "a.bin" }).blob
            try fixture.restart { layout in
                try Scratch.flip(layout.object(blob), at: 5)
                let groups = try BlobReader(blob, layout: layout).groupCount
                let bytes = try File(layout.tree(blob), .read).readAll(limit: 1 << 20)
                if steps > 0 {
                    let reader = try BlobReader(blob, layout: layout)
                    try DurableFile.write(reader.layer().values, to: layout.partGroups(blob))
                }
                if steps > 1 { try DurableFile.write(bytes, to: layout.partLeaves(blob)) }
                if steps > 2 {
                    try Directory.rename(layout.object(blob), to: layout.partData(blob))
                }
                #expect(groups == 4)
            }
            let state = try fixture.library.index.blob(blob)?.state
            if steps > 2 {
                #expect(state == .partial)
                let partial = try fixture.library.partial(blob, size: 3 << 20 + 5)
                #expect(partial.groups.missing == [0])
            } else {
                #expect(state == .complete)
                #expect(try BlobReader(blob, layout: fixture.layout).verify() == [0])
                #expect(try fixture.library.reopen(blob, size: 3 << 20 + 5) == [0])
            }
            #expect(try fixture.library.verify(manifest.layer).contains { !$0.isSound })
        }
    }

    @Test(arguments: [true, false])
    func `leaf values that rot or vanish are made anew`(_ isGone: Bool) throws {
        try fixture.restart { layout in
            if isGone {
                try Directory.removeFile(layout.tree(blob))
            } else {
                try Scratch.flip(layout.tree(blob), at: 100)
            }
        }
        let reader = try BlobReader(blob, layout: fixture.layout)
        #expect(try reader.layer().count == 4)
        #expect(try reader.verify() == [])
        #expect(try faults(manifest).isEmpty)
        try expectOtherSound()
    }

    @Test func `an object that vanished is named, and comes back by a fetch`() throws {
        try fixture.restart { try Directory.removeFile($0.object(blob)) }
        #expect(try faults(manifest).contains { $0.contains("a.bin") })
        #expect(try fixture.library.reopen(blob, size: 3 << 20 + 5) == [0, 1, 2, 3])
        let source = try Scratch.groups(Scratch.bytes(3 << 20 + 5, seed: 1))
        let partial = try fixture.library.partial(blob, size: 3 << 20 + 5)
        try partial.install(source.layer)
        for group in partial.groups.missing { try partial.fetch(group, from: source) }
        try fixture.library.complete(partial)
        #expect(try faults(manifest).isEmpty)
        try expectOtherSound()
    }

    @Test func `a row that vanished leaves its file to the doctor, and the layer says so`() throws {
        _ = try fixture.library.index.connection.withLock { connection throws(StoreError) in
            try connection.run("DELETE FROM blobs WHERE id=?", [SQLValue(blob)])
        }
        try fixture.restart()
        try expectOtherSound()
        #expect(try fixture.library.holds(blob) == false)
        #expect(Directory.exists(fixture.layout.object(blob)))
        #expect(try fixture.library.recoverUnlisted() == 1)
        #expect(try fixture.library.holds(blob))
        #expect(try faults(manifest).isEmpty)
    }

    @Test func `a damaged index is named, never read as something else`() throws {
        var named = 0
        for page in 0..<12 {
            let fixture = try LibraryFixture()
            let manifest = try fixture.share()
            do {
                try fixture.restart { layout in
                    // All of it in one file, then a page of it gone.
                    let connection = try SQLiteConnection(layout.index, isSoft: false)
                    try connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                    let file = try File(layout.index, .write)
                    try file.write(
                        [UInt8](repeating: 0xa5, count: 4096), offset: UInt64(page) * 4096)
                }
                // The page is not one that an opening reads: using it names it.
                _ = try? fixture.library.verify(manifest.layer)
            } catch let error as StoreError {
                named += 1
                guard case .damaged(let what) = error else {
                    Issue.record("page \(page): \(error)")
                    continue
                }
                #expect(what.contains("index.db"))
            }
        }
        #expect(named > 0)
    }

    @Test func `rot in what came of a fetch is found, whichever file it is in`() throws {
        let bytes = Scratch.bytes(4 << 20 + 9, seed: 5)
        let source = try Scratch.groups(bytes)
        for damaged in ["leaf", "groups"] {
            let fixture = try LibraryFixture()
            let partial = try fixture.library.partial(source.layer.id, size: source.layer.size)
            try partial.install(source.layer)
            for group in [0, 2, 3] { try partial.fetch(group, from: source) }
            try fixture.library.checkpoint(partial)
            try fixture.restart { layout in
                let path =
                    damaged == "leaf"
                    ? layout.partLeaves(source.layer.id) : layout.partGroups(source.layer.id)
                try Scratch.flip(path, at: 70)
            }
            let again = try fixture.library.partial(source.layer.id, size: source.layer.size)
            #expect((again.layer == nil) == (damaged == "groups"))
            if again.layer == nil { try again.install(source.layer) }
            for group in again.groups.missing { try again.fetch(group, from: source) }
            try fixture.library.complete(again)
            let reader = try BlobReader(source.layer.id, layout: fixture.layout)
            #expect(try reader.layer() == source.layer)
            #expect(try reader.verify() == [])
        }
    }
}
