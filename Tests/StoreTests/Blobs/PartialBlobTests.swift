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
        #expect(reader.verify() == [])
        #expect(try reader.readAll(limit: bytes.count) == bytes)
        #expect(try Directory.list(layout.parts).isEmpty)
        #expect(try File.facts(of: layout.object(id)).mode == 0o444)
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
