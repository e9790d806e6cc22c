import Testing
import Wire

@testable import Genome

@Suite("A layer as a search knows it")
struct DescribedLayerTests {
    static func layer(
        _ change: (inout LayerContent) -> Void = { _ in }, organization: NodeKey? = nil
    ) -> DescribedLayer {
        var content = LayerContent(
            layer: Blake3.hash([1]), manifestSize: 500, type: "lora", name: "psalms",
            version: "1.0.0", licence: "Apache-2.0", size: 1_000, files: 2)
        change(&content)
        return DescribedLayer(
            content: content, publisher: key(1).publicKey, organization: organization)
    }

    static func key(_ seed: UInt8) -> SigningKey {
        guard let key = SigningKey(seed: [UInt8](repeating: seed, count: 32)) else {
            preconditionFailure("32 bytes are a seed")
        }
        return key
    }

    @Test("has the words of name, tags, summary and label, each once")
    func words() {
        let layer = Self.layer { content in
            content.tags = ["Bible", "sung"]
            content.summary = "Psalms, sung"
            content.label = "lab"
        }
        #expect(layer.words == ["bible", "lab", "psalms", "sung"])
    }

    @Test("comes from Layer and Mirror records, with whose circle it is in")
    func records() throws {
        let signer = Self.key(2)
        let content = Self.layer().content
        func record(_ content: RecordContent, _ domain: Domain) throws -> Record {
            let unsigned = UnsignedRecord(
                publisher: signer.publicKey, sequence: 1, issued: 1_000, expires: 2_000,
                domain: domain, content: content)
            return try unsigned.signed(signer.sign(unsigned.signingInput))
        }
        let own = try #require(DescribedLayer(try record(.layer(content), .everyone)))
        #expect(own.publisher == signer.publicKey && own.organization == nil)
        let other = Self.key(1).publicKey
        let tag = [UInt8](repeating: 3, count: 16)
        let mirror = DescribedLayer(
            try record(.mirror(content, publisher: other), .restricted(tag: tag)),
            circles: [tag: Self.key(9).publicKey])
        #expect(mirror?.publisher == other && mirror?.organization == Self.key(9).publicKey)
        let node = NodeContent(endpoints: [], services: [])
        #expect(DescribedLayer(try record(.node(node), .everyone)) == nil)
    }
}
