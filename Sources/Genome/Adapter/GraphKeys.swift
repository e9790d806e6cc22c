/// The keys of a `config.json` that decide what a model computes, in one spelling.
///
/// Old and new configurations name the same thing differently (`rope_theta` moved into
/// `rope_parameters`, GPT-2 says `n_embd` for `hidden_size`), and writers leave defaults out.
/// Names are translated, and null, false and known defaults dropped, so that one function has one
/// set of keys.
struct GraphKeys {
    private(set) var object: JSONObject

    /// Names that mean the same, first the one that is kept.
    private static let spellings: [[String]] = [
        ["hidden_size", "n_embd", "d_model"],
        ["num_hidden_layers", "n_layer", "num_layers"],
        ["num_attention_heads", "n_head", "num_heads"],
        ["num_key_value_heads", "num_kv_heads"],
        ["intermediate_size", "n_inner", "ffn_dim"],
        ["hidden_act", "hidden_activation", "activation_function"],
        ["norm_eps", "rms_norm_eps", "layer_norm_epsilon", "layer_norm_eps", "norm_epsilon"],
        ["num_experts", "num_local_experts", "n_routed_experts"],
        ["vocab_size"], ["head_dim"], ["attention_bias"], ["mlp_bias"], ["qkv_bias"],
        ["tie_word_embeddings"], ["layer_types"], ["partial_rotary_factor", "rotary_pct"],
        ["attn_logit_softcapping"], ["final_logit_softcapping"], ["query_pre_attn_scalar"],
        ["logit_scale"], ["logits_scaling"], ["embedding_multiplier"], ["residual_multiplier"],
        ["attention_multiplier"], ["scale_attn_weights"], ["scale_attn_by_inverse_layer_idx"],
        ["num_experts_per_tok"], ["moe_intermediate_size"], ["norm_topk_prob"],
        ["shared_expert_intermediate_size"], ["decoder_sparse_step"], ["mlp_only_layers"],
        ["n_shared_experts"], ["first_k_dense_replace"], ["routed_scaling_factor"],
        ["kv_lora_rank"], ["q_lora_rank"], ["qk_nope_head_dim"], ["qk_rope_head_dim"],
        ["v_head_dim"], ["use_qk_norm", "qk_norm"], ["no_rope_layers"], ["is_decoder"],
        ["position_embedding_type"], ["type_vocab_size"], ["num_labels"], ["parallel_attn"],
        ["new_decoder_architecture"], ["multi_query"], ["alibi"], ["quantization_config"],
        ["text_config"], ["vision_config"],
    ]

    /// Types whose embedding is the output head unless the configuration says otherwise.
    private static let tiedTypes = [
        "gpt2", "gemma", "gemma2", "gemma3", "gemma3_text", "opt", "bert", "roberta", "t5",
        "cohere", "cohere2",
    ]

    init(_ config: JSONObject, modelType: String) {
        object = JSONObject()
        object["model_type"] = .string(modelType)
        for names in Self.spellings {
            let value = names.lazy.compactMap { config[$0] }.first { !$0.isNull }
            guard let value, value != false else { continue }
            object[names[0]] = value
        }
        if config["tie_word_embeddings"]?.bool == nil, Self.tiedTypes.contains(modelType) {
            object["tie_word_embeddings"] = true
        }
        fillHeads()
        setWindow(config)
        setRope(config)
    }

    /// The whole number of that key.
    func count(_ name: String) -> UInt64? {
        object[name]?.integer.flatMap {
            (0...Schema.integerMax).contains($0) ? UInt64($0) : nil
        }
    }

    private mutating func fillHeads() {
        guard let heads = count("num_attention_heads"), heads > 0 else { return }
        if object["num_key_value_heads"] == nil {
            object["num_key_value_heads"] = .integer(Int64(heads))
        }
        if object["head_dim"] == nil, let hidden = count("hidden_size"), hidden % heads == 0 {
            object["head_dim"] = .integer(Int64(hidden / heads))
        }
    }

    /// A window counts only where it is used: Qwen writes one and turns it off.
    private mutating func setWindow(_ config: JSONObject) {
        guard let window = config["sliding_window"], !window.isNull,
            config["use_sliding_window"]?.bool ?? true
        else { return }
        object["sliding_window"] = window
        object["max_window_layers"] = config["max_window_layers"]
    }

    private mutating func setRope(_ config: JSONObject) {
        let nested = config["rope_parameters"]?.object
        var scaling = nested ?? config["rope_scaling"]?.object ?? JSONObject()
        if let theta = nested?["rope_theta"] ?? config["rope_theta"], !theta.isNull {
            object["rope_theta"] = theta
        }
        scaling["rope_theta"] = nil
        if let type = scaling["type"], scaling["rope_type"] == nil { scaling["rope_type"] = type }
        scaling["type"] = nil
        for name in scaling.names where scaling[name]?.isNull ?? true { scaling[name] = nil }
        guard scaling["rope_type"] != "default" || scaling.count > 1, !scaling.isEmpty else {
            return
        }
        object["rope_scaling"] = .object(scaling)
        // These kinds of scaling read the length from the configuration, not from the text.
        let dynamic: [JSONValue] = ["dynamic", "longrope", "yarn", "su"]
        if let type = scaling["rope_type"], dynamic.contains(type) {
            object["max_position_embeddings"] = config["max_position_embeddings"]
        }
    }
}
