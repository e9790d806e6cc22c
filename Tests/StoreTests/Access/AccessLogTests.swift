import Genome
import Host
import Testing
import Wire

@testable import Store

@Suite struct AccessLogTests {
    private let layer = Blake3.hash([1])
    private let day: UInt64 = 86_400_000

    private func note(
        _ library: Library, _ who: NodeKey = Fixture.key(3).publicKey, at time: UInt64,
        rule: String? = nil
    ) throws {
        try library.noteAccess(layer: layer, rule: rule, now: time) { name in
            ["caller": ["key": .string(name(who).base32)]]
        }
    }

    private func entries(_ library: Library) throws -> [(AccessEntry, UInt64)] {
        var found: [(AccessEntry, UInt64)] = []
        try library.access.read { entry, segment in
            found.append((entry, segment))
            return true
        }
        return found
    }

    @Test func `decisions are numbered, kept, and hide who asked`() throws {
        let fixture = try LibraryFixture()
        try note(fixture.library, at: 5)
        try note(fixture.library, at: 6, rule: "hidden")
        try fixture.library.access.sync()
        try fixture.restart()
        try note(fixture.library, at: 7)
        let found = try entries(fixture.library)
        #expect(found.map(\.0.sequence) == [1, 2, 3])
        #expect(found.map(\.0.rule) == [nil, "hidden", nil])
        let name = try #require(
            found[0].0.question["caller"]?["key"]?.string.flatMap { NodeKey(base32: $0) })
        let key = Fixture.key(3).publicKey
        #expect(name != key)
        #expect(try fixture.library.access.who(name, segment: 1, among: [key]) == key)
        #expect(
            try fixture.library.access.who(
                name, segment: 1, among: [Fixture.key(4).publicKey]) == nil)
    }

    @Test func `a closed segment leaves its root in the journal, and changes are seen`() throws {
        let fixture = try LibraryFixture()
        let start: UInt64 = 1_800_000_000_000
        try note(fixture.library, at: start)
        try note(fixture.library, at: start + 1)
        try note(fixture.library, at: start + day)
        let closed = try fixture.library.journal.replay(after: 0).compactMap { event in
            if case .access(let segment, let count, let root)? = event.change {
                (segment, count, root)
            } else {
                nil
            }
        }
        #expect(closed.map(\.0) == [1] && closed.map(\.1) == [2])
        let root = try #require(closed.first?.2)
        func check() throws -> Bool? {
            let coverage = try fixture.library.access.coverage(
                of: try fixture.library.journal.replay(after: 0))
            return coverage.expired == [1] ? nil : coverage.found == [1]
        }
        #expect(root != MerkleLog().root)
        #expect(try check() == true)
        let path = AccessSegment.path(1, fixture.layout, "log")
        var bytes = try #require(try DurableFile.read(path, limit: 1 << 20))
        let place = try #require(bytes.firstIndex(of: UInt8(ascii: "8")))
        bytes[place] = UInt8(ascii: "9")
        try DurableFile.write(bytes, to: path)
        #expect(try check() == false)
        try Directory.removeFile(path)
        #expect(try check() == nil)
    }

    @Test func `only what was added is synced`() throws {
        let fixture = try LibraryFixture()
        #expect(!(try fixture.library.access.sync()))
        try note(fixture.library, at: 5)
        #expect(try fixture.library.access.sync())
        #expect(!(try fixture.library.access.sync()))
        try fixture.restart()
        #expect(!(try fixture.library.access.sync()))
    }

    @Test func `what a crash cut off is gone, and the rest goes on`() throws {
        let fixture = try LibraryFixture()
        try note(fixture.library, at: 5)
        try note(fixture.library, at: 6)
        try fixture.restart { layout in
            let file = try File(AccessSegment.path(1, layout, "log"), .create, mode: 0o600)
            try file.resize(to: try file.facts().size - 3)
        }
        try note(fixture.library, at: 7)
        #expect(try entries(fixture.library).map(\.0.sequence) == [1, 2])
        #expect(try entries(fixture.library).map(\.0.time) == [5, 7])
    }

    @Test func `the first decision of a segment hides its caller under that segment's salt`() throws
    {
        let fixture = try LibraryFixture()
        let key = Fixture.key(3).publicKey
        for time in [5, day + 6] { try note(fixture.library, at: time) }
        let found = try entries(fixture.library)
        #expect(found.map(\.1) == [1, 2])
        for (entry, segment) in found {
            let name = try #require(
                entry.question["caller"]?["key"]?.string.flatMap { NodeKey(base32: $0) })
            #expect(try fixture.library.access.who(name, segment: segment, among: [key]) == key)
        }
    }

    @Test func `who asked can be forgotten, and the log goes on under another salt`() throws {
        let fixture = try LibraryFixture()
        let key = Fixture.key(3).publicKey
        try note(fixture.library, at: 5)
        let before = fixture.library.access.pseudonym(key)
        try fixture.restart { layout in
            try Directory.removeFile(AccessSegment.path(1, layout, "salt"))
        }
        try note(fixture.library, at: 6)
        #expect(fixture.library.access.pseudonym(key) != before)
        #expect(try fixture.library.access.who(before, segment: 1, among: [key]) == nil)
        #expect(try entries(fixture.library).map(\.0.sequence) == [1, 2])
        #expect(try entries(fixture.library).map(\.1) == [1, 2])
    }

    @Test func `segments past their time are removed, and the number goes on`() throws {
        let fixture = try LibraryFixture()
        let start: UInt64 = 1_800_000_000_000
        try fixture.library.setPolicy(Library.retentionPolicy, "2")
        for step in 0..<5 { try note(fixture.library, at: start + UInt64(step) * day) }
        let kept = try entries(fixture.library)
        #expect(kept.map(\.0.sequence) == [3, 4, 5])
        try fixture.restart()
        try note(fixture.library, at: start + 9 * day)
        #expect(try entries(fixture.library).last?.0.sequence == 6)
    }

    @Test func `a closed segment that never reached the journal is named at the next opening`()
        throws
    {
        let fixture = try LibraryFixture()
        try note(fixture.library, at: 5)
        // A crash comes between the two.
        let closed = try fixture.library.access.note(layer: layer, rule: nil, time: day + 6) {
            ["caller": ["key": .string($0(Fixture.key(3).publicKey).base32)]]
        }
        #expect(closed != nil)
        func coverage() throws -> AccessCoverage {
            try fixture.library.access.coverage(
                of: try fixture.library.journal.replay(after: 0))
        }
        #expect(try coverage().unlisted == ["00000001.log"])
        try fixture.restart()
        #expect(try coverage().unlisted.isEmpty && coverage().found == [1])
        let count = fixture.library.journal.count
        try fixture.restart()
        #expect(fixture.library.journal.count == count)
        // So is one that was open when the owner deleted who asked.
        try fixture.restart { layout in
            try Directory.removeFile(AccessSegment.path(2, layout, "salt"))
        }
        #expect(try coverage().unlisted.isEmpty && coverage().found == [1, 2])
    }
}
