import Host
import Testing
import Wire

@testable import Store

@Suite struct PartialBlobTests {
    private let bytes = Scratch.bytes(5 << 20 + 4321)

    @Test func `groups in any order become the complete blob`() throws {
        let layout = try Scratch().home().layout
        let source = try Scratch.groups(bytes)
        let id = source.layer.id
        let partial = try PartialBlob(id, size: source.layer.size, layout: layout, groups: nil)
        #expect(partial.layer == nil)
        try partial.install(source.layer)
        for group in [3, 0, 5, 1, 4, 2] {
            #expect(!partial.groups.isComplete)
            try partial.fetch(group, from: source)
            let buffer = Buffer(capacity: HashTree.groupBytes)
            let count = try #require(try partial.read(group: group, into: buffer))
            #expect(buffer.bytes(0..<count) == source.buffers[group].bytes(0..<count))
        }
        try partial.complete()
        try partial.complete()
        let reader = try BlobReader(id, layout: layout)
        #expect(try reader.verify() == [])
        #expect(try reader.readAll(limit: bytes.count) == bytes)
        #expect(try Directory.list(layout.parts).isEmpty)
        #expect(try File.facts(of: layout.object(id)).mode == 0o444)
    }

    @Test func `groups are given on past the page cache, unless the disk takes long`() throws {
        let layout = try Scratch().home().layout
        let source = try Scratch.groups(bytes)
        let partial = try PartialBlob(
            source.layer.id, size: source.layer.size, layout: layout, groups: nil)
        try partial.install(source.layer)
        let buffer = Buffer(capacity: HashTree.groupBytes)
        func reads(_ group: Int) throws -> Bool {
            let count = try partial.read(group: group, into: buffer)
            return count.map { buffer.bytes(0..<$0) == source.buffers[group].bytes(0..<$0) } == true
        }
        let canBeDirect = partial.isDirect
        for group in [0, 5] { try partial.fetch(group, from: source) }
        #expect(try reads(0) && reads(5) && partial.isDirect == canBeDirect)
        // Solid disks under load.
        for _ in 0..<100 { partial.noteRead(4_000_000) }
        #expect(partial.isDirect == canBeDirect)
        for _ in 0..<20 { partial.noteRead(20_000_000) }
        #expect(!partial.isDirect)
        // What was written and read either way is the same file.
        for group in [1, 4] { try partial.fetch(group, from: source) }
        for group in [0, 1, 4, 5] { #expect(try reads(group), "\(group)") }
        #expect(try partial.read(group: 3, into: buffer) == nil)
    }

    @Test func `after a kill it resumes at the last checkpoint and salvages the rest`() throws {
        let layout = try Scratch().home().layout
        let source = try Scratch.groups(bytes)
        let id = source.layer.id
        var committed: GroupSet?
        do {
            let partial = try PartialBlob(id, size: source.layer.size, layout: layout, groups: nil)
            try partial.install(source.layer)
            try partial.fetch(0, from: source)
            try partial.fetch(4, from: source)
            committed = try partial.checkpoint()?.groups
            #expect(try partial.checkpoint() == nil)
            try partial.fetch(2, from: source)
        }
        let again = try PartialBlob(
            id, size: source.layer.size, layout: layout, groups: committed)
        #expect(again.layer == source.layer)
        #expect(again.groups.missing == [1, 2, 3, 5])
        #expect(try again.salvage() == 1)
        #expect(again.groups.missing == [1, 3, 5])
        for group in again.groups.missing { try again.fetch(group, from: source) }
        try again.complete()
        #expect(try BlobReader(id, layout: layout).verify() == [])
    }

    @Test func `a torn group is not salvaged`() throws {
        let layout = try Scratch().home().layout
        let source = try Scratch.groups(bytes)
        let partial = try PartialBlob(
            source.layer.id, size: source.layer.size, layout: layout, groups: nil)
        try partial.install(source.layer)
        try partial.data.write(source.buffers[1], count: 900_000, offset: 1 << 20)
        #expect(try partial.salvage() == 0)
    }

    @Test func `what was written before the group layer came is found once it is there`() throws {
        let layout = try Scratch().home().layout
        let source = try Scratch.groups(bytes)
        let partial = try PartialBlob(
            source.layer.id, size: source.layer.size, layout: layout, groups: nil)
        #expect(!partial.mayHoldBytes)
        try partial.data.write(source.buffers[1], count: 1 << 20, offset: 1 << 20)
        try partial.data.write(source.buffers[3], count: 1 << 19, offset: 3 << 20)
        #expect(partial.mayHoldBytes)
        #expect(try partial.salvage() == 0)
        try partial.install(source.layer)
        #expect(try partial.salvage() == 1)
        #expect(partial.groups.missing == [0, 2, 3, 4, 5])
        #expect(try partial.checkpoint()?.groups == partial.groups)
    }

    @Test func `a group that begins with zeros is found, a hole is not read`() throws {
        let layout = try Scratch().home().layout
        var bytes = Scratch.bytes(3 << 20)
        for place in 1 << 20..<3 << 19 { bytes[place] = 0 }
        let source = try Scratch.groups(bytes)
        let partial = try PartialBlob(
            source.layer.id, size: source.layer.size, layout: layout, groups: nil)
        try partial.install(source.layer)
        try partial.data.write(source.buffers[1], count: 1 << 20, offset: 1 << 20)
        #expect(try partial.salvage() == 1)
        #expect(partial.groups.contains(1))
    }

    @Test func `takes from other files what stands at the same place and matches`() throws {
        let scratch = Scratch()
        let layout = try scratch.home().layout
        let source = try Scratch.groups(bytes)
        let partial = try PartialBlob(
            source.layer.id, size: source.layer.size, layout: layout, groups: nil)
        let early = try partial.adopt(from: .file(scratch.file("early", bytes)))
        #expect(early == 0, "nothing can be judged without the group layer")
        try partial.install(source.layer)
        // A download that stopped in the fourth group, with one bad byte in the second.
        var left = Array(bytes.prefix(3 << 20 + 500_000))
        left[1 << 20 + 5] ^= 1
        #expect(try partial.adopt(from: .file(scratch.file("left", left))) == 2)
        #expect(partial.groups.missing == [1, 3, 4, 5])
        // Another version of the file, longer, with its last groups the same.
        var longer = bytes + [1, 2, 3]
        for place in 0..<4 << 20 { longer[place] ^= 0xff }
        #expect(try partial.adopt(from: .file(scratch.file("longer", longer))) == 2)
        #expect(partial.groups.missing == [1, 3])
        let other = try BlobImport.run(scratch.file("whole", bytes), into: layout)
        let reader = try BlobReader(other.id, layout: layout)
        #expect(try partial.adopt(from: ByteSource(reader)) == 2)
        #expect(partial.groups.isComplete)
    }

    @Test func `a file that is another one is not hashed to its end`() throws {
        let scratch = Scratch()
        let layout = try scratch.home().layout
        let bytes = Scratch.bytes(40 << 20)
        let source = try Scratch.groups(bytes)
        let partial = try PartialBlob(
            source.layer.id, size: source.layer.size, layout: layout, groups: nil)
        try partial.install(source.layer)
        // The only right group stands behind as many wrong ones as are looked at.
        var strange = Scratch.bytes(40 << 20, seed: 9)
        strange.replaceSubrange(35 << 20..<36 << 20, with: bytes[35 << 20..<36 << 20])
        #expect(try partial.adopt(from: .file(scratch.file("strange", strange))) == 0)
        strange.replaceSubrange(0..<1 << 20, with: bytes[0..<1 << 20])
        #expect(try partial.adopt(from: .file(scratch.file("kin", strange))) == 2)
    }

    @Test func `puts groups together from pieces that moved`() throws {
        let scratch = Scratch()
        let layout = try scratch.home().layout
        let source = try Scratch.groups(bytes)
        let partial = try PartialBlob(
            source.layer.id, size: source.layer.size, layout: layout, groups: nil)
        try partial.install(source.layer)
        // Bytes 700,000 to 4,500,000 stand elsewhere in two pieces, the other way round.
        let file = try scratch.file(
            "moved", Array(bytes[2_000_000..<4_500_000]) + bytes[700_000..<2_000_000])
        let blob = try BlobImport.run(file, into: layout)
        let reader = try BlobReader(blob.id, layout: layout)
        let pieces = [
            BlobPiece(place: 2_000_000..<4_500_000, source: ByteSource(reader), offset: 0),
            BlobPiece(place: 700_000..<2_000_000, source: .file(file), offset: 2_500_000),
        ]
        // Pieces beyond a group, and within others, change nothing.
        let more = [
            BlobPiece(place: 4_400_000..<4_500_000, source: .file(file), offset: 2_400_000),
            BlobPiece(place: 5_000_000..<5_000_100, source: .file(file), offset: 0),
            BlobPiece(place: 4_600_000..<4_600_100, source: .file(file), offset: 0),
        ]
        #expect(try partial.assemble(pieces + more) == 3)
        #expect(partial.groups.missing == [0, 4, 5])
        // A gap of one byte: nothing of group 1 is taken.
        let other = try PartialBlob(
            source.layer.id, size: source.layer.size, layout: try Scratch().home().layout,
            groups: nil)
        try other.install(source.layer)
        let torn = [
            pieces[0],
            BlobPiece(place: 700_000..<1_999_999, source: .file(file), offset: 2_500_000),
        ]
        #expect(try other.assemble(torn) == 2)
        #expect(!other.groups.contains(1))
    }

    @Test func `a checkpoint that the index could not take is given again`() throws {
        let layout = try Scratch().home().layout
        let source = try Scratch.groups(bytes)
        let partial = try PartialBlob(
            source.layer.id, size: source.layer.size, layout: layout, groups: nil)
        try partial.fetch(2, from: source)
        let first = try partial.checkpoint()
        #expect(try partial.checkpoint() == nil)
        partial.takeBackCheckpoint()
        #expect(partial.isCheckpointDue(now: Clock.monotonic() + 2_000_000_000))
        #expect(try partial.checkpoint() == first)
    }

    @Test func `a damaged layer file is as good as none`() throws {
        let layout = try Scratch().home().layout
        let source = try Scratch.groups(bytes)
        let id = source.layer.id
        do {
            let partial = try PartialBlob(id, size: source.layer.size, layout: layout, groups: nil)
            try partial.install(source.layer)
        }
        try Scratch.flip(layout.partGroups(id), at: 40)
        let again = try PartialBlob(id, size: source.layer.size, layout: layout, groups: nil)
        #expect(again.layer == nil)
    }

    @Test func `a set whose files are gone is not believed`() throws {
        let layout = try Scratch().home().layout
        let source = try Scratch.groups(bytes)
        var full = GroupSet(count: source.layer.count)
        for group in 0..<full.count { full.insert(group) }
        let partial = try PartialBlob(
            source.layer.id, size: source.layer.size, layout: layout, groups: full)
        #expect(partial.groups.presentCount == 0)
    }

    @Test func `a checkpoint is due a second after the first write or after 32 MiB`() throws {
        let layout = try Scratch().home().layout
        let source = try Scratch.groups(bytes)
        let partial = try PartialBlob(
            source.layer.id, size: source.layer.size, layout: layout, groups: nil)
        let now = Clock.monotonic()
        #expect(!partial.isCheckpointDue(now: now + 5_000_000_000))
        try partial.fetch(0, from: source)
        #expect(!partial.isCheckpointDue(now: now))
        #expect(partial.isCheckpointDue(now: now + 3_000_000_000))
        _ = try partial.checkpoint()
        #expect(!partial.isCheckpointDue(now: now + 5_000_000_000))
    }

    @Test(.enabled(if: Machine.userNumber == 0, "mounting a small disk needs root"))
    func `space is reserved before the first byte`() throws {
        let disk = try #require(SmallDisk(megabytes: 8))
        let layout = try Home.create(at: "\(disk.path)/home").layout
        #expect(throws: StoreError.diskFull(path: layout.parts, bytes: 30 << 20)) {
            try PartialBlob(Blake3.hash([]), size: 30 << 20, layout: layout, groups: nil)
        }
        #expect(try Directory.list(layout.parts).isEmpty)
    }
}
