import Genome
import Testing
import Wire

@Suite("A folder that becomes a layer")
struct LayerFolderTests {
    @Test("shows what it is")
    func shows() throws {
        let adapter = try TensorFixture.adapterFolder()
        #expect(adapter.shownType == .lora && adapter.adapter?.rank == 4)
        #expect(adapter.table?.rows.count == 4)
        #expect(adapter.card?.licence?.description == "Apache-2.0")
        let model = try TensorFixture.modelFolder()
        #expect(model.shownType == .foundation && model.model?.modelType == "llama")
        let base = try #require(model.baseFacts(layer: nil))
        #expect(base.weights == model.weights?.facts.id && base.graph == model.model?.graph)
        #expect(base.tokenizer == Blake3.hash(Array("{}".utf8)))
        let plain = try TensorFixture.folder(["notes.txt": [1]])
        #expect(plain.shownType == nil && plain.weights == nil)
    }

    @Test("that contradicts itself is refused")
    func contradicts() throws {
        let config = Array(TensorFixture.adapterConfig.utf8)
        #expect(
            Fixtures.fault { _ = try TensorFixture.folder(["adapter_config.json": config]) }
                == .adapter(.noFactors))
        let tensors = TensorFixture.file(TensorFixture.adapter(rank: 2))
        #expect(
            Fixtures.fault {
                _ = try TensorFixture.folder([
                    "adapter_config.json": config, "adapter_model.safetensors": tensors,
                ])
            } != nil)
        let index = Array(#"{"weight_map":{"a":"model.safetensors","b":"model.safetensors"}}"#.utf8)
        #expect(
            Fixtures.fault {
                _ = try TensorFixture.folder([
                    "config.json": Array(TensorFixture.modelConfig.utf8),
                    "model.safetensors": TensorFixture.file([("a", "U8", [1])]),
                    "model.safetensors.index.json": index,
                ])
            } != nil)
    }

    @Test("the tensor table is a blob named by its bytes")
    func table() throws {
        let weights = try #require(try TensorFixture.modelFolder().weights)
        #expect(weights.facts.table.blob == Blake3.hash(weights.table))
        #expect(try TensorTable.decode(weights.table).rows.count == 2)
        #expect(weights.facts.files.map(\.text) == ["model.safetensors"])
    }
}
