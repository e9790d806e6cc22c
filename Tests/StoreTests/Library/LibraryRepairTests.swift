import Genome
import Host
import Testing
import Wire

@testable import Store

@Suite struct LibraryRepairTests {
    private func damaged(
        _ change: (Layout, Digest) throws -> Void
    ) throws -> (LibraryFixture, LayerFile, [UInt8]) {
        let fixture = try LibraryFixture()
        let manifest = try fixture.share()
        let file = try #require(manifest.files.first { $0.path.text == "a.bin" })
        let bytes = try BlobReader(file.blob, layout: fixture.layout).readAll(limit: 4 << 20)
        try change(fixture.layout, file.blob)
        return (fixture, file, bytes)
    }

    private func refetch(_ fixture: LibraryFixture, _ file: LayerFile, _ bytes: [UInt8]) throws {
        let source = try Scratch.groups(bytes)
        let partial = try fixture.library.partial(file.blob, size: file.size)
        try partial.install(source.layer)
        for group in partial.groups.missing { try partial.fetch(group, from: source) }
        try fixture.library.complete(partial)
        #expect(BlobReader.isSound(file.blob, fixture.layout))
        #expect(try fixture.library.holds(file.blob))
    }

    @Test func `only the damaged group is fetched again and its bytes are set aside`() throws {
        let (fixture, file, bytes) = try damaged { try Scratch.flip($0.object($1), at: 1 << 20) }
        #expect(try fixture.library.reopen(file.blob, size: file.size) == [1])
        #expect(try !fixture.library.holds(file.blob))
        #expect(try Directory.list(fixture.layout.quarantine).count == 1)
        try fixture.restart()
        let partial = try fixture.library.partial(file.blob, size: file.size)
        #expect(partial.groups.missing == [1] && partial.layer != nil)
        try refetch(fixture, file, bytes)
    }

    @Test func `a blob that is gone or cut short is fetched whole`() throws {
        for isGone in [true, false] {
            let (fixture, file, bytes) = try damaged { layout, blob in
                if isGone {
                    try Directory.removeFile(layout.object(blob))
                } else {
                    try Scratch.flip(layout.object(blob), at: 0)
                    try File(layout.object(blob), .write).resize(to: 7)
                }
            }
            #expect(try fixture.library.reopen(file.blob, size: file.size) == [0, 1, 2, 3])
            try refetch(fixture, file, bytes)
        }
    }

    @Test func `a sound blob is left alone and an unknown one is missing`() throws {
        let (fixture, file, _) = try damaged { _, _ in }
        #expect(try fixture.library.reopen(file.blob, size: file.size).isEmpty)
        #expect(try fixture.library.holds(file.blob))
        #expect(throws: StoreError.missing("blob \(Blake3.hash([9]))")) {
            try fixture.library.reopen(Blake3.hash([9]), size: 5)
        }
    }

    @Test func `a manifest that claims a blob beyond the limit is refused`() throws {
        let fixture = try LibraryFixture()
        #expect(throws: StoreError.refused("a blob has at most 1 TiB")) {
            try fixture.library.partial(Blake3.hash([]), size: 1 << 41)
        }
    }
}

extension BlobReader {
    static func isSound(_ id: Digest, _ layout: Layout) -> Bool {
        (try? BlobReader(id, layout: layout).verify()) == []
    }
}
