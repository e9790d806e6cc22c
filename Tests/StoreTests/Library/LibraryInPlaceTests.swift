import Genome
import Host
import Testing
import Wire

@testable import Store

@Suite struct LibraryInPlaceTests {
    private let size = 3 << 20 + 5

    private func share(
        _ fixture: LibraryFixture, _ bytes: [UInt8]
    ) throws -> (blob: ImportedBlob, path: String) {
        let path = "\(try Directory.resolve(fixture.scratch.path))/model.bin"
        let file = try fixture.scratch.file("model.bin", bytes)
        let blob = try fixture.library.importInPlace(file, at: path)
        _ = try fixture.library.add(
            try Fixture.envelope([("model.bin", blob)], name: "model"), origin: .own)
        return (blob, path)
    }

    @Test func `a file is a blob where it lies, and takes next to nothing`() throws {
        let fixture = try LibraryFixture()
        let bytes = Scratch.bytes(size)
        let (blob, path) = try share(fixture, bytes)
        #expect(blob.id == Blake3.hash(bytes) && blob.sha256 == Sha256.hash(bytes))
        #expect(!Directory.exists(fixture.layout.object(blob.id)))
        #expect(fixture.layout.plainPath(blob.id) == path)
        let reader = try BlobReader(blob.id, layout: fixture.layout)
        #expect(reader.size == UInt64(size))
        #expect(try reader.readAll(limit: size) == bytes)
        #expect(try reader.verify() == [])
        #expect(try fixture.library.index.usedBytes() == fixture.bytesOnDisk())
        #expect(try fixture.library.index.usedBytes() < 20_000)
        #expect(try fixture.library.inPlace().map(\.state) == [.same])
        // The same after a restart, and with the index gone.
        let before = try fixture.library.snapshot()
        try fixture.restart(LibraryFixture.loseIndex)
        #expect(try fixture.library.snapshot() == before)
        #expect(try fixture.library.examine().allSatisfy(\.isSound))
    }

    @Test func `a changed file gives what still matches, and says what it is`() throws {
        let fixture = try LibraryFixture()
        let (blob, path) = try share(fixture, Scratch.bytes(size))
        try File(path, .write).write([1, 2, 3], offset: 1 << 20 + 7)
        let reader = try BlobReader(blob.id, layout: fixture.layout)
        let buffer = Buffer(capacity: HashTree.groupBytes)
        #expect(try reader.read(group: 0, into: buffer) == 1 << 20)
        #expect(throws: StoreError.sourceChanged(path: path)) {
            try reader.read(group: 1, into: buffer)
        }
        #expect(try reader.read(group: 3, into: buffer) == 5)
        #expect(try fixture.library.inPlace().map(\.state) == [.changed])
        // It is no damage: scrubbing sets nothing aside.
        #expect(try fixture.library.scrub(blob.id) { _ in true } == nil)
        #expect(try fixture.library.index.blob(blob.id)?.state == .complete)
        #expect(try Directory.list(fixture.layout.quarantine).isEmpty)
        try File(path, .write).resize(to: 5)
        #expect(throws: StoreError.sourceChanged(path: path)) {
            try BlobReader(blob.id, layout: fixture.layout)
        }
        try Directory.removeFile(path)
        #expect(throws: StoreError.sourceMissing(path: path)) {
            try BlobReader(blob.id, layout: fixture.layout)
        }
        #expect(try fixture.library.inPlace().map(\.state) == [.missing])
        let faults = try fixture.library.examine().filter { !$0.isSound }.map(\.name)
        #expect(faults == ["files in place"])
        // Given up, it is a blob to be fetched.
        _ = try fixture.library.examine(repairs: true)
        #expect(try fixture.library.index.blob(blob.id)?.state == .partial)
        #expect(try fixture.library.damagedLayers().count == 1)
        #expect(!Directory.exists(fixture.layout.reference(blob.id)))
    }

    @Test func `a copy in the store takes its place, and the other way round it does not`() throws {
        let fixture = try LibraryFixture()
        let bytes = Scratch.bytes(size)
        let (blob, path) = try share(fixture, bytes)
        let again = try fixture.library.importFile(try File(path, .read))
        #expect(again.id == blob.id)
        #expect(Directory.exists(fixture.layout.object(blob.id)))
        #expect(!Directory.exists(fixture.layout.reference(blob.id)))
        #expect(try fixture.library.index.blob(blob.id)?.form == .raw)
        #expect(try fixture.library.index.usedBytes() == fixture.bytesOnDisk())
        let known = try fixture.library.importInPlace(try File(path, .read), at: path)
        #expect(known.wasKnown)
        #expect(!Directory.exists(fixture.layout.reference(blob.id)))
    }

    @Test func `the owner's file is never removed`() throws {
        let fixture = try LibraryFixture()
        let (blob, path) = try share(fixture, Scratch.bytes(size))
        let layer = try #require(try fixture.library.index.layers(listing: blob.id).first)
        let link = try fixture.library.link(layer)
        #expect(try Directory.readLink("\(link)/model.bin") == path)
        try fixture.library.remove(layer)
        #expect(Directory.exists(path))
        #expect(!Directory.exists(fixture.layout.reference(blob.id)))
        #expect(try fixture.library.index.usedBytes() == 0)
        #expect(try fixture.bytesOnDisk() == 0)
    }

    @Test func `another file than the open one is refused`() throws {
        let fixture = try LibraryFixture()
        let file = try fixture.scratch.file("a", Scratch.bytes(2 << 20))
        _ = try fixture.scratch.file("b", Scratch.bytes(2 << 20))
        let folder = try Directory.resolve(fixture.scratch.path)
        #expect(throws: StoreError.changed(path: "\(folder)/b")) {
            try fixture.library.importInPlace(file, at: "\(folder)/b")
        }
        #expect(try fixture.library.index.blobs().isEmpty)
        #expect(try Directory.list(fixture.layout.parts).isEmpty)
    }
}
