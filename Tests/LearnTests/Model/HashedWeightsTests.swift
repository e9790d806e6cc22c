import Genome
import Testing

@Suite("The tiny models that judge the engine")
struct HashedWeightsTests {
    @Test("there is a model of every family")
    func families() throws {
        let types = try Set(
            ModelCase.names.map { try ModelCase.named($0).config["model_type"]?.string ?? "" })
        #expect(types == ["llama", "mistral", "qwen2", "qwen3", "gpt2"])
    }

    @Test("their weights are the same in both languages", arguments: ModelCase.names)
    func samples(name: String) throws {
        let model = try ModelCase.named(name)
        #expect(model.samples.count == 8)
        for sample in model.samples {
            let tensor = try #require(model.tensors.first { $0.name == sample.tensor })
            #expect(tensor.values[sample.index] == sample.value)
        }
        let vocabulary = try #require(model.config["vocab_size"]?.integer)
        #expect(model.answer.logits.allSatisfy { $0.count == vocabulary })
        #expect(model.answer.greedy.count == 64 && model.answer.margins.count == 64)
    }

    @Test("their folders are what our own reader takes", arguments: ModelCase.names)
    func folders(name: String) throws {
        let model = try ModelCase.named(name)
        let files = model.folder
        #expect(files.map(\.name) == ["config.json", "model.safetensors"])
        #expect(try ModelConfig(files[0].bytes).modelType == model.config["model_type"]?.string)
        let table = try TensorFile(header: files[1].bytes, fileSize: UInt64(files[1].bytes.count))
        #expect(Set(table.tensors.map(\.name)) == Set(model.tensors.map(\.name)))
        for adapter in model.adapters {
            let bytes = adapter.folder[1].bytes
            let table = try TensorFile(header: bytes, fileSize: UInt64(bytes.count))
            #expect(table.tensors.count == adapter.tensors.count)
        }
    }

    @Test("every family has adapters of every kind and stacks of them")
    func adapters() throws {
        for name in ["llama-llama3", "mistral-window", "qwen2", "qwen3", "gpt2"] {
            let model = try ModelCase.named(name)
            let names = Set(model.adapters.map(\.name))
            #expect(names.isSuperset(of: ["qv", "all-linear", "rslora", "dora", "patterns"]))
            #expect(names.isSuperset(of: ["regex", "layers", "lora-bias"]))
            #expect(model.stacks.allSatisfy { names.isSuperset(of: $0.parts.map(\.adapter)) })
            for answer in model.adapters.map(\.answer) + model.stacks.map(\.answer) {
                #expect(answer.positions.count == 4 && answer.logits.count == 4)
                #expect(answer.greedy.count == 16 && answer.margins.count == 16)
            }
        }
    }

    @Test("every stored type holds the weights exactly", arguments: ModelCase.names)
    func exact(name: String) throws {
        let model = try ModelCase.named(name)
        for tensor in model.tensors {
            #expect(tensor.values.allSatisfy { $0.bitPattern & 0xffff == 0 })
            #expect(model.type != "F16" || tensor.values.allSatisfy { Float(Float16($0)) == $0 })
        }
    }
}
