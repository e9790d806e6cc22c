import Testing

@testable import Learn

@Suite struct FamilyTests {
    @Test func `families are found by their model type`() {
        #expect(Family.all.map(\.modelType) == ["llama", "mistral", "qwen2", "qwen3", "gpt2"])
        for family in Family.all { #expect(Family.named(family.modelType) == family) }
        #expect(Family.named("Llama") == nil)
    }

    @Test func `paths of modules are those that adapters name`() {
        #expect(Family.llama.path(.query, block: 3) == "model.layers.3.self_attn.q_proj")
        #expect(Family.gpt2.path(.fused, block: 0) == "transformer.h.0.attn.c_attn")
        #expect(Family.gpt2.path(.query, block: 0) == nil)
        #expect(Family.llama.path(.fused, block: 0) == nil)
    }
}
