import Foundation
import Genome
import Host
import Testing
import Wire

@testable import Store

@Suite struct JournalExportTests {
    /// A home whose journal has 600 entries: two full tiles and a part of one.
    private static func filled() throws -> LibraryFixture {
        let fixture = try LibraryFixture()
        for start in stride(from: 0, to: 600, by: 100) {
            _ = try fixture.library.journal.append(
                (start..<start + 100).map { .policy(name: "n", value: "\($0)") }, time: 1)
        }
        return fixture
    }

    private static func export(_ fixture: LibraryFixture) throws -> (JournalExport, String) {
        let folder = "\(fixture.scratch.path)/journal"
        let note = try fixture.library.journal.newestNote()
        return (try JournalExport.write(fixture.layout, note: note, to: folder), folder)
    }

    private static func files(_ folder: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder).filter {
            try File.facts(of: "\(folder)/\($0)").kind == .file
        }.sorted()
    }

    @Test func `an export holds what C2SP names and checks without the home`() throws {
        let fixture = try Self.filled()
        let (export, folder) = try Self.export(fixture)
        #expect(
            try Self.files(folder) == [
                "checkpoint", "tile/0/000", "tile/0/001", "tile/0/002.p/88", "tile/1/000.p/2",
                "tile/entries/000", "tile/entries/001", "tile/entries/002.p/88",
            ])
        #expect(export.checkpoint == fixture.library.journal.head)
        #expect(export.checkpoint.count == 600 && export.witnesses.isEmpty)
        try Directory.removeTree(fixture.layout.home)
        #expect(try JournalExport.check(folder) == export)
    }

    @Test func `one byte changed anywhere is found`() throws {
        let fixture = try Self.filled()
        let (_, folder) = try Self.export(fixture)
        for name in try Self.files(folder) {
            let path = "\(folder)/\(name)"
            let size = try File.facts(of: path).size
            for offset in [0, size / 2, size - 2] {
                try Scratch.flip(path, at: offset)
                #expect(throws: StoreError.self, "\(name) at \(offset)") {
                    try JournalExport.check(folder)
                }
                try Scratch.flip(path, at: offset)
            }
            try Directory.rename(path, to: path + ".gone")
            #expect(throws: StoreError.self, "\(name) is gone") { try JournalExport.check(folder) }
            try Directory.rename(path + ".gone", to: path)
        }
        _ = try JournalExport.check(folder)
    }

    @Test func `what was added after the note was signed stays out`() throws {
        let fixture = try Self.filled()
        let note = try fixture.library.journal.newestNote()
        try fixture.library.setPolicy("quota", "9")
        let folder = "\(fixture.scratch.path)/journal"
        let export = try JournalExport.write(fixture.layout, note: note, to: folder)
        #expect(export.checkpoint.count == 600)
    }

    @Test func `closed segments of the access log come along and are checked, salts do not`()
        throws
    {
        let fixture = try LibraryFixture()
        let layer = Blake3.hash([1])
        let day = AccessLog.segmentSpan
        for time in [1, day + 2, day + 3] {
            try fixture.library.noteAccess(
                layer: layer, rule: nil, now: time
            ) { _ in .object(JSONObject()) }
        }
        let (export, folder) = try Self.export(fixture)
        #expect(export.access.found == [1])
        #expect(try Self.files("\(folder)/access") == ["00000001.log"])
        try Scratch.flip("\(folder)/access/00000001.log", at: 20)
        #expect(throws: StoreError.self) { try JournalExport.check(folder) }
    }

    @Test
    func `segments that are gone are told apart: the oldest, and any behind one that is here`()
        throws
    {
        let fixture = try LibraryFixture()
        for step in 0..<6 {
            try fixture.library.noteAccess(
                layer: Blake3.hash([1]), rule: nil,
                now: 1 + UInt64(step) * AccessLog.segmentSpan
            ) { _ in .object(JSONObject()) }
        }
        let (export, folder) = try Self.export(fixture)
        #expect(export.access.found == [1, 2, 3, 4, 5] && export.access.unlisted.isEmpty)
        func gone(_ number: UInt64) throws -> AccessCoverage {
            try Directory.removeFile("\(folder)/access/\(AccessSegment.name(number, "log"))")
            return try JournalExport.check(folder).access
        }
        let first = try gone(1)
        #expect(first.expired == [1] && first.missing.isEmpty && first.found == [2, 3, 4, 5])
        let middle = try gone(3)
        #expect(middle.expired == [1] && middle.missing == [3])
        let last = try gone(5)
        #expect(last.missing == [3, 5] && last.found == [2, 4])
        try File("\(folder)/access/00000077.log", .create).write([1], offset: 0)
        #expect(try JournalExport.check(folder).access.unlisted == ["00000077.log"])
    }

    @Test func `bytes behind the last entry of a segment are found`() throws {
        let fixture = try LibraryFixture()
        for time in [1, AccessLog.segmentSpan + 2] {
            try fixture.library.noteAccess(
                layer: Blake3.hash([1]), rule: nil, now: time
            ) { _ in .object(JSONObject()) }
        }
        let (_, folder) = try Self.export(fixture)
        let path = "\(folder)/access/00000001.log"
        try File(path, .create).write([9, 9], offset: try File.facts(of: path).size)
        #expect(throws: StoreError.self) { try JournalExport.check(folder) }
    }

    @Test func `a folder that is there is left alone, and a note of another is refused`() throws {
        let fixture = try Self.filled()
        let (_, folder) = try Self.export(fixture)
        #expect(throws: StoreError.occupied(path: folder)) {
            _ = try Self.export(fixture)
        }
        let other = SignedCheckpoint(
            origin: SignedCheckpoint.origin(Fixture.key(9).publicKey), count: 1,
            root: Blake3.hash([])
        ).sign(with: Fixture.key(9))
        let elsewhere = "\(fixture.scratch.path)/other"
        #expect(throws: StoreError.self) {
            try JournalExport.write(fixture.layout, note: other, to: elsewhere)
        }
        #expect(!Directory.exists(elsewhere))
        let left = try FileManager.default.contentsOfDirectory(atPath: fixture.scratch.path)
        #expect(left.allSatisfy { !$0.hasSuffix(".new") })
    }

    @Test func `an empty journal can be exported`() throws {
        let (export, folder) = try Self.export(try LibraryFixture())
        #expect(export.checkpoint.count == 0)
        #expect(try Self.files(folder) == ["checkpoint"])
    }
}
