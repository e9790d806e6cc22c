import Foundation
import Genome
import Host
import Testing
import Wire

@testable import Store

/// A home that version 1 of the format wrote, which every later version must read.
///
/// It was written once by `PLASMID_WRITE_FROZEN=1` and is never written again: what changes the
/// format adds a home of its own beside it.
@Suite struct FrozenStoreTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "Frozen/home-1").path
    private static let patternBytes = 1 << 20 + 40_000
    private static let partBytes = 2 << 20 + 5

    private static func pattern(_ count: Int, step: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 % 251 &* step) }
    }

    private var models: [ModelSample] {
        let base = ModelSample.base(blocks: 1, seed: 8)
        return [base, base.tuned(3e-4, seed: 9)]
    }

    @Test(.enabled(if: ProcessInfo.processInfo.environment["PLASMID_WRITE_FROZEN"] != nil))
    func `write it`() throws {
        let scratch = Scratch()
        let library = try Library(
            try Home.create(at: Self.folder), key: Fixture.key(7))
        func add(_ name: String, _ path: String, _ bytes: [UInt8], _ now: UInt64) throws {
            let blob = try library.importFile(try scratch.file("source", bytes))
            _ = try library.add(
                try Fixture.envelope([(path, blob)], name: name), origin: .own, now: now)
        }
        for (index, model) in models.enumerated() {
            try add("model", "model.safetensors", model.bytes, UInt64(1_000 + index))
        }
        try add("notes", "a.bin", Self.pattern(Self.patternBytes, step: 1), 1_002)
        for model in models { #expect(try library.code(Blake3.hash(model.bytes)) != nil) }
        let notes = try #require(try library.index.layers().first { $0.name == "notes" })
        try library.setPin(notes.id, isPinned: true)
        try library.setQuota(nil, 1 << 40)
        let groups = try Scratch.groups(Self.pattern(Self.partBytes, step: 3))
        let partial = try library.partial(groups.layer.id, size: UInt64(Self.partBytes))
        try partial.install(groups.layer)
        try partial.fetch(1, from: groups)
        try library.checkpoint(partial)
        try library.close()
    }

    @Test(.enabled(if: Directory.exists(folder)))
    func `it is opened, and everything in it is there and good`() throws {
        let scratch = Scratch()
        let home = "\(scratch.path)/home"
        try FileManager.default.copyItem(atPath: Self.folder, toPath: home)
        // What is under version control keeps neither modes nor empty folders.
        chmod(home, 0o700)
        let opened = try Home.open(at: home)
        for folder in opened.layout.folders { try Directory.create(folder) }
        let library = try Library(opened, key: Fixture.key(7))
        #expect(library.index.isNew == false && library.journal.notice == nil)
        let layers = try library.index.layers().sorted { ($0.name, $0.id) < ($1.name, $1.id) }
        #expect(layers.map(\.name) == ["model", "model", "notes"])
        for layer in layers {
            #expect(try library.verify(layer.id).allSatisfy(\.isSound))
        }
        let notes = Self.pattern(Self.patternBytes, step: 1)
        let files = models.map(\.bytes) + [notes]
        let forms: [BlobForm] = [.coded, .coded, .raw]
        for (bytes, form) in zip(files, forms) {
            let entry = try #require(try library.index.blob(Blake3.hash(bytes)))
            #expect(entry.state == .complete && entry.form == form)
            let reader = try BlobReader(entry.id, layout: library.layout)
            #expect(try reader.readAll(limit: 4 << 20) == bytes)
        }
        let parent = Blake3.hash(files[0])
        #expect(try library.index.codedChildren(of: parent) == [Blake3.hash(files[1])])
        #expect(try library.index.costBound(of: parent) == 1)
        #expect(try library.index.pins() == [layers[2].id])
        #expect(try library.index.quota() == 1 << 40)
        let part = Blake3.hash(Self.pattern(Self.partBytes, step: 3))
        let groups = try library.index.durableGroups(of: part, size: UInt64(Self.partBytes))
        #expect(groups?.missing.map { $0 } == [0, 2])
        let checks = try library.examine()
        #expect(checks.filter { !$0.isSound }.isEmpty, "\(checks)")
    }

    @Test(.enabled(if: Directory.exists(folder)))
    func `with its index gone it holds the same`() throws {
        let scratch = Scratch()
        let home = "\(scratch.path)/home"
        try FileManager.default.copyItem(atPath: Self.folder, toPath: home)
        chmod(home, 0o700)
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: "\(home)/index.db\(suffix)")
        }
        let opened = try Home.open(at: home)
        for folder in opened.layout.folders { try Directory.create(folder) }
        let library = try Library(opened, key: Fixture.key(7))
        #expect(try library.index.layers().count == 3)
        #expect(try library.index.pins().count == 1)
        #expect(try library.index.countedAccounts() == library.index.accounts().rows)
        for model in models {
            let entry = try #require(try library.index.blob(Blake3.hash(model.bytes)))
            #expect(entry.state == .complete && entry.form == .coded)
        }
        let parent = Blake3.hash(models[0].bytes)
        #expect(try library.index.codedChildren(of: parent).count == 1)
    }
}
