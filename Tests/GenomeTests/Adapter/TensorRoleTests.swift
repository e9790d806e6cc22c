import Testing

@testable import Genome

@Suite("The role of a tensor's name")
struct TensorRoleTests {
    @Test(
        "is told from its end, old spellings included",
        arguments: [
            ("base_model.model.a.b.lora_A.weight", "a.b", TensorRole.down),
            ("base_model.model.a.b.lora_B.default.weight", "a.b", .up),
            ("a.lora_embedding_A", "a", .embeddingDown),
            ("a.lora_embedding_B.default", "a", .embeddingUp),
            ("a.lora_magnitude_vector", "a", .magnitude),
            ("a.lora_magnitude_vector.default.weight", "a", .magnitude),
            ("a.lora_B.bias", "a", .upBias),
            ("a.token_adapter.trainable_tokens_delta", "a", .tokenRows),
            ("base_model.model.score.modules_to_save.default.weight", "score", .whole),
            ("lm_head.weight", "lm_head", .whole),
        ] as [(String, String, TensorRole)])
    func roles(_ name: String, _ module: String, _ role: TensorRole) {
        let found = TensorRole.role(of: name)
        #expect(found.module == module && found.role == role, "\(name)")
    }
}
