import Genome
import Host
import Testing
import Wire

@testable import Store

@Suite struct LibraryDoctorTests {
    private func faults(_ library: Library, repairs: Bool = false) throws -> [String] {
        try library.examine(repairs: repairs).filter { !$0.isSound }.map(\.name)
    }

    @Test func `a sound store has no fault`() throws {
        let fixture = try LibraryFixture()
        try fixture.share()
        _ = try fixture.library.partial(Blake3.hash([1]), size: 2 << 20)
        #expect(try faults(fixture.library).isEmpty)
    }

    @Test func `each fault is named, and what can be is put right`() throws {
        let fixture = try LibraryFixture()
        let manifest = try fixture.share()
        let blob = try #require(manifest.files.first { $0.size == 20_000 })
        try Directory.removeFile(fixture.layout.object(blob.blob))
        let stray = try BlobImport.run(bytes: [9, 9, 9], into: fixture.layout)
        let part = fixture.layout.partData(Blake3.hash([8]))
        _ = try File(part, .create)
        #expect(try faults(fixture.library) == ["files", "partial blobs"])
        #expect(try faults(fixture.library, repairs: true) == ["layers"])
        #expect(try fixture.library.index.blob(stray.id)?.state == .recovered)
        #expect(try fixture.library.index.blob(blob.blob)?.state == .partial)
        try fixture.library.setQuota(nil, 1)
        #expect(try faults(fixture.library) == ["layers", "quota"])
        _ = try fixture.library.index.connection.withLock { connection throws(StoreError) in
            try connection.run("UPDATE accounts SET stored=stored+1 WHERE class=0 AND kind=0")
        }
        #expect(try faults(fixture.library) == ["accounts", "layers", "quota"])
    }

    @Test func `the index is made again and compared, or made where it cannot be read`() throws {
        let fixture = try LibraryFixture()
        let manifest = try fixture.share()
        try fixture.library.setPin(manifest.layer, isPinned: true)
        try fixture.library.setQuota(.cache, 1 << 30)
        let before = try fixture.library.snapshot()
        var path = ""
        try fixture.restart { path = $0.home }
        // The fixture holds the home: a copy of its folder is another one.
        let scratch = Scratch()
        try Self.copy(path, to: "\(scratch.path)/copy")
        do {
            let home = try Home.open(at: "\(scratch.path)/copy")
            let rebuilt = try Library.rebuild(home, key: Fixture.key(7))
            #expect(rebuilt.before == before)
            #expect(try rebuilt.library.snapshot() == before)
            #expect(!Directory.exists(home.layout.index + ".old"))
        }
        let layout = Layout(home: "\(scratch.path)/copy")
        try File(layout.index, .write).write([UInt8](repeating: 7, count: 4096), offset: 0)
        let home = try Home.open(at: layout.home)
        let rebuilt = try Library.rebuild(home, key: Fixture.key(7))
        #expect(rebuilt.before == nil)
        #expect(try rebuilt.library.snapshot() == before)
        #expect(try rebuilt.library.index.quota(.cache) == 1 << 30)
    }

    private static func copy(_ from: String, to: String) throws {
        try Directory.create(to)
        for entry in try Directory.list(from) {
            let (source, target) = ("\(from)/\(entry.name)", "\(to)/\(entry.name)")
            switch entry.kind {
            case .folder: try copy(source, to: target)
            case .file:
                let file = try File(source, .read)
                let facts = try file.facts()
                try File(target, .createNew, mode: facts.mode).copy(from: file, size: facts.size)
            case .link, .other: continue
            }
        }
    }
}
