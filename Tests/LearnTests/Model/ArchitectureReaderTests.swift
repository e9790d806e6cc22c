import Genome
import Testing

@testable import Learn

@Suite struct ArchitectureReaderTests {
    private static func config(_ type: String, _ changes: [String: JSONValue?] = [:]) -> [UInt8] {
        var object = JSONObject()
        let start: [String: JSONValue] = [
            "model_type": .string(type), "vocab_size": 100, "hidden_size": 64,
            "intermediate_size": 96, "num_hidden_layers": 4, "num_attention_heads": 8,
            "num_key_value_heads": 2,
        ]
        let gpt2: [String: JSONValue] = [
            "model_type": "gpt2", "vocab_size": 100, "n_embd": 64, "n_head": 8, "n_layer": 4,
        ]
        for (key, value) in type == "gpt2" ? gpt2 : start { object[key] = value }
        for (key, value) in changes { object[key] = value }
        return CanonicalJSON.write(object)
    }

    private func read(
        _ type: String, _ changes: [String: JSONValue?] = [:]
    ) throws -> Architecture {
        try ArchitectureReader.read(Self.config(type, changes))
    }

    private func fault(_ type: String, _ changes: [String: JSONValue?]) -> WeightsFault? {
        do throws(WeightsFault) {
            _ = try ArchitectureReader.read(Self.config(type, changes))
            return nil
        } catch {
            return error
        }
    }

    /// The key that a refusal names.
    private func refusedKey(_ type: String, _ changes: [String: JSONValue?]) -> String? {
        guard case .config(let key, _)? = fault(type, changes) else { return nil }
        return key
    }

    @Test func `what a configuration leaves out has the default of its family`() throws {
        let llama = try read("llama")
        #expect(llama.positions == 2_048 && llama.headWidth == 8 && llama.epsilon == 1e-6)
        #expect(!llama.isTied && !llama.hasInputBias && !llama.hasHeadNorm)
        #expect(llama.rotary == Rotary(width: 8, theta: 10_000, scaling: .none))
        let qwen3 = try read("qwen3")
        #expect(qwen3.headWidth == 128 && qwen3.hasHeadNorm && qwen3.positions == 32_768)
        #expect(try read("qwen2").hasInputBias && !(try read("qwen2").hasOutputBias))
        #expect(try read("mistral").positions == 131_072)
        let gpt2 = try read("gpt2")
        #expect(gpt2.innerWidth == 256 && gpt2.positions == 1_024 && gpt2.isTied)
        #expect(gpt2.rotary == nil && gpt2.norm == .layer && gpt2.feedForward == .geluTanh)
    }

