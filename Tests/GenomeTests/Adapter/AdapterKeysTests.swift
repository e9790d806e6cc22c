import Testing

@testable import Genome

@Suite("The keys of a PEFT configuration")
struct AdapterKeysTests {
    @Test("what PEFT itself writes for a plain adapter is understood")
    func plainAdapter() throws {
        let text = """
            {"alora_invocation_tokens":null,"alpha_pattern":{},"arrow_config":null,
            "auto_mapping":null,"base_model_name_or_path":"x","bias":"none","corda_config":null,
            "ensure_weight_tying":false,"eva_config":null,"exclude_modules":null,
            "fan_in_fan_out":false,"inference_mode":true,"init_lora_weights":true,
            "layer_replication":null,"layers_pattern":null,"layers_to_transform":null,
            "loftq_config":{},"lora_alpha":16,"lora_bias":false,"lora_dropout":0.0,
            "megatron_config":null,"megatron_core":"megatron.core","modules_to_save":null,
            "peft_type":"LORA","peft_version":"0.18.0","qalora_group_size":16,"r":8,
            "rank_pattern":{},"revision":null,"target_modules":["q_proj"],
            "target_parameters":null,"task_type":"CAUSAL_LM","trainable_token_indices":null,
            "use_dora":false,"use_qalora":false,"use_rslora":false}
            """
        let object = try #require(try Fixtures.parse(text).object)
        try AdapterKeys.check(object)
    }
}
