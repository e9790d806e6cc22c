import Genome
import Testing

@Suite("A PEFT configuration")
struct AdapterConfigTests {
    static func config(_ members: String) throws -> AdapterConfig {
        try AdapterConfig(Array(#"{"peft_type":"LORA"\#(members)}"#.utf8))
    }

    @Test("has PEFT's defaults")
    func defaults() throws {
        let config = try Self.config("")
        #expect(config.rank == 8 && config.alpha == "8" && config.dropout == "0")
        #expect(config.targets == .standard && config.bias == "none")
        #expect(!config.isRankStabilised && !config.isWeightDecomposed)
    }

    @Test("tells what decides the result")
    func reads() throws {
        let config = try Self.config(
            #","r":16,"lora_alpha":0.5,"target_modules":"all-linear","use_rslora":true,"#
                + #""use_dora":true,"modules_to_save":["lm_head"],"rank_pattern":{"q_proj":4},"#
                + #""alpha_pattern":{"q_proj":2},"layers_to_transform":1,"init_lora_weights":true,"#
                + #""base_model_name_or_path":"some/base""#)
        #expect(config.rank == 16 && config.alpha == "0.5" && config.targets == .allLinear)
        #expect(config.isRankStabilised && config.isWeightDecomposed)
        #expect(config.modulesToSave == ["lm_head"] && config.layersToTransform == [1])
        #expect(config.alpha(of: "model.layers.0.q_proj") == "2")
        #expect(config.alpha(of: "model.layers.0.v_proj") == "0.5")
        #expect(config.baseName == "some/base")
    }

    @Test("unknown keys pass only when they are off")
    func unknownKeys() throws {
        _ = try Self.config(#","new":null,"newer":false,"newest":{},"last":[],"and":"""#)
        for key in ["layer_replication", "target_parameters", "megatron_config", "colour"] {
            #expect(
                Fixtures.fault { _ = try Self.config(#","\#(key)":[[0,1]]"#) }
                    == .adapter(.notUnderstood(key: key)))
        }
        #expect(
            Fixtures.fault { _ = try Self.config(#","use_qalora":true"#) }
                == .adapter(.notUnderstood(key: "use_qalora")))
    }

    @Test(
        "initialisations that change the base are refused",
        arguments: [
            "pissa", "pissa_niter_4", "olora", "corda", "loftq",
        ])
    func initialisations(_ name: String) throws {
        #expect(
            Fixtures.fault { _ = try Self.config(#","init_lora_weights":"\#(name)""#) }
                == .adapter(.changesBase(name)))
        _ = try Self.config(#","init_lora_weights":"gaussian""#)
    }

    @Test(
        "values of another type or range are refused by key",
        arguments: [
            (#""r":0"#, "r"), (#""r":"8""#, "r"), (#""r":1e9"#, "r"),
            (#""lora_alpha":"8""#, "lora_alpha"),
            (#""target_modules":1"#, "target_modules"),
            (#""target_modules":[1]"#, "target_modules"),
            (#""bias":"some""#, "bias"), (#""use_dora":1"#, "use_dora"),
            (#""modules_to_save":"x""#, "modules_to_save"),
            (#""rank_pattern":{"a":0}"#, "rank_pattern"),
            (#""layers_to_transform":[-1]"#, "layers_to_transform"),
            (#""task_type":"a\u001b[2J""#, "task_type"),
        ])
    func badValues(_ member: String, _ key: String) {
        guard
            case .adapter(.badValue(key, _))? = Fixtures.fault({
                _ = try Self.config("," + member)
            })
        else {
            Issue.record("accepted \(member)")
            return
        }
    }

    @Test("other kinds and other documents are refused")
    func otherKinds() {
        #expect(
            Fixtures.fault { _ = try AdapterConfig(Array(#"{"peft_type":"IA3"}"#.utf8)) }
                == .adapter(.otherKind("IA3")))
        #expect(
            Fixtures.fault { _ = try AdapterConfig(Array("{}".utf8)) }
                == .adapter(.missing(key: "peft_type")))
        #expect(
            Fixtures.fault { _ = try AdapterConfig(Array("[]".utf8)) }
                == .adapter(.notObject(file: "adapter_config.json")))
    }
}