    @Test func `the default numbers of key and value heads are those of the classes`() throws {
        #expect(try read("llama", ["num_key_value_heads": nil]).keyValueHeads == 8)
        #expect(try read("mistral", ["num_key_value_heads": nil]).keyValueHeads == 8)
        #expect(try read("mistral", ["num_key_value_heads": .null]).keyValueHeads == 8)
        #expect(
            try read("qwen2", ["num_attention_heads": 32, "num_key_value_heads": nil])
                .keyValueHeads == 32)
    }

    @Test(
        "old and new spellings of rotary positions say the same",
        arguments: [
            ["rope_theta": .double(5e5), "rope_scaling": ["type": "linear", "factor": 2]],
            ["rope_theta": .double(5e5), "rope_scaling": ["rope_type": "linear", "factor": 2]],
            [
                "rope_parameters": [
                    "rope_type": "linear", "factor": 2, "rope_theta": .double(5e5),
                ]
            ],
        ] as [[String: JSONValue]])
    func spellings(_ changes: [String: JSONValue]) throws {
        let expected = Rotary(width: 8, theta: 5e5, scaling: .linear(factor: 2))
        #expect(try read("llama", changes.mapValues { $0 }).rotary == expected)
    }

    @Test func `old and new spellings of the element type change nothing`() throws {
        for key in ["torch_dtype", "dtype"] {
            #expect(fault("llama", [key: "bfloat16"]) == nil)
        }
    }

    @Test func `scalings are read with all their numbers`() throws {
        let llama3: JSONValue = [
            "rope_type": "llama3", "factor": 8, "low_freq_factor": 1, "high_freq_factor": 4,
            "original_max_position_embeddings": 32,
        ]
        #expect(
            try read("llama", ["rope_scaling": llama3]).rotary
                == Rotary(
                    width: 8, theta: 10_000,
                    scaling: .llama3(factor: 8, low: 1, high: 4, original: 32)))
        let yarn: JSONValue = [
            "rope_type": "yarn", "factor": 4, "original_max_position_embeddings": 64,
            "truncate": false, "beta_fast": 16, "mscale": 1, "mscale_all_dim": .double(0.5),
        ]
        let magnitude =
            Rotary.yarnMagnitude(factor: 4, scale: 1) / Rotary.yarnMagnitude(factor: 4, scale: 0.5)
        #expect(
            try read("llama", ["rope_scaling": yarn]).rotary
                == Rotary(
                    width: 8, theta: 10_000,
                    scaling: .yarn(factor: 4, fast: 16, slow: 1, original: 64, truncates: false),
                    magnitude: magnitude))
        #expect(abs(magnitude - 1.0648216253695715) < 1e-12)
    }

    @Test func `a scaling that is not built in or lacks a number is refused by name`() {
        #expect(refusedKey("llama", ["rope_scaling": ["type": "dynamic"]]) == "rope_type")
        #expect(
            refusedKey("llama", ["rope_scaling": ["type": "linear"]]) == "rope_parameters.factor")
        #expect(
            refusedKey("llama", ["rope_scaling": ["type": "linear", "factor": 0]])
                == "rope_parameters.factor")
        #expect(
            refusedKey("llama", ["rope_scaling": ["rope_type": "linear", "factor": 2, "spin": 1]])
                == "rope_parameters.spin")
        #expect(
            refusedKey(
                "llama",
                [
                    "rope_parameters": [
                        "rope_type": "default", "partial_rotary_factor": .double(0.5),
                    ]
                ]
            ) == "rope_parameters.partial_rotary_factor")
        #expect(
            refusedKey(
                "llama",
                [
                    "rope_scaling": [
                        "rope_type": "llama3", "factor": 8, "low_freq_factor": 4,
                        "high_freq_factor": 4, "original_max_position_embeddings": 32,
                    ]
                ]) == "low_freq_factor")
        for theta in [JSONValue.integer(1), .double(1e13), .integer(-5)] {
            #expect(refusedKey("llama", ["rope_theta": theta]) == "rope_theta")
        }
    }

    @Test func `windows follow each family's keys`() throws {
        #expect(try read("mistral").windows == Array(repeating: 4_096, count: 4))
        #expect(
            try read("mistral", ["sliding_window": .null]).windows
                == Array(repeating: nil, count: 4))
        #expect(try read("mistral", ["sliding_window": 7]).windows[3] == 7)
        #expect(try read("qwen2", ["sliding_window": 7]).windows == [nil, nil, nil, nil])
        let used: [String: JSONValue?] = ["sliding_window": 7, "use_sliding_window": true]
        #expect(try read("qwen2", used).windows == [nil, nil, nil, nil], "28 blocks see all")
        #expect(
            try read("qwen2", used.merging(["max_window_layers": 3]) { $1 }).windows
                == [nil, nil, nil, 7])
        let kinds: JSONValue = [
            "sliding_attention", "full_attention", "sliding_attention", "full_attention",
        ]
        #expect(
            try read("qwen3", used.merging(["layer_types": kinds]) { $1 }).windows
                == [7, nil, 7, nil])
        #expect(
            refusedKey("qwen3", used.merging(["layer_types": ["full_attention"]]) { $1 })
                == "layer_types")
        #expect(refusedKey("mistral", ["sliding_window": 0]) == "sliding_window")
    }

    @Test func `biases and factors of scores follow their switches`() throws {
        let biased = try read("llama", ["attention_bias": true, "mlp_bias": true])
        #expect(biased.hasInputBias && biased.hasOutputBias && biased.hasInnerBias)
        let gpt2 = try read(
            "gpt2", ["scale_attn_by_inverse_layer_idx": true, "activation_function": "gelu"])
        #expect(gpt2.feedForward == .gelu)
        let root = 1 / Float(8).squareRoot()
        #expect(gpt2.scoreScales == [root, root / 2, root / 3, root / 4])
        #expect(try read("gpt2", ["scale_attn_weights": false]).scoreScales[0] == 1)
    }

    @Test func `what would change the model and is not understood is refused by name`() {
        #expect(refusedKey("llama", ["use_gates": true]) == "use_gates")
        #expect(refusedKey("llama", ["layer_types": ["full_attention"]]) == "layer_types")
        #expect(refusedKey("llama", ["auto_map": ["AutoModel": "x.Y"]]) == "auto_map")
        #expect(refusedKey("llama", ["pretraining_tp": 2]) == "pretraining_tp")
        #expect(refusedKey("llama", ["hidden_act": "gelu"]) == "hidden_act")
        #expect(refusedKey("gpt2", ["activation_function": "relu"]) == "activation_function")
        #expect(refusedKey("gpt2", ["add_cross_attention": true]) == "add_cross_attention")
        #expect(fault("llama", ["pretraining_tp": 1, "use_gates": false]) == nil)
    }

    @Test func `an unknown family is refused with those that are known`() {
        #expect(fault("mamba", [:]) == .unknownFamily("mamba"))
        let words = WeightsFault.unknownFamily("mamba").description
        for family in Family.all { #expect(words.contains(family.modelType)) }
        #expect(refusedKey("llama", ["model_type": nil]) == "model_type")
        #expect(refusedKey("llama", ["model_type": 4]) == "model_type")
    }

    @Test(
        "absurd dimensions are refused by name",
        arguments: [
            "vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers",
            "num_attention_heads", "num_key_value_heads", "head_dim", "max_position_embeddings",
        ])
    func absurd(_ key: String) {
        let values: [JSONValue] = [
            0, -1, .integer(1 << 40), .integer(Int64.max), .integer(Int64.min), "8", .double(8.5),
            [8],
        ]
        for value in values { #expect(refusedKey("llama", [key: value]) == key, "\(value)") }
    }

    @Test func `dimensions that do not divide are refused`() {
        #expect(refusedKey("llama", ["num_key_value_heads": 3]) == "num_key_value_heads")
        #expect(refusedKey("llama", ["hidden_size": 60]) == "num_attention_heads")
        #expect(refusedKey("llama", ["head_dim": 7]) == "head_dim")
        #expect(refusedKey("gpt2", ["n_head": 7]) == "n_head")
        #expect(refusedKey("llama", ["rms_norm_eps": 2]) == "rms_norm_eps")
        #expect(refusedKey("llama", ["vocab_size": nil]) == "vocab_size")
        #expect(refusedKey("llama", ["attention_bias": 1]) == "attention_bias")
    }

    @Test func `what is no JSON object is refused with its file`() {
        for text in ["", "[]", "{", "null", "\u{feff}{}"] {
            do throws(WeightsFault) {
                _ = try ArchitectureReader.read(Array(text.utf8))
                Issue.record("\(text) was read")
            } catch {
                #expect("\(error)".hasPrefix("config.json: "))
            }
        }
    }
}
