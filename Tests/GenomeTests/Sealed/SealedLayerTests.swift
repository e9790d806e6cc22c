import Genome
import Testing
import Wire

@Suite("A sealed layer")
struct SealedLayerTests {
    private func sealed(
        _ manifest: Manifest, _ size: (UInt64) -> UInt64? = { SealedStream.sealedSize(plain: $0) }
    ) -> SealedLayer {
        let envelope = manifest.signed(by: Fixtures.publisher).detached
        let parts = manifest.blobsToFetch.enumerated().map { index, blob in
            SealedLayer.Part(
                blob: blob.blob,
                sealed: BlobReference(
                    blob: Fixtures.digest(UInt8(100 + index)), size: size(blob.size) ?? 0))
        }
        return SealedLayer(manifest: manifest.bytes, envelope: envelope, parts: parts)
    }

    @Test("comes back whole")
    func comesBack() throws {
        let layer = sealed(try Fixtures.manifest())
        #expect(try SealedLayer.decode(layer.bytes) == layer)
    }

    @Test("holds just the manifest's blobs, with the sizes that sealing gives them")
    func parts() throws {
        let manifest = try Fixtures.manifest()
        let layer = sealed(manifest)
        let fewer = SealedLayer(
            manifest: layer.manifest, envelope: layer.envelope,
            parts: Array(layer.parts.dropLast()))
        let more = SealedLayer(
            manifest: layer.manifest, envelope: layer.envelope,
            parts: layer.parts + [
                .init(
                    blob: Fixtures.digest(9),
                    sealed: BlobReference(blob: Fixtures.digest(8), size: 32))
            ])
        for wrong in [fewer, more, sealed(manifest) { $0 + 31 }] {
            #expect(Fixtures.fault { _ = try SealedLayer.decode(wrong.bytes) } != nil)
        }
    }

    @Test("is signed by the publisher that its manifest names")
    func signed() throws {
        let manifest = try Fixtures.manifest()
        let layer = sealed(manifest)
        let forged = Envelope.signed(
            manifest.bytes, type: Manifest.payloadType, by: Fixtures.key(filledWith: 9))
        let wrong = SealedLayer(
            manifest: layer.manifest, envelope: forged.detached, parts: layer.parts)
        #expect(Fixtures.fault { _ = try SealedLayer.decode(wrong.bytes) } != nil)
    }
}
