import Genome
import Testing

@Suite("The part a layer plays")
struct LayerPartTests {
    @Test func `follows from its type and whether it has factors`() {
        let plain = JSONObject()
        let adapter = JSONValue.members(["loraConfig": [:]])
        #expect(LayerPart.effects(of: plain, type: .foundation) == .base)
        #expect(LayerPart.effects(of: adapter, type: .lora) == .adapter)
        #expect(LayerPart.effects(of: plain, type: .memory) == .memory)
        #expect(LayerPart.effects(of: adapter, type: .communication) == [.adapter, .text])
        #expect(LayerPart.effects(of: plain, type: .specialization) == .text)
        #expect(LayerPart.effects(of: adapter, type: .assembly).isEmpty)
        #expect(LayerPart.effects(of: adapter, type: .other("x-y")).isEmpty)
    }

    @Test func `names the layer and what it was made for`() throws {
        let manifest = try Fixtures.manifest()
        let part = LayerPart(manifest)
        #expect(part.layer == manifest.layer && part.base == nil && part.effects == .text)
        #expect(part.title == manifest.reference.description)
    }
}
