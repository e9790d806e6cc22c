import Host
import Testing
import Wire

@testable import Store

@Suite struct BlobDraftTests {
    @Test func `a discarded draft leaves nothing`() throws {
        let layout = try Scratch().home().layout
        let draft = try BlobDraft(layout: layout, size: 1 << 20 + 1)
        #expect(try Directory.list(layout.parts).count == 2)
        draft.discard()
        draft.discard()
        #expect(try Directory.list(layout.parts).isEmpty)
    }

    @Test func `a blob of one group has no file of leaf values`() throws {
        let layout = try Scratch().home().layout
        let draft = try BlobDraft(layout: layout, size: 1 << 20)
        #expect(try Directory.list(layout.parts).count == 1)
        #expect(try draft.append(leaves: [1], at: 0) == 0)
    }

    @Test func `an object of another size is replaced by the sound one`() throws {
        let layout = try Scratch().home().layout
        let blob = try BlobImport.run(bytes: Scratch.bytes(50_000), into: layout)
        try Directory.removeFile(layout.object(blob.id))
        try File(layout.object(blob.id), .create).write([1, 2], offset: 0)
        let again = try BlobImport.run(bytes: Scratch.bytes(50_000), into: layout)
        #expect(!again.wasKnown)
        #expect(try BlobReader(blob.id, layout: layout).verify() == [])
    }
}
