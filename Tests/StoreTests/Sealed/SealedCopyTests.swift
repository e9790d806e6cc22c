import Genome
import Host
import Testing
import Wire

@testable import Store

@Suite struct SealedCopyTests {
    @Test func `a layer is sealed once, and opens into the same layer elsewhere`() throws {
        let fixture = try LibraryFixture()
        let manifest = try fixture.share()
        let copy = try fixture.library.seal(manifest)
        #expect(try fixture.library.seal(manifest) == copy)
        #expect(try SealedCopy.read(manifest.layer, fixture.layout) == copy)
        let path = "\(fixture.layout.keys)/sealed-\(manifest.layer.hexadecimal)"
        #expect(try File.facts(of: path).mode & 0o777 == 0o600)
        let list = try fixture.library.holdList(copy.list)
        #expect(list.blobs.contains(copy.index))
        #expect(list.blobs.count == manifest.blobsToFetch.count + 1)

        // The grantee has nothing but ciphertext and key.
        let other = try LibraryFixture()
        for blob in list.blobs {
            let bytes = try BlobReader(blob.blob, layout: fixture.layout).readAll(limit: 8 << 20)
            #expect(try other.library.importBytes(bytes).id == blob.blob)
        }
        #expect(throws: StoreError.self) {
            try other.library.sealedLayer(copy.index, key: FileKey.random())
        }
        let sealed = try other.library.sealedLayer(copy.index, key: copy.key)
        let envelope = try other.library.open(sealed, key: copy.key)
        #expect(try other.library.add(envelope, origin: .fetched).layer == manifest.layer)
        #expect(try other.library.verify(manifest.layer).allSatisfy { $0.isSound })
    }

    @Test func `a contract holds its blobs until it ends, also after a restart`() throws {
        let fixture = try LibraryFixture()
        let manifest = try fixture.share()
        let copy = try fixture.library.seal(manifest)
        let list = try fixture.library.holdList(copy.list)
        let request = try HoldRequest.make(
            publisher: Fixture.key(7).publicKey, mirror: Fixture.key(8).publicKey,
            list: copy.list, size: 1 << 30, issued: 1, until: 9,
            nonce: [UInt8](repeating: 1, count: 16))
        let envelope = request.signed(by: Fixture.key(7))
        try fixture.library.add(hold: envelope)
        try fixture.library.add(hold: envelope)
        try fixture.library.completeHold(request.contract)
        func check(_ library: Library) throws {
            let hold = try #require(try library.hold(request.contract))
            #expect(hold.request == request && hold.isComplete)
            #expect(try library.discard(list.blobs[0].blob) == 0)
        }
        try check(fixture.library)
        try fixture.restart(LibraryFixture.loseIndex)
        try check(fixture.library)
        try fixture.restart { try Directory.removeTree($0.journal) }
        try check(fixture.library)
        #expect(try fixture.library.endHold(request.contract) > 0)
        #expect(try fixture.library.holds().isEmpty)
        #expect(try !fixture.library.holds(list.blobs[0].blob))
        #expect(try fixture.library.verify(manifest.layer).allSatisfy { $0.isSound })
    }
}
