import Genome
import Glibc
import Host
import Testing
import Wire

@testable import Store

/// The store over every back end, and over one that fails.
@Suite("A store whatever keeps its blobs") struct BackendLibraryTests {
    private static let base = ModelSample.base(blocks: 12)

    private func fixture(_ kind: BackendKind) throws -> LibraryFixture {
        try LibraryFixture { home in
            if kind != .memory { _ = try Home.create(at: home) }
            return try kind.make(home)
        }
    }

    private func expectSound(
        _ fixture: LibraryFixture, _ location: SourceLocation = #_sourceLocation
    ) throws {
        let faults = try fixture.library.examine().filter { !$0.isSound && $0.name != "disk" }
        #expect(faults == [], sourceLocation: location)
        let accounts = try fixture.library.index.accounts().rows
        #expect(
            accounts == (try fixture.library.index.countedAccounts()), sourceLocation: location)
        for folder in [fixture.layout.parts, fixture.layout.trash] {
            #expect(try Directory.list(folder).isEmpty, sourceLocation: location)
        }
    }

    @Test(arguments: BackendKind.allCases)
    func `keeps, gives, forgets its index and finds all again`(_ kind: BackendKind) throws {
        let fixture = try fixture(kind)
        let manifest = try fixture.share()
        try fixture.library.setPin(manifest.layer, isPinned: true)
        try fixture.endLeases()
        let snapshot = try fixture.library.snapshot()
        try fixture.restart(LibraryFixture.loseIndex)
        #expect(try fixture.library.snapshot() == snapshot)
        let out = "\(fixture.scratch.path)/out"
        #expect(try fixture.library.export(manifest.layer, to: out).count == 3)
        #expect(try fixture.library.verify(manifest.layer).allSatisfy(\.isSound))
        try expectSound(fixture)
        try fixture.library.setPin(manifest.layer, isPinned: false)
        _ = try fixture.library.remove(manifest.layer)
        #expect(try fixture.layout.backend.list(.plain).isEmpty)
        try expectSound(fixture)
    }

    @Test(arguments: BackendKind.allCases)
    func `codes a model and makes it plain again`(_ kind: BackendKind) throws {
        let fixture = try fixture(kind)
        let tuned = Self.base.tuned()
        let (parent, child) = (try fixture.share(Self.base), try fixture.share(tuned))
        #expect(try fixture.library.code(child.blob)?.parents == [parent.blob])
        let form = ObjectName.coded(child.blob)
        #expect(try fixture.layout.backend.size(of: form) != nil)
        #expect(try fixture.layout.backend.size(of: .plain(child.blob)) == nil)
        try fixture.restart(LibraryFixture.loseIndex)
        let reader = try BlobReader(child.blob, layout: fixture.layout)
        #expect(try reader.readAll(limit: 64 << 20) == tuned.bytes)
        try fixture.library.makeRaw(child.blob)
        #expect(try fixture.layout.backend.size(of: form) == nil)
        try expectSound(fixture)
        if kind == .memory {
            // No program could open it by a path: that is said, and nothing is linked.
            #expect(throws: StoreError.self) { try fixture.library.link(child.layer) }
            #expect(try Directory.list(fixture.layout.layers).isEmpty)
        } else {
            #expect(!(try fixture.library.link(child.layer)).isEmpty)
        }
    }

    @Test(arguments: BackendKind.allCases)
    func `takes a blob in by groups, and damage out again`(_ kind: BackendKind) throws {
        let fixture = try fixture(kind)
        let bytes = Scratch.bytes(3 << 20 + 9)
        let source = try Scratch.groups(bytes)
        let id = source.layer.id
        func fetch() throws {
            let partial = try fixture.library.partial(id, size: UInt64(bytes.count))
            try partial.install(source.layer)
            for group in partial.groups.missing { try partial.fetch(group, from: source) }
            try fixture.library.complete(partial)
        }
        try fetch()
        if let memory = fixture.layout.backend as? MemoryBackend {
            memory.flip(.plain(id), at: 2 << 20)
        } else {
            try Scratch.flip(fixture.layout.object(id), at: 2 << 20)
        }
        #expect(try fixture.library.reopen(id, size: UInt64(bytes.count)) == [2])
        #expect(try fixture.layout.backend.size(of: .plain(id)) == nil)
        try fixture.restart()
        try fetch()
        let reader = try BlobReader(id, layout: fixture.layout)
        #expect(try reader.readAll(limit: 4 << 20) == bytes)
        try expectSound(fixture)
    }

    @Test(arguments: BackendKind.allCases)
    func `is copied into a folder and made a home again`(_ kind: BackendKind) throws {
        let fixture = try fixture(kind)
        let manifest = try fixture.share()
        let folder = "\(fixture.scratch.path)/copy"
        try HomeBackup.begin(Array("mark".utf8), in: folder)
        let made = try HomeBackup(from: fixture.layout, to: Layout(home: folder)).make(.all)
        #expect(made.missing == 0 && made.blobs == manifest.blobs.count + 1)
        try HomeBackup.finish(Array("mark".utf8), in: folder)
        let target = "\(fixture.scratch.path)/restored"
        let backend: (any BlobBackend)? = kind == .memory ? MemoryBackend() : nil
        let again = try HomeBackup(
            from: Layout(home: folder), to: Layout(home: target, backend: backend)
        ).restore()
        #expect(again.blobs == made.blobs)
        let library = try Library(
            try Home.open(at: target, backend: backend), key: Fixture.key(7))
        try library.reconcile()
        #expect(try library.verify(manifest.layer).allSatisfy(\.isSound))
    }

    /// Every call that can fail, whether or not it is done all the same.
    private static let faults: [FaultyBackend.Fault] = FaultyBackend.Call.allCases.flatMap {
        call in
        [false, true].flatMap { isDone in
            [EIO, ENOSPC].flatMap { code in
                (0..<2).map { .init(call: call, isDone: isDone, code: code, after: $0) }
            }
        }
    }

    @Test(arguments: faults)
    func `loses nothing by a failure`(_ fault: FaultyBackend.Fault) throws {
        let fixture = try fixture(.faulty)
        let backend = try #require(fixture.layout.backend as? FaultyBackend)
        let manifest = try fixture.share(name: "before")
        let tuned = Self.base.tuned()
        let (parent, child) = (try fixture.share(Self.base), try fixture.share(tuned))
        var errors: [StoreError] = []
        func attempt(_ body: () throws(StoreError) -> Void) {
            backend.expect(fault)
            do { try body() } catch { errors.append(error) }
            backend.expect(nil)
        }
        attempt { () throws(StoreError) in
            _ = try fixture.library.importBytes(Scratch.bytes(80_000, seed: 9))
        }
        attempt { () throws(StoreError) in
            _ = try fixture.library.importSmall((0..<5).map { Scratch.bytes(900, seed: $0 + 20) })
        }
        attempt { () throws(StoreError) in _ = try fixture.library.code(child.blob) }
        attempt { () throws(StoreError) in try fixture.library.makeRaw(child.blob) }
        attempt { () throws(StoreError) in _ = try fixture.library.verify(manifest.layer) }
        // It is the failure that is told, in the words of what failed.
        for error in errors {
            switch error {
            case .system(let failure): #expect(failure.code == EIO)
            case .diskFull: #expect(fault.code == ENOSPC)
            default: Issue.record("\(fault): \(error)")
            }
        }
        try fixture.endLeases()
        try fixture.restart()
        try fixture.library.collect(now: .max >> 1)
        for layer in [manifest.layer, parent.layer, child.layer] {
            #expect(try fixture.library.verify(layer).allSatisfy(\.isSound), "\(fault)")
        }
        // And what failed is done when it is asked again.
        _ = try fixture.library.importBytes(Scratch.bytes(80_000, seed: 9))
        try fixture.library.makeRaw(child.blob)
        _ = try fixture.library.code(child.blob)
        try expectSound(fixture)
    }

    @Test func `takes only for damage what the device itself cannot read`() throws {
        let fixture = try fixture(.faulty)
        let backend = try #require(fixture.layout.backend as? FaultyBackend)
        let file = try #require(try fixture.share().files.first { $0.path.text == "a.bin" })
        backend.expect(.init(call: .open, code: EMFILE))
        #expect(throws: StoreError.self) {
            try fixture.library.reopen(file.blob, size: file.size)
        }
        #expect(try fixture.library.holds(file.blob))
        #expect(try Directory.list(fixture.layout.quarantine).isEmpty)
        // Nor does a group that this process cannot read for another reason, wherever it is met.
        for after in 0..<4 {
            let fault = FaultyBackend.Fault(call: .read, code: EMFILE, after: after)
            backend.expect(fault)
            #expect(throws: StoreError.self) {
                try fixture.library.reopen(file.blob, size: file.size)
            }
            backend.expect(fault)
            #expect(throws: StoreError.self) {
                try fixture.library.scrub(file.blob) { _ in true }
            }
            #expect(try fixture.library.holds(file.blob))
            #expect(try Directory.list(fixture.layout.quarantine).isEmpty)
        }
        // One group that cannot be read is one group that is fetched again.
        backend.expect(.init(call: .read, code: EIO, after: 1))
        #expect(try fixture.library.reopen(file.blob, size: file.size) == [1])
    }

    /// From each reading of the repair of a coded blob on, all fail for a reason that is no damage:
    /// also where its sound groups are made plain, long after they were found sound.
    @Test func `repairs a coded blob wholly or not at all`() throws {
        let fixture = try fixture(.faulty)
        let backend = try #require(fixture.layout.backend as? FaultyBackend)
        let base = ModelSample.base(blocks: 20)
        let (parent, child) = (try fixture.share(base), try fixture.share(base.tuned()))
        _ = try fixture.library.code(child.blob)
        let plain = try BlobReader(child.blob, layout: fixture.layout).readAll(limit: 9 << 20)
        let size = UInt64(plain.count)
        let coded = fixture.layout.coded(child.blob)
        let fileSize = try File.facts(of: coded).size
        try Scratch.flip(coded, at: fileSize - 9)
        var failures = 0
        while true {
            backend.expect(.init(call: .read, code: EMFILE, after: failures, isLasting: true))
            guard (try? fixture.library.reopen(child.blob, size: size)) == nil else { break }
            failures += 1
            #expect(try fixture.library.holds(child.blob), "\(failures)")
            #expect(try fixture.library.index.blob(child.blob)?.form == .coded)
        }
        backend.expect(nil)
        #expect(failures > 9)
        let partial = try fixture.library.partial(child.blob, size: size)
        let missing = partial.groups.missing
        #expect(missing == [HashTree.groupCount(size: size) - 1])
        let source = try Scratch.groups(plain)
        for group in missing { try partial.fetch(group, from: source) }
        try fixture.library.complete(partial)
        let again = try BlobReader(child.blob, layout: fixture.layout)
        #expect(try again.verify() == [] && again.readAll(limit: 9 << 20) == plain)
        #expect(try fixture.library.holds(parent.blob))
    }
}
