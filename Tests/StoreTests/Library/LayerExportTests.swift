import Foundation
import Genome
import Host
import Testing
import Wire

@testable import Store

@Suite struct LayerExportTests {
    @Test func `exported files are the bytes that were shared, twice changes nothing`() throws {
        let fixture = try LibraryFixture()
        let manifest = try fixture.share()
        let target = "\(fixture.scratch.path)/out"
        let paths = try fixture.library.export(manifest.layer, to: target)
        #expect(paths == manifest.files.map { "\(target)/\($0.path)" })
        for file in manifest.files {
            let bytes = try File("\(target)/\(file.path)", .read).readAll(limit: 5 << 20)
            #expect(Blake3.hash(bytes) == file.blob)
        }
        let facts = try File.facts(of: paths[0])
        _ = try fixture.library.export(manifest.layer, to: target)
        #expect(try File.facts(of: paths[0]) == facts)
    }

    @Test func `without the index the objects and the manifest's files are enough`() throws {
        let fixture = try LibraryFixture()
        let manifest = try fixture.share()
        let target = "\(fixture.scratch.path)/out"
        var done: [UInt64] = []
        let layout = Layout(home: fixture.layout.home)
        let paths = try LayerExport(layout: layout, files: manifest.files)
            .run(to: target) { done.append($0) }
        #expect(paths.count == manifest.files.count && done.last == manifest.size)
    }

    @Test func `other bytes at a place stop everything before the first byte is written`() throws {
        let fixture = try LibraryFixture()
        let manifest = try fixture.share()
        let target = "\(fixture.scratch.path)/out"
        try Directory.create("\(target)/sub")
        try File("\(target)/sub/b.bin", .create).write([1], offset: 0)
        #expect(throws: StoreError.occupied(path: "\(target)/sub/b.bin")) {
            try fixture.library.export(manifest.layer, to: target)
        }
        #expect(!Directory.exists("\(target)/a.bin"))
        #expect(try File("\(target)/sub/b.bin", .read).readAll(limit: 10) == [1])
    }

    @Test func `evidence comes as a whole or not at all`() throws {
        let fixture = try LibraryFixture()
        let library = fixture.library
        let source = try fixture.scratch.file("source", Scratch.bytes(20_000, seed: 1))
        let known = try library.importFile(source)
        let other = ImportedBlob(
            id: Blake3.hash([1, 2]), size: 2, sha256: Sha256.hash([1, 2]), wasKnown: false)
        let manifest = try library.add(
            try Fixture.envelope(
                [("a.bin", known), ("run/a.bin", known), ("run/b.bin", other)],
                evidence: ["run/a.bin", "run/b.bin"]), origin: .fetched)
        #expect(try library.presentFiles(of: manifest.layer).map(\.path.text) == ["a.bin"])
        _ = try library.importBytes([1, 2])
        #expect(try library.presentFiles(of: manifest.layer).count == 3)
    }

    @Test func `a link inside the target is not followed`() throws {
        let fixture = try LibraryFixture()
        let manifest = try fixture.share()
        let target = "\(fixture.scratch.path)/out"
        try Directory.create(target)
        try Directory.create("\(fixture.scratch.path)/elsewhere")
        try Directory.link("\(target)/sub", to: "\(fixture.scratch.path)/elsewhere")
        #expect(throws: StoreError.occupied(path: "\(target)/sub")) {
            try fixture.library.export(manifest.layer, to: target)
        }
        #expect(try Directory.list("\(fixture.scratch.path)/elsewhere").isEmpty)
    }

    @Test func `a damaged blob is not exported`() throws {
        let fixture = try LibraryFixture()
        let manifest = try fixture.share()
        let file = try #require(manifest.files.first { $0.path.text == "a.bin" })
        try Scratch.flip(fixture.layout.object(file.blob), at: 5)
        let target = "\(fixture.scratch.path)/out"
        #expect(throws: StoreError.damaged("file a.bin")) {
            try fixture.library.export(manifest.layer, to: target)
        }
        #expect(try Directory.list(target).isEmpty)
    }

    @Test func `links lead into the store, also after the home was moved`() throws {
        let fixture = try LibraryFixture()
        let manifest = try fixture.share()
        let folder = try fixture.library.link(manifest.layer)
        let again = try fixture.library.link(manifest.layer)
        #expect(again == folder)
        for file in manifest.files {
            let resolved = try Directory.resolve("\(folder)/\(file.path)")
            #expect(resolved == fixture.layout.object(file.blob))
        }
        let moved = "\(fixture.scratch.path)/moved"
        try Directory.rename(fixture.layout.home, to: moved)
        let name = folder.dropFirst(fixture.layout.layers.utf8.count + 1)
        let deep = "\(moved)/layers/\(name)/sub/deep/c.txt"
        #expect(try Directory.resolve(deep).hasPrefix("\(moved)/store/obj/"))
    }
}
