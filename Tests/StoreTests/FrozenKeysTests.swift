import Foundation
import Genome
import Host
import Testing
import Wire

@testable import Store

/// The keys and the decisions of access of `home-1-keys`, which nothing may lose: a node is its
/// key, and who was allowed what is kept for an auditor. These keys are nobody's.
@Suite struct FrozenKeysTests {
    private typealias Thawed = FrozenStoreTests.Thawed

    private static let identityPath = "/nowhere/lab.key"
    private static let layer = "aa" + String(repeating: "0", count: 62)

    private static func question(
        _ byte: UInt8, naming name: (NodeKey) -> NodeKey
    ) -> JSONValue {
        ["action": "fetch", "caller": ["key": .string(name(Fixture.key(byte).publicKey).base32)]]
    }

    /// Writes the home where there is none.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["PLASMID_WRITE_FROZEN"] != nil))
    func `write it`() throws {
        let path = "\(FrozenStoreTests.folder)/home-1-keys"
        guard !FileManager.default.fileExists(atPath: path) else { return }
        let home = try Home.create(at: path)
        let keys = try Keys.open(in: home)
        let shelf = IdentityShelf(home.layout)
        // The secret of an identity stands where its owner wants it: here beside the others.
        let made = try shelf.create("made")
        try shelf.remove("made")
        try shelf.add(
            try #require(
                Identity(name: "lab", key: made.key, place: .file(path: Self.identityPath))))
        let library = try Library(home, key: keys.node)
        let layer = try FrozenStoreTests.digest(Self.layer)
        let start: UInt64 = 1_800_000_000_000
        for (place, byte) in [3, 4, 3].enumerated() {
            // The third comes a day later, in a segment of its own.
            let time = start + UInt64(place / 2) * AccessLog.segmentSpan + UInt64(place)
            try library.noteAccess(
                layer: layer, rule: place == 1 ? "hidden" : nil, now: time
            ) { Self.question(UInt8(byte), naming: $0) }
        }
        try library.close()
    }

    @Test func `the keys are those that were written`() throws {
        let home = try Thawed("home-1-keys").open()
        let keys = try Keys.open(in: home)
        #expect(
            keys.node.publicKey.base32 == "2prpo6zrubqedilzs6oqzhrxhvr2itwavmqqqefz623qrwiuo34q")
        #expect(
            Hexadecimal.encode(keys.transportPublic)
                == "1b11e7a7b2789e345b2406f8e9d331ecf30763c83aaf4461e4b825e1f920bd67")
        #expect(
            keys.sealingRecipient
                == "age1ec7mmy8v7clkpegkru4k06qx53aqaly3dr2end3ayq64r24l6dgs8v4k7c")
        let shelf = IdentityShelf(home.layout)
        let identity = try #require(try shelf.all().first)
        #expect(try shelf.all().count == 1 && identity.name == "lab")
        #expect(identity.place == .file(path: Self.identityPath))
        #expect(identity.key.base32 == "4h4bhsbr6nsphcoi2cubos7rn77ezceugch2fpqkkhtylhanm7dq")
        let secret = try IdentityShelf.secret(
            at: "\(home.layout.keys)/identities/made.key")
        #expect(secret.publicKey == identity.key)
    }

    @Test func `keys that others could read are refused, not opened`() throws {
        let thawed = try Thawed("home-1-keys")
        chmod("\(thawed.path)/keys/node", 0o644)
        let home = try thawed.open()
        #expect(throws: StoreError.self) { _ = try Keys.open(in: home) }
    }

    @Test func `the decisions are those that were noted, and their log is whole`() throws {
        let home = try Thawed("home-1-keys").open()
        let library = try Library(home, key: try Keys.open(in: home).node)
        #expect(library.journal.notice == nil)
        var found: [(entry: AccessEntry, segment: UInt64)] = []
        try library.access.read { entry, segment in
            found.append((entry, segment))
            return true
        }
        #expect(found.map(\.entry.sequence) == [1, 2, 3] && found.map(\.segment) == [1, 1, 2])
        #expect(
            found.map(\.entry.time) == [1_800_000_000_000, 1_800_000_000_001, 1_800_086_400_002])
        #expect(found.map(\.entry.rule) == [nil, "hidden", nil])
        #expect(found.allSatisfy { $0.entry.layer.hexadecimal == Self.layer })
        let known = [3, 4].map { Fixture.key($0).publicKey }
        for (place, byte) in [3, 4, 3].enumerated() {
            let (entry, segment) = found[place]
            #expect(entry.question["action"] == "fetch")
            let name = try #require(
                entry.question["caller"]?["key"]?.string.flatMap { NodeKey(base32: $0) })
            // When this home was written the third still got its name under the salt before.
            #expect(
                try library.access.who(name, segment: place == 2 ? 1 : segment, among: known)
                    == Fixture.key(UInt8(byte)).publicKey)
        }
        let events = try library.journal.replay(after: 0)
        let coverage = try library.access.coverage(of: events)
        #expect(coverage.found == [1] && coverage.expired.isEmpty)
        let roots = events.compactMap { event in
            if case .access(_, _, let root)? = event.change { root.hexadecimal } else { nil }
        }
        #expect(roots == ["9c14b28da230624e89878a0b7a50282db2037c549e00933739a1ed931ecd2411"])
        // It goes on where it ended.
        try library.noteAccess(
            layer: try FrozenStoreTests.digest(Self.layer),
            rule: nil, now: 1_800_086_400_003
        ) { Self.question(4, naming: $0) }
        var last: UInt64 = 0
        try library.access.read { entry, _ in
            last = entry.sequence
            return true
        }
        #expect(last == 4)
    }
}
