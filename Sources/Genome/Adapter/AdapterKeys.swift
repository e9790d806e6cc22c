import Wire

/// The keys of an `adapter_config.json` and what is known of them.
enum AdapterKeys {
    /// Read into `AdapterConfig`, or of no effect on a loaded adapter.
    private static let understood: Set<String> = [
        "peft_type", "r", "lora_alpha", "target_modules", "exclude_modules", "lora_dropout",
        "use_rslora", "use_dora", "lora_bias", "bias", "modules_to_save", "rank_pattern",
        "alpha_pattern", "layers_to_transform", "layers_pattern", "trainable_token_indices",
        "base_model_name_or_path", "revision", "task_type", "inference_mode", "auto_mapping",
        "peft_version", "fan_in_fan_out", "ensure_weight_tying", "init_lora_weights",
        // Settings of parts that are off, or that only served to initialise training.
        "megatron_core", "qalora_group_size", "loftq_config", "eva_config", "corda_config",
        "lora_ga_config", "runtime_config", "mica_config",
    ]

    /// Ways of initialising that leave the base as it is. The others (PiSSA, OLoRA, CorDA, LoftQ)
    /// change the base's weights when PEFT loads the adapter.
    private static let plainInitialisations = ["gaussian", "orthogonal", "eva", "mica", "lora_ga"]

    /// Refuses a key that changes what the adapter computes and is not understood.
    static func check(_ object: JSONObject) throws(GenomeError) {
        for member in object.members where !understood.contains(member.name) {
            guard isOff(member.value) else {
                throw .adapter(.notUnderstood(key: PlainText.shown(member.name)))
            }
        }
        switch object["init_lora_weights"] {
        case nil, .null, .bool: break
        case .string(let name) where plainInitialisations.contains(name): break
        case .string(let name): throw .adapter(.changesBase(PlainText.shown(name)))
        default: throw .adapter(.notUnderstood(key: "init_lora_weights"))
        }
    }

    private static func isOff(_ value: JSONValue) -> Bool {
        switch value {
        case .null, .bool(false): true
        case .object(let object): object.isEmpty
        case .array(let elements): elements.isEmpty
        case .string(let text): text.isEmpty
        default: false
        }
    }
}
