import Genome
import Testing
import Wire

@testable import Store

@Suite struct DecodedManifestsTests {
    private func envelope(_ name: String, files: Int = 1) throws -> Envelope {
        let id = Blake3.hash([1])
        let blob = ImportedBlob(id: id, size: 1, sha256: id, wasKnown: false)
        return try Fixture.envelope(
            (0..<files).map { ("folder/of/many/files/number-\($0).bin", blob) }, name: name)
    }

    @Test func `the same bytes are read once, and signatures checked each time`() throws {
        let decoded = DecodedManifests()
        let good = try envelope("notes")
        let manifest = try decoded.verified(in: good)
        #expect(try decoded.manifest(good.payload).layer == manifest.layer)
        #expect(decoded.count == 1)
        let forged = Envelope.signed(
            good.payload, type: Manifest.payloadType, by: Fixture.key(8))
        #expect(throws: GenomeError.self) { try decoded.verified(in: forged) }
        let other = Envelope.signed(good.payload, type: "text/plain", by: Fixture.key(7))
        #expect(throws: GenomeError.self) { try decoded.verified(in: other) }
        #expect(decoded.count == 1)
        _ = try decoded.verified(in: try envelope("songs"))
        #expect(decoded.count == 2)
    }

    @Test func `what is refused is read again`() {
        let decoded = DecodedManifests()
        for _ in 0..<2 {
            #expect(throws: GenomeError.self) { try decoded.manifest(Array("{}".utf8)) }
        }
        #expect(decoded.count == 0)
    }

    @Test func `only so many bytes are kept, the newest always`() throws {
        let decoded = DecodedManifests()
        let large = try (0..<3).map { try envelope("large-\($0)", files: 4_500).payload }
        #expect(large.allSatisfy { $0.count > DecodedManifests.bytesMax / 3 })
        for bytes in large { _ = try decoded.manifest(bytes) }
        #expect(decoded.count == 3)
        _ = try decoded.manifest(large[2])
        #expect(decoded.count == 3)
        _ = try decoded.manifest(large[0])
        #expect(decoded.count == 4)
    }
}
