import Genome
import Host
import Testing
import Wire

@testable import Store

@Suite struct LibraryTests {
    @Test func `a shared layer is listed with its files, envelope and origin`() throws {
        let fixture = try LibraryFixture()
        let manifest = try fixture.share()
        let index = fixture.library.index
        let entry = try #require(try index.layer(manifest.layer))
        #expect(entry.name == "notes" && entry.origin == .own && entry.licence == "Apache-2.0")
        #expect(try index.files(of: manifest.layer) == manifest.files)
        #expect(try index.layers(uuid: manifest.uuid) == [entry])
        #expect(try index.layers(named: "notes", by: manifest.publisher) == [entry])
        #expect(try index.layers(named: "notes", by: Fixture.key(1).publicKey).isEmpty)
        let prefix = String(manifest.layer.hexadecimal.prefix(8))
        #expect(try index.layers(prefix: prefix) == [entry])
        let envelope = try Envelope.decode(
            try #require(try index.envelope(of: manifest.layer)), payloadMax: 1 << 20)
        #expect(try Manifest.verified(in: envelope).layer == manifest.layer)
        #expect(try fixture.library.verify(manifest.layer).allSatisfy { $0.isSound })
        try fixture.share()
        #expect(fixture.library.journal.count == 1)
    }

    @Test func `a layer whose blobs are not here or whose signature is not good is refused`() throws
    {
        let fixture = try LibraryFixture()
        let blob = ImportedBlob(
            id: Blake3.hash([1]), size: 1, sha256: Sha256.hash([1]), wasKnown: false)
        #expect(throws: StoreError.missing("blob \(blob.id)")) {
            try fixture.library.add(try Fixture.envelope([("a", blob)]), origin: .fetched)
        }
        let known = try fixture.library.importBytes([1])
        let good = try Fixture.envelope([("a", known)])
        let forged = Envelope.signed(
            good.payload, type: Manifest.payloadType, by: Fixture.key(9))
        #expect(throws: StoreError.self) { try fixture.library.add(forged, origin: .fetched) }
        #expect(fixture.library.journal.count == 0)
    }

    @Test func `pins, trust and policies survive a kill`() throws {
        let fixture = try LibraryFixture()
        let manifest = try fixture.share()
        let key = Fixture.key(3).publicKey
        try fixture.library.setPin(manifest.layer, isPinned: true)
        try fixture.library.setTrust(key, isTrusted: true)
        try fixture.library.setPolicy("quota", "99")
        try fixture.restart()
        let index = fixture.library.index
        #expect(try index.pins() == [manifest.layer])
        #expect(try index.contact(key)?.isTrusted == true)
        #expect(try index.quota() == 99)
        try fixture.library.setPin(manifest.layer, isPinned: false)
        #expect(try index.pins().isEmpty)
        #expect(throws: StoreError.missing("layer \(Blake3.hash([]))")) {
            try fixture.library.setPin(Blake3.hash([]), isPinned: true)
        }
    }

    @Test func `removing a layer frees only what no other layer lists`() throws {
        let fixture = try LibraryFixture()
        let first = try fixture.share(name: "first", seed: 1)
        let other = try fixture.library.importBytes([1, 2, 3])
        let shared = try #require(first.files.first)
        let blob = ImportedBlob(
            id: shared.blob, size: shared.size, sha256: shared.sha256, wasKnown: true)
        let second = try fixture.library.add(
            try Fixture.envelope([("a", other), ("b", blob)], name: "second"), origin: .own)
        let link = try fixture.library.link(first.layer)
        let freed = try fixture.library.remove(first.layer)
        let gone =
            first.blobs.map(\.size).filter { $0 != shared.size } + [UInt64(first.bytes.count)]
        #expect(
            freed == gone.reduce(0) { $0 + Index.storedBytes(fileBytes: $1, size: $1) })
        #expect(!Directory.exists(link))
        #expect(try fixture.library.verify(second.layer).allSatisfy { $0.isSound })
        #expect(throws: StoreError.missing("layer \(first.layer)")) {
            try fixture.library.verify(first.layer)
        }
        #expect(!Directory.exists(fixture.layout.object(first.layer)))
        try fixture.restart()
        #expect(try fixture.library.index.layers().map(\.name) == ["second"])
    }

    @Test func `the quota refuses an import`() throws {
        let fixture = try LibraryFixture()
        try fixture.library.setQuota(nil, 10)
        #expect(throws: StoreError.quota(bytes: 11, available: 10)) {
            try fixture.library.importBytes([UInt8](repeating: 0, count: 11))
        }
    }
}
