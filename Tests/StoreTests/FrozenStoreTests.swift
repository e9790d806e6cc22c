import Foundation
import Genome
import Host
import Testing
import Wire

@testable import Store

/// Homes that version 1 of the format wrote, which every later version must read: `home-1` with
/// layers in every form and a part, `home-1-keys` with keys, an identity and decisions of access.
///
/// Each was written once and is never written again: what changes the format adds homes of its own
/// beside them. So what they hold stands here as it is and is not computed; a home that is gone
/// is a failure.
@Suite struct FrozenStoreTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "Frozen").path

    /// A home as it was written, in a place where it can be opened.
    final class Thawed {
        let scratch = Scratch()
        let path: String

        init(_ name: String) throws {
            path = "\(scratch.path)/home"
            try FileManager.default.copyItem(
                atPath: "\(FrozenStoreTests.folder)/\(name)", toPath: path)
            // What is under version control keeps neither modes nor empty folders.
            chmod(path, 0o700)
            for key in try FileManager.default.subpathsOfDirectory(atPath: path)
            where key.hasPrefix("keys") {
                let isFolder = key == "keys" || key == "keys/identities"
                chmod("\(path)/\(key)", isFolder ? 0o700 : 0o600)
            }
        }

        func open() throws -> Home {
            let home = try Home.open(at: path)
            for folder in home.layout.folders { try Directory.create(folder) }
            return home
        }
    }

    struct Held: Sendable {
        let layer: String
        let name: String
        let blob: String
        let size: UInt64
        let form: BlobForm
    }

    static let parent = "1785b6256b66b3cdf47217239086b25542eb9d1454fefafd5037e20b0619b3cb"
    static let child = "5fdc96d530099eff14d3aafbf8c0ffa44d5032f1631bbf7f15ea98c27703e016"
    static let part = "70d9ee09b625dbe948d5195f2889bfd2bc0ed764ed7d82664a8864b4e561e6ca"
    static let held = [
        Held(
            layer: "4a0bf8a4c0f19fac41ee4fdd5a687240db94f57c1e48d09503216ace304f2212",
            name: "model", blob: parent, size: 131_150, form: .coded),
        Held(
            layer: "b0d5f9a9fdba1c01a215786953ce4cadedd2849b9eb86cc46c2ad203dda1bc19",
            name: "model", blob: child, size: 131_150, form: .coded),
        Held(
            layer: "4d4a02509185b6c372eac1af4bec602d59021507d5d821d76ff1aa8bcd098adf",
            name: "notes",
            blob: "b2cc48b421c089c727bbb6a8b829cd3782ff2855c15a3d2cb83db7778088a3d5",
            size: 1_088_576, form: .raw),
    ]

    static func digest(_ text: String) throws -> Digest {
        try #require(Digest(hexadecimal: text))
    }

    private func check(_ library: Library) throws {
        let layers = try library.index.layers()
        #expect(Set(layers.map(\.id.hexadecimal)) == Set(Self.held.map(\.layer)))
        for held in Self.held {
            let layer = try #require(layers.first { $0.id.hexadecimal == held.layer })
            #expect(layer.name == held.name)
            #expect(try library.verify(layer.id).allSatisfy(\.isSound))
            let entry = try #require(try library.index.blob(try Self.digest(held.blob)))
            #expect(entry.state == .complete && entry.form == held.form)
            #expect(entry.size == held.size)
            let bytes = try BlobReader(entry.id, layout: library.layout).readAll(limit: 4 << 20)
            #expect(bytes.count == Int(held.size))
            #expect(Blake3.hash(bytes).hexadecimal == held.blob)
        }
        let (parent, child) = (try Self.digest(Self.parent), try Self.digest(Self.child))
        #expect(try library.index.codedChildren(of: parent) == [child])
        #expect(try library.index.pins() == [try Self.digest(Self.held[2].layer)])
        #expect(try library.index.quota() == 1 << 40)
        let checks = try library.examine()
        #expect(checks.filter { !$0.isSound }.isEmpty, "\(checks)")
    }

    @Test func `a home is opened, and everything in it is there and good`() throws {
        let thawed = try Thawed("home-1")
        let library = try Library(try thawed.open(), key: Fixture.key(7))
        #expect(library.index.isNew == false && library.journal.notice == nil)
        try check(library)
        #expect(try library.index.costBound(of: try Self.digest(Self.parent)) == 1)
        let groups = try library.index.durableGroups(
            of: try Self.digest(Self.part), size: 2_097_157)
        #expect(groups?.missing.map { $0 } == [0, 2])
    }

    @Test func `with its index gone it holds the same`() throws {
        let thawed = try Thawed("home-1")
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: "\(thawed.path)/index.db\(suffix)")
        }
        let library = try Library(try thawed.open(), key: Fixture.key(7))
        try check(library)
        #expect(try library.index.countedAccounts() == library.index.accounts().rows)
    }
}
