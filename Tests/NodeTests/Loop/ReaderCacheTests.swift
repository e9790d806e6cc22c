import Host
import Testing
import Wire

@testable import Node
@testable import Store

@Suite("The cache of readers")
struct ReaderCacheTests {
    @Test func `opens a blob once, computes its layer once, and forgets on demand`() throws {
        let home = try HomeFixture()
        let bytes = Laboratory.bytes(3 << 20 + 5)
        let blob = try BlobImport.run(bytes: bytes, into: home.layout)
        let cache = ReaderCache()
        let first = try cache.reader(blob.id, layout: home.layout)
        let number = first.rawFile?.descriptor.number
        #expect(try cache.reader(blob.id, layout: home.layout).rawFile?.descriptor.number == number)
        let layer = try cache.layer(blob.id, layout: home.layout)
        #expect(layer.count == 4)
        #expect(try cache.layer(blob.id, layout: home.layout).id == blob.id)
        cache.clear()
        #expect(try cache.reader(blob.id, layout: home.layout).rawFile?.descriptor.number != number)
    }

    @Test func `holds no more files open than it should`() throws {
        let home = try HomeFixture()
        let cache = ReaderCache()
        var ids: [Digest] = []
        for number in 0..<100 as Range<UInt64> {
            let bytes = Laboratory.bytes(20, seed: number + 1)
            ids.append(try BlobImport.run(bytes: bytes, into: home.layout).id)
        }
        for id in ids + ids { #expect(try cache.reader(id, layout: home.layout).size == 20) }
    }

    @Test func `a blob that is not here is an error and stays one`() throws {
        let home = try HomeFixture()
        let cache = ReaderCache()
        let absent = Digest(words: (1, 1, 1, 1))
        for _ in 0..<2 {
            #expect(throws: StoreError.self) {
                try cache.reader(absent, layout: home.layout)
            }
        }
    }
}
