import Genome
import Wire

/// Which keys of a `config.json` are understood. Every other key that is not plainly off is
/// refused by name: a model that is run without it would run and be wrong.
enum ConfigKeys {
    /// Keys that change nothing a decoder computes from token ids.
    private static let inert: Set<String> = [
        "architectures", "model_type", "transformers_version", "torch_dtype", "dtype", "use_cache",
        "bos_token_id", "eos_token_id", "pad_token_id", "sep_token_id", "decoder_start_token_id",
        "initializer_range", "attention_dropout", "hidden_dropout", "embd_pdrop", "attn_pdrop",
        "resid_pdrop", "summary_type", "summary_use_proj", "summary_activation",
        "summary_proj_to_labels", "summary_first_dropout", "task_specific_params", "id2label",
        "label2id", "num_labels", "problem_type", "finetuning_task", "gradient_checkpointing",
        "output_attentions", "output_hidden_states", "return_dict", "return_dict_in_generate",
        "_name_or_path", "name_or_path", "_attn_implementation", "_attn_implementation_autoset",
        "attn_implementation", "unsloth_version", "unsloth_fixed", "model_max_length",
        "tokenizer_class", "max_length", "min_length", "do_sample", "temperature",
        "top_k", "top_p", "num_beams", "chunk_size_feed_forward", "n_ctx",
        "reorder_and_upcast_attn", "transformers.js_config",
    ]

    /// Keys that every family with rotary positions reads.
    private static let rotary: Set<String> = [
        "vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers",
        "num_attention_heads", "num_key_value_heads", "head_dim", "hidden_act",
        "max_position_embeddings", "rms_norm_eps", "rope_theta", "rope_scaling", "rope_parameters",
        "tie_word_embeddings",
    ]

    private static let windows: Set<String> = [
        "sliding_window", "use_sliding_window", "max_window_layers", "layer_types",
    ]

    private static let families: [String: Set<String>] = [
        "llama": rotary.union(["attention_bias", "mlp_bias", "pretraining_tp"]),
        "mistral": rotary.union(["sliding_window"]),
        "qwen2": rotary.union(windows),
        "qwen3": rotary.union(windows).union(["attention_bias"]),
        "gpt2": [
            "vocab_size", "n_positions", "n_embd", "n_layer", "n_head", "n_inner",
            "activation_function", "layer_norm_epsilon", "scale_attn_weights",
            "scale_attn_by_inverse_layer_idx", "tie_word_embeddings",
        ],
    ]

    /// Refuses keys that are not understood, remote code first.
    static func check(_ config: JSONObject, modelType: String) throws(WeightsFault) {
        if let code = config["auto_map"], isOn(code) {
            throw .config(
                key: "auto_map", "asks for program code of the model's own, which is never run")
        }
        let known = families[modelType] ?? []
        for member in config.members
        where isOn(member.value) && !inert.contains(member.name) && !known.contains(member.name) {
            throw .config(
                key: PlainText.shown(member.name), "is not understood and may change the model")
        }
    }

    /// Whether a value is anything but null, false, and empty.
    static func isOn(_ value: JSONValue) -> Bool {
        switch value {
        case .null: false
        case .bool(let value): value
        case .array(let elements): !elements.isEmpty
        case .object(let object): !object.isEmpty
        case .string(let text): !text.isEmpty
        case .integer, .double: true
        }
    }
}
