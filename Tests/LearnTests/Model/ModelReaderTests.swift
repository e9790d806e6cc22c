import Genome
import Testing

@testable import Learn

@Suite struct ModelReaderTests {
    @Test func `a whole model opens`() throws {
        #expect(try HandModel().fault() == nil)
    }

    @Test func `every missing tensor is named`() throws {
        for index in HandModel(blocks: 1).tensors.indices {
            var model = HandModel(blocks: 1)
            let name = model.tensors.remove(at: index).name
            // Without the embedding nothing tells whether names have the prefix.
            if name.contains("embed_tokens") { continue }
            #expect(try model.fault() == .missingTensor(name))
        }
    }

    @Test func `a tensor of another shape is named with both shapes`() throws {
        let name = "model.layers.1.mlp.up_proj.weight"
        var model = HandModel()
        model.change(name) { $0 = HandTensor(name, [8, 12]) }
        #expect(
            try model.fault()
                == .wrongShape(tensor: name, expected: [12, 8], found: [8, 12]))
        model.change(name) { $0 = HandTensor(name, [12, 8, 1]) }
        #expect(
            try model.fault()
                == .wrongShape(tensor: name, expected: [12, 8], found: [12, 8, 1]))
    }

    @Test(
        "an element type without kernels is named",
        arguments: ["I32", "F64", "U8", "F8_E4M3", "I64"])
    func types(_ type: String) throws {
        let name = "model.layers.0.self_attn.k_proj.weight"
        var model = HandModel()
        model.change(name) { $0.type = type }
        #expect(try model.fault() == .wrongType(tensor: name, type: type))
    }

    @Test func `tensors may be of different types`() throws {
        var model = HandModel()
        for (index, tensor) in model.tensors.enumerated() {
            model.tensors[index] = HandTensor(
                tensor.name, tensor.shape, tensor.values, type: ["F32", "BF16", "F16"][index % 3])
        }
        let scratch = try ScratchFolder()
        #expect(try model.open(in: scratch).dataTypes == ["BF16", "F16", "F32"])
    }

    @Test func `a tensor that nothing uses is refused, old tables are not`() throws {
        var model = HandModel()
        model.tensors.append(HandTensor("model.layers.0.self_attn.rotary_emb.inv_freq", [2]))
        #expect(try model.fault() == nil)
        model.tensors.append(HandTensor("model.layers.2.mlp.up_proj.weight", [12, 8]))
        #expect(try model.fault() == .unusedTensor("model.layers.2.mlp.up_proj.weight"))
        var biased = HandModel()
        biased.tensors.append(HandTensor("model.layers.0.self_attn.q_proj.bias", [8]))
        #expect(try biased.fault() == .unusedTensor("model.layers.0.self_attn.q_proj.bias"))
    }

    @Test func `files of the headless class compute the same`() throws {
        let scratch = try ScratchFolder()
        var answers: [[[Float]]] = []
        for prefix in ["model.", ""] {
            var model = HandModel(prefix: prefix, isTied: true)
            let whole = HandModel(isTied: true)
            for index in model.tensors.indices {
                model.tensors[index].values = whole.tensors[index].values
            }
            let opened = try model.open(in: scratch)
            #expect(opened.linears["model.layers.0.mlp.up_proj"] != nil)
            let engine = try Engine(opened, profile: .portable, threads: 1)
            answers.append(try engine.allLogits([1, 2, 3]))
        }
        #expect(answers[0] == answers[1])
    }

    @Test func `a tied head is the embedding, whatever copy lies beside it`() throws {
        let scratch = try ScratchFolder()
        var model = HandModel(isTied: true)
        let bare = try model.open(in: scratch)
        #expect(bare.head.weight.data == bare.embedding.data)
        model.tensors.append(HandTensor("lm_head.weight", [11, 8]))
        let copied = try model.open(in: scratch)
        #expect(copied.head.weight.data == copied.embedding.data)
    }
}
