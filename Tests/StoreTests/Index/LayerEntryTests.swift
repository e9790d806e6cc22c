import Genome
import Testing
import Wire

@testable import Store

@Suite struct LayerEntryTests {
    @Test func `an entry holds what its manifest says and comes back from the index`() throws {
        let fixture = try LibraryFixture()
        let manifest = try fixture.share()
        let entry = try #require(try fixture.library.index.layer(manifest.layer))
        #expect(entry == LayerEntry(manifest, added: entry.added, origin: .own))
        #expect(entry.size == manifest.size && entry.created == manifest.createdAt)
        #expect(entry.manifestSize == UInt64(manifest.bytes.count))
        #expect(entry.visibility == "public" && entry.type == "specialization")
    }
}
