import Genome
import Testing

@Suite("An adapter's facts")
struct AdapterFactsTests {
    private let module = "base_model.model.model.layers.0.self_attn.q_proj"

    private func check(
        _ members: String, _ tensors: [TensorFixture.Tensor]
    ) throws -> AdapterFacts {
        try AdapterFacts.check(
            try AdapterConfigTests.config(members), try TensorFixture.entries(tensors))
    }

    private func fault(
        _ members: String, _ tensors: [TensorFixture.Tensor]
    ) -> AdapterFault? {
        let error = Fixtures.fault { _ = try check(members, tensors) }
        if case .adapter(let fault) = error { return fault }
        return nil
    }

    private let targets = #","r":4,"target_modules":["v_proj","q_proj"]"#
    private let path = "model.layers.0.self_attn.q_proj"

    @Test("come from configuration and tensors that agree")
    func agrees() throws {
        let facts = try check(targets, TensorFixture.adapter())
        #expect(facts.rank == 4 && facts.modules.count == 2)
        #expect(facts.modules[0].path == path)
        #expect(facts.modules[0].inputs == 8 && facts.modules[0].outputs == 16)
        #expect(facts.targetNames == ["q_proj", "v_proj"])
        #expect(facts.loraConfig["alpha"] == "8")
    }

    @Test("another rank is refused by module")
    func wrongRank() {
        #expect(
            fault(targets, TensorFixture.adapter(rank: 2))
                == .wrongRank(module: path, configured: 4, found: 2))
        #expect(
            fault(targets + #","rank_pattern":{"q_proj":2}"#, TensorFixture.adapter())
                == .wrongRank(module: path, configured: 2, found: 4))
    }

    @Test("half a pair is refused")
    func unpaired() {
        var tensors = TensorFixture.adapter()
        tensors.removeFirst()
        #expect(fault(targets, tensors) == .unpaired(module: path, missing: "lora_A"))
        tensors = TensorFixture.adapter()
        tensors.remove(at: 1)
        #expect(fault(targets, tensors) == .unpaired(module: path, missing: "lora_B"))
    }

    @Test("targets and tensors name the same modules")
    func targetsMatch() {
        #expect(
            fault(#","r":4,"target_modules":["q_proj"]"#, TensorFixture.adapter())
                == .notTargeted(module: "model.layers.0.self_attn.v_proj"))
        #expect(
            fault(#","r":4,"target_modules":["q_proj","v_proj","o_proj"]"#, TensorFixture.adapter())
                == .nothingFor(target: "o_proj"))
        #expect(
            fault(targets + #","exclude_modules":["q_proj"]"#, TensorFixture.adapter())
                == .notTargeted(module: path))
        #expect(
            fault(targets + #","layers_to_transform":[1]"#, TensorFixture.adapter())
                == .notTargeted(module: path))
    }

    @Test("patterns and all-linear are followed")
    func patterns() throws {
        let pattern = #","r":4,"target_modules":"model\\.layers\\.\\d+\\.self_attn\\.(q|v)_proj""#
        #expect(try check(pattern, TensorFixture.adapter()).targetNames == ["q_proj", "v_proj"])
        let other = #","r":4,"target_modules":".*(?:k)_proj""#
        #expect(fault(other, TensorFixture.adapter()) == .notTargeted(module: path))
        let all = #","r":4,"target_modules":"all-linear""#
        #expect(try check(all, TensorFixture.adapter()).modules.count == 2)
    }

    @Test("flags say what the tensors say")
    func flags() throws {
        let magnitude = TensorFixture.adapter().map(\.name)
            .filter { $0.hasSuffix("lora_A.weight") }
            .map { name -> TensorFixture.Tensor in
                (name.replacing("lora_A.weight", with: "lora_magnitude_vector"), "F32", [16])
            }
        let decomposed = targets + #","use_dora":true"#
        #expect(try check(decomposed, TensorFixture.adapter() + magnitude).modules.count == 2)
        #expect(
            fault(decomposed, TensorFixture.adapter())
                == .flagDiffers(key: "use_dora", detail: "\(path) lacks a magnitude vector"))
        #expect(
            fault(targets, TensorFixture.adapter() + magnitude)
                == .flagDiffers(key: "use_dora", detail: "\(path) has a magnitude vector"))
        let bias: [TensorFixture.Tensor] = [("\(module).lora_B.bias", "F32", [16])]
        #expect(
            fault(targets, TensorFixture.adapter() + bias)
                == .flagDiffers(key: "lora_bias", detail: "\(path) has a bias"))
        let rows: [TensorFixture.Tensor] = [
            (
                "base_model.model.model.embed_tokens.token_adapter.trainable_tokens_delta", "F32",
                [1, 8]
            )
        ]
        #expect(fault(targets, TensorFixture.adapter() + rows) != nil)
        let withRows = targets + #","trainable_token_indices":[1]"#
        #expect(try check(withRows, TensorFixture.adapter() + rows).modules.count == 2)
    }

    @Test("whole tensors are explained by a key")
    func wholeTensors() throws {
        let head: [TensorFixture.Tensor] = [("base_model.model.score.weight", "F32", [2, 8])]
        #expect(
            fault(targets, TensorFixture.adapter() + head)
                == .unexplained(tensor: "base_model.model.score.weight"))
        let saved = targets + #","modules_to_save":["score"]"#
        #expect(try check(saved, TensorFixture.adapter() + head).saved == ["score"])
        #expect(fault(saved, TensorFixture.adapter()) == .nothingFor(target: "score"))
        let embedding: [TensorFixture.Tensor] = [
            ("base_model.model.model.embed_tokens.weight", "F32", [16, 8])
        ]
        #expect(try check(targets, TensorFixture.adapter() + embedding).saved.count == 1)
        let bias: [TensorFixture.Tensor] = [("base_model.model.a.q_proj.bias", "F32", [16])]
        #expect(fault(targets, TensorFixture.adapter() + bias) != nil)
        #expect(
            try check(targets + #","bias":"all""#, TensorFixture.adapter() + bias).modules.count
                == 2)
    }

    @Test("embeddings have their own factors")
    func embeddings() throws {
        let tensors: [TensorFixture.Tensor] = [
            ("base_model.model.embed.lora_embedding_A", "F32", [4, 16]),
            ("base_model.model.embed.lora_embedding_B", "F32", [8, 4]),
        ]
        let facts = try check(#","r":4,"target_modules":["embed"]"#, tensors)
        #expect(facts.modules[0].inputs == 16 && facts.modules[0].outputs == 8)
        #expect(
            fault(#","r":4,"target_modules":["embed"]"#, [tensors[0]])
                == .unpaired(module: "embed", missing: "lora_embedding_B"))
    }

    @Test("nothing and nonsense are refused")
    func nonsense() {
        #expect(fault(targets, []) == .noFactors)
        let flat: [TensorFixture.Tensor] = [
            ("\(module).lora_A.weight", "F32", [4]), ("\(module).lora_B.weight", "F32", [16, 4]),
        ]
        #expect(fault(targets, flat) == .badShape(tensor: "\(module).lora_A.weight"))
        let integers: [TensorFixture.Tensor] = [
            ("\(module).lora_A.weight", "I32", [4, 8]),
            ("\(module).lora_B.weight", "F32", [16, 4]),
        ]
        #expect(fault(targets, integers) == .badShape(tensor: "\(module).lora_A.weight"))
    }
}
