import Host
import Testing
import Wire

@testable import Store

@Suite struct BlobSweeperTests {
    @Test func `drafts of imports that were cut off are removed`() throws {
        let layout = try Scratch().home().layout
        do { _ = try BlobDraft(layout: layout, size: 3 << 20) }
        #expect(try Directory.list(layout.parts).count == 2)
        #expect(try BlobSweeper.run(layout) == [])
        #expect(try Directory.list(layout.parts).isEmpty)
    }

    @Test func `a completion cut off after its rename is finished`() throws {
        let layout = try Scratch().home().layout
        let bytes = Scratch.bytes(3 << 20)
        let source = try Scratch.groups(bytes)
        let id = source.layer.id
        let partial = try PartialBlob(id, size: source.layer.size, layout: layout, groups: nil)
        try partial.install(source.layer)
        for group in 0..<3 { try partial.fetch(group, from: source) }
        try BlobPlace.move(partial.data, to: layout.object(id))
        #expect(try BlobSweeper.run(layout) == [id])
        #expect(try Directory.list(layout.parts).isEmpty)
        #expect(Directory.exists(layout.tree(id)))
        #expect(try BlobReader(id, layout: layout).verify() == [])
    }

    @Test func `a partial blob that is going on is left alone`() throws {
        let layout = try Scratch().home().layout
        let source = try Scratch.groups(Scratch.bytes(2 << 20))
        _ = try PartialBlob(
            source.layer.id, size: source.layer.size, layout: layout, groups: nil)
        #expect(try BlobSweeper.run(layout) == [])
        #expect(Directory.exists(layout.partData(source.layer.id)))
    }

    @Test func `all blobs are found from the folders alone`() throws {
        let layout = try Scratch().home().layout
        let first = try BlobImport.run(bytes: [1], into: layout)
        let second = try BlobImport.run(bytes: Scratch.bytes(20_000), into: layout)
        let found = try BlobSweeper.objects(layout)
        #expect(Set(found.map(\.id)) == [first.id, second.id])
        #expect(found.first { $0.id == second.id }?.size == 20_000)
    }
}
