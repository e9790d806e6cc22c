import Genome
import Host
import Testing
import Wire

@testable import Store

@Suite struct LibraryBatchTests {
    @Test func `files of every size come in their order, small ones together`() throws {
        let fixture = try LibraryFixture()
        let sizes = [0, 1, 16_384, 16_385, 1 << 20, 1 << 20 + 1, 40, 3 << 20]
        let contents = sizes.enumerated().map { Scratch.bytes($1, seed: UInt64($0 + 1)) }
        let files = try contents.enumerated().map { try fixture.scratch.file("f\($0)", $1) }
        var last: UInt64 = 0
        let blobs = try fixture.library.importFiles(files) { last = $0 }
        #expect(last == sizes.reduce(0) { $0 + UInt64($1) })
        #expect(blobs.map(\.id) == contents.map { Blake3.hash($0) })
        #expect(blobs.map(\.sha256) == contents.map { Sha256.hash($0) })
        for (blob, bytes) in zip(blobs, contents) {
            #expect(
                try BlobReader(blob.id, layout: fixture.layout).readAll(limit: 4 << 20) == bytes)
            #expect(Directory.exists(fixture.layout.tree(blob.id)) == (bytes.count > 1 << 20))
        }
        #expect(try fixture.library.index.usedBytes() == fixture.bytesOnDisk())
        #expect(try Directory.list(fixture.layout.parts).isEmpty)
        #expect(try fixture.library.index.doomed().isEmpty)
        // The same again adds nothing.
        #expect(try fixture.library.importFiles(files).allSatisfy(\.wasKnown))
        #expect(try fixture.library.index.usedBytes() == fixture.bytesOnDisk())
    }

    @Test func `a batch beyond the quota leaves nothing`() throws {
        let fixture = try LibraryFixture()
        try fixture.library.setQuota(.own, 100)
        let blobs = (1...3).map { Scratch.bytes(40, seed: $0) }
        #expect(throws: StoreError.quota(bytes: 120, available: 100, of: .own)) {
            try fixture.library.importSmall(blobs)
        }
        #expect(try fixture.bytesOnDisk() == 0)
        #expect(try fixture.library.index.accounts().used == 0)
        #expect(try fixture.library.importSmall(Array(blobs.prefix(2))).count == 2)
    }

    @Test func `partial blobs are completed together, a failing one alone`() throws {
        let fixture = try LibraryFixture()
        let sources = try (1...5).map { try Scratch.groups(Scratch.bytes(64 << 10, seed: $0)) }
        let partials = try sources.map { source in
            let partial = try fixture.library.partial(source.layer.id, size: source.layer.size)
            try partial.fetch(0, from: source)
            return partial
        }
        try Directory.removeFile(fixture.layout.partData(partials[2].id))
        let problems = try fixture.library.complete(partials)
        #expect(problems.map(\.blob) == [partials[2].id])
        for partial in partials where partial.id != partials[2].id {
            #expect(try fixture.library.holds(partial.id))
            #expect(
                try BlobReader(partial.id, layout: fixture.layout).readAll(limit: 64 << 10).count
                    == 64 << 10)
        }
        #expect(try !fixture.library.holds(partials[2].id))
    }

    @Test func `files that got their names without rows go at opening`() throws {
        let fixture = try LibraryFixture()
        let kept = try fixture.library.importBytes([1, 2, 3])
        let bytes = Scratch.bytes(50_000)
        let id = Blake3.hash(bytes)
        try fixture.library.index.expect([id, kept.id])
        _ = try BlobImport.run(bytes: bytes, into: fixture.layout)
        try fixture.restart()
        #expect(!Directory.exists(fixture.layout.object(id)))
        #expect(Directory.exists(fixture.layout.object(kept.id)))
        #expect(try fixture.library.index.doomed().isEmpty)
    }

    @Test func `a blob whose row came late is complete at opening, and its parts go`() throws {
        let fixture = try LibraryFixture()
        let source = try Scratch.groups(Scratch.bytes(2 << 20))
        let id = source.layer.id
        _ = try fixture.library.partial(id, size: source.layer.size)
        _ = try BlobImport.run(bytes: Scratch.bytes(2 << 20), into: fixture.layout)
        try fixture.restart()
        #expect(try fixture.library.holds(id))
        #expect(!Directory.exists(fixture.layout.partData(id)))
        // A part without a row is one that can be gone on with.
        let other = Blake3.hash([7])
        let part = try PartialBlob(other, size: 3 << 20, layout: fixture.layout, groups: nil)
        try fixture.restart()
        #expect(try fixture.library.index.blob(other)?.state == .partial)
        #expect(try fixture.library.index.blob(other)?.size == part.size)
    }
}
