import Testing

@testable import Genome

@Suite("The graph keys")
struct GraphKeysTests {
    @Test("leave out what does not change the function")
    func leavesOut() {
        let keys = GraphKeys(
            JSONObject([
                .init(name: "torch_dtype", value: "float32"), .init(name: "use_cache", value: true),
                .init(name: "mlp_bias", value: false), .init(name: "hidden_size", value: 8),
                .init(name: "bos_token_id", value: 1),
            ]), modelType: "llama")
        #expect(keys.object.names == ["model_type", "hidden_size"])
        #expect(keys.count("hidden_size") == 8 && keys.count("absent") == nil)
    }
}
