import Genome
import Testing
import Wire

@Suite("A model's configuration")
struct ModelConfigTests {
    private func config(_ text: String) throws -> ModelConfig { try ModelConfig(Array(text.utf8)) }

    @Test("tells what the model is")
    func facts() throws {
        let config = try config(TensorFixture.modelConfig)
        #expect(config.modelType == "llama" && config.className == "LlamaForCausalLM")
        #expect(config.hiddenSize == 8 && config.layers == 1 && config.heads == 2)
        #expect(config.keyValueHeads == 2 && config.vocabulary == 16 && config.contextWindow == 64)
        let section = config.architecture(tokenizer: nil, dataTypes: ["BF16"])
        #expect(section["graph"]?.string == config.graph.hexadecimal)
    }

    @Test("old and new spelling have one graph")
    func spellings() throws {
        let old = try config(TensorFixture.modelConfig)
        let new = try config(
            #"{"model_type":"llama","hidden_size":8,"num_hidden_layers":1,"#
                + #""num_attention_heads":2,"num_key_value_heads":2,"head_dim":4,"vocab_size":16,"#
                + #""intermediate_size":16,"rms_norm_eps":0.00001,"attention_bias":false,"#
                + #""rope_parameters":{"rope_theta":10000,"rope_type":"default"},"#
                + #""dtype":"bfloat16","use_cache":true,"pad_token_id":null}"#)
        #expect(old.graph == new.graph)
    }

    @Test(
        "what changes the function changes the graph",
        arguments: [
            #""rms_norm_eps":1e-06"#, #""rope_theta":500000.0"#, #""attention_bias":true"#,
            #""tie_word_embeddings":true"#, #""num_attention_heads":4"#, #""sliding_window":8"#,
            #""rope_scaling":{"type":"linear","factor":2.0}"#,
        ])
    func graphChanges(_ member: String) throws {
        let key = try #require(member.split(separator: "\"").first.map { String($0) })
        var object = try #require(try Fixtures.parse(TensorFixture.modelConfig).object)
        let change = try #require(try Fixtures.parse("{\(member)}").object)
        object[key] = change[key]
        let changed = try ModelConfig(CanonicalJSON.write(object))
        #expect(try changed.graph != config(TensorFixture.modelConfig).graph)
    }

    @Test("scaling has one spelling, and a window that is off does not count")
    func scaling() throws {
        let head = #"{"model_type":"qwen2","num_attention_heads":2,"hidden_size":8,"#
        let one = try config(
            head + #""rope_scaling":{"type":"yarn","factor":4.0},"max_position_embeddings":9}"#)
        let other = try config(
            head + #""rope_scaling":{"rope_type":"yarn","factor":4},"sliding_window":4,"#
                + #""use_sliding_window":false,"max_position_embeddings":9}"#)
        #expect(one.graph == other.graph)
        #expect(one.graphKeys["max_position_embeddings"]?.integer == 9)
    }

    @Test("GPT-2's names are translated and its head is tied")
    func gpt2() throws {
        let config = try config(
            #"{"model_type":"gpt2","n_embd":8,"n_head":2,"n_layer":3,"n_positions":32}"#)
        #expect(config.hiddenSize == 8 && config.layers == 3 && config.contextWindow == 32)
        #expect(config.graphKeys["tie_word_embeddings"] == true)
    }

    @Test("needs a model_type")
    func needsType() {
        #expect(
            Fixtures.fault { _ = try config("{}") } == .adapter(.missing(key: "model_type")))
        #expect(
            Fixtures.fault { _ = try config("1") } == .adapter(.notObject(file: "config.json")))
    }
}
