import Genome
import Testing
import Wire

@Suite("A file of a layer")
struct LayerFileTests {
    @Test("is written with evidence only when it is evidence")
    func writes() throws {
        let path = try #require(LayerPath("a"))
        let digest = Fixtures.digest(1)
        let plain = LayerFile(path: path, blob: digest, size: 3, sha256: digest)
        #expect(plain.json.object?.names == ["path", "blob", "size", "sha256"])
        let evidence = LayerFile(
            path: path, blob: digest, size: 3, sha256: digest, isEvidence: true)
        #expect(evidence.json["evidence"] == true)
    }

    @Test("a blob reference carries its size")
    func reference() {
        let reference = BlobReference(blob: Fixtures.digest(1), size: 3)
        #expect(reference.json["size"] == 3)
        #expect(reference.json["blob"]?.string == Fixtures.digest(1).hexadecimal)
        #expect(BlobReference(reference.json) == reference)
        #expect(BlobReference(["blob": "x", "size": 3]) == nil)
    }
}
