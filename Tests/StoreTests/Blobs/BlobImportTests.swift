import Foundation
import Host
import Testing
import Wire

@testable import Store

@Suite struct BlobImportTests {
    @Test(arguments: [0, 1, 16_384, 16_385, 1 << 20, 3_333_333])
    func `a file lies in the store under the hash of its bytes`(size: Int) throws {
        let scratch = Scratch()
        let layout = try scratch.home().layout
        let bytes = Scratch.bytes(size)
        let blob = try BlobImport.run(try scratch.file("in", bytes), into: layout)
        #expect(blob.id == Blake3.hash(bytes))
        #expect(blob.size == UInt64(size))
        #expect(blob.sha256 == Sha256.hash(bytes))
        #expect(!blob.wasKnown)
        let stored = try File(layout.object(blob.id), .read)
        #expect(try stored.readAll(limit: size) == bytes)
        #expect(try stored.facts().mode == 0o444)
        #expect(Directory.exists(layout.tree(blob.id)) == (size > 1 << 20))
        #expect(try BlobReader(blob.id, layout: layout).verify() == [])
        #expect(try Directory.list(layout.parts).isEmpty)
    }

    @Test func `the same bytes again are kept once`() throws {
        let scratch = Scratch()
        let layout = try scratch.home().layout
        let bytes = Scratch.bytes(100_000)
        let first = try BlobImport.run(try scratch.file("a", bytes), into: layout)
        let facts = try File.facts(of: layout.object(first.id))
        let second = try BlobImport.run(try scratch.file("b", bytes), into: layout)
        #expect(second.wasKnown && second.id == first.id)
        #expect(try File.facts(of: layout.object(first.id)) == facts)
        let third = try BlobImport.run(bytes: bytes, into: layout)
        #expect(third.wasKnown && third.sha256 == first.sha256)
    }

    @Test func `bytes in memory become a blob with its leaf values`() throws {
        let layout = try Scratch().home().layout
        let blob = try BlobImport.run(bytes: Scratch.bytes(1 << 20 + 70_000), into: layout)
        #expect(try File.facts(of: layout.tree(blob.id)).size == 69 * 32)
        #expect(try BlobReader(blob.id, layout: layout).verify() == [])
    }

    @Test func `a file that changes while it is read is refused by name`() throws {
        let scratch = Scratch()
        let layout = try scratch.home().layout
        let source = try scratch.file("in", Scratch.bytes(5 << 20))
        var isFirst = true
        #expect(throws: StoreError.changed(path: source.path)) {
            try BlobImport.run(source, into: layout) { _ in
                guard isFirst else { return }
                isFirst = false
                try? source.write([1, 2, 3], offset: 4 << 20)
            }
        }
        #expect(throws: StoreError.changed(path: source.path)) {
            try BlobImport.run(source, into: layout) { done in
                try? source.resize(to: UInt64(done) / 2)
            }
        }
        #expect(throws: StoreError.changed(path: source.path)) {
            try BlobImport.run(source, into: layout) { _ in
                try? source.resize(to: 9 << 20)
            }
        }
        #expect(try Directory.list(layout.parts).isEmpty)
        #expect(try BlobSweeper.objects(layout).isEmpty)
    }

    @Test func `a folder or device is refused`() throws {
        let scratch = Scratch()
        let layout = try scratch.home().layout
        let device = try File("/dev/zero", .read)
        #expect(throws: StoreError.self) { try BlobImport.run(device, into: layout) }
    }

    @Test(.enabled(if: Machine.userNumber == 0, "mounting a small disk needs root"))
    func `a full disk is one clear error and leaves nothing`() throws {
        let scratch = Scratch()
        let disk = try #require(SmallDisk(megabytes: 20))
        let layout = try Home.create(at: "\(disk.path)/home").layout
        let source = try scratch.file("in", Scratch.bytes(30 << 20))
        #expect(throws: StoreError.diskFull(path: layout.parts, bytes: 30 << 20)) {
            try BlobImport.run(source, into: layout)
        }
        // Another writer takes the space that was free when the import began.
        let small = try scratch.file("small", Scratch.bytes(10 << 20))
        let rival = try File("\(disk.path)/rival", .create)
        let error = #expect(throws: StoreError.self) {
            try BlobImport.run(small, into: layout) { done in
                if done == 1 << 20 {
                    for part in 0..<16 {
                        try? rival.write(
                            [UInt8](repeating: 1, count: 1 << 20), offset: UInt64(part) << 20)
                    }
                }
            }
        }
        guard case .diskFull = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try Directory.list(layout.parts).isEmpty)
    }
}

/// A small file system of its own, for tests of a full disk. Needs root.
final class SmallDisk {
    let path: String

    init?(megabytes: Int) {
        path = "/tmp/plasmid-disk-\(UUID().uuidString)"
        try? Directory.create(path)
        guard mount("plasmid", path, "tmpfs", 0, "size=\(megabytes)m") == 0 else {
            try? Directory.removeTree(path)
            return nil
        }
    }

    deinit {
        umount2(path, 2)
        try? Directory.removeTree(path)
    }
}
