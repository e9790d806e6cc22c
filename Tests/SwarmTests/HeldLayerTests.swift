import Genome
import Testing
import Wire

@testable import Swarm

@Suite struct HeldLayerTests {
    @Test func `sizes are known of its own blobs and of no others`() throws {
        let sample = try Sample(groups: [0, 1, 1, 1, 2])
        for blob in sample.manifest.blobs {
            #expect(sample.held.size(of: blob.blob) == blob.size)
        }
        #expect(sample.held.size(of: sample.id) == UInt64(sample.manifest.bytes.count))
        #expect(sample.held.size(of: Gossip.name([5])) == nil)
    }

    @Test func `the facts of a record are those of the manifest, cut to their limits`() throws {
        let content = try Sample(name: "cut").content
        #expect(content.name == "cut" && content.version == "1.0.0" && content.label == "lab")
        #expect(content.licence == "Apache-2.0" && content.files == 1 && content.size == 1 << 20)
        #expect(content.summary == nil && content.isPeerToPeer)
    }
}
