import Genome
import Testing

@Suite("Parts of a manifest")
struct ManifestPartsTests {
    @Test("come back from the manifest as they were put in")
    func roundTrip() throws {
        var object = Fixtures.plainManifest()
        let path = try #require(LayerPath("notes.txt"))
        let weights = WeightsFacts(
            id: Fixtures.digest(3), table: BlobReference(blob: Fixtures.digest(4), size: 9),
            files: [path])
        let base = BaseFacts(
            layer: Fixtures.digest(5), weights: Fixtures.digest(6), graph: Fixtures.digest(7),
            tokenizer: nil)
        let distribution = Distribution(
            isGloballyAvailable: false, scope: .local, isPeerToPeer: false)
        let parent = ParentLayer(layer: Fixtures.digest(8), relation: "fine-tuned-from")
        object["weights"] = weights.json
        object["base"] = base.json
        object["distribution"] = distribution.json
        object["provenance"] = ["createdAt": 1, "parentLayers": .array([parent.json])]
        let manifest = try Manifest.make(object)
        #expect(manifest.weights == weights)
        #expect(manifest.base == base)
        #expect(manifest.distribution == distribution)
        #expect(manifest.parents == [parent])
        #expect(manifest.blobs.count == 2)
    }
}
