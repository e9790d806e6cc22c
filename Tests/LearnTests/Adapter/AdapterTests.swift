import Genome
import Testing

@testable import Learn

@Suite struct AdapterTests {
    private func fault(_ change: (inout HandAdapter) -> Void) throws -> WeightsFault? {
        var adapter = HandAdapter()
        change(&adapter)
        return try adapter.fault()
    }

    /// The key or word that a refusal names.
    private func words(_ change: (inout HandAdapter) -> Void) throws -> String {
        try fault(change)?.description ?? ""
    }

    @Test func `a plain adapter opens and says what it holds`() throws {
        let scratch = try ScratchFolder()
        let adapter = try HandAdapter().open(in: scratch)
        #expect(adapter.facts.modules.map(\.rank) == [2, 2])
        #expect(adapter.byteCount > UInt64(4 * (2 * 2 * 8 + 12 * 2)))
        let parts = try adapter.parts(of: adapter.facts.modules[1])
        #expect(parts.down.rows == 2 && parts.down.columns == 8)
        #expect(parts.up.rows == 4 && parts.up.columns == 2)
        #expect(parts.magnitude == nil && parts.upBias == nil)
    }

    @Test("written anew it is the same adapter", arguments: ["F32", "BF16", "F16"])
    func rewritten(_ type: String) throws {
        let scratch = try ScratchFolder()
        var hand = HandAdapter()
        for index in hand.tensors.indices { hand.tensors[index].type = type }
        // Names of old versions are read too, and written as PEFT writes them now.
        hand.change(".lora_B.weight") {
            $0.name = $0.name.replacing(".lora_B.", with: ".lora_B.default.")
        }
        let adapter = try hand.open(in: scratch)
        let (copy, isSame) = try adapter.rewritten()
        #expect(isSame && copy.facts.modules.map(\.path) == adapter.facts.modules.map(\.path))
        for module in adapter.facts.modules {
            let (one, other) = (try adapter.parts(of: module), try copy.parts(of: module))
            #expect(one.down.values() == other.down.values())
            #expect(one.up.values() == other.up.values())
            #expect(other.up.element == .float32)
        }
    }

    @Test(
        "a key that changes what is computed is refused by name",
        arguments: [
            ("layer_replication", [[0, 1]]), ("use_qalora", true), ("use_bdlora", true),
            ("alora_invocation_tokens", [1]), ("arrow_config", ["a": 1]),
            ("kasa_config", ["a": 1]), ("target_parameters", ["w"]), ("megatron_config", ["a": 1]),
            ("monteclora_config", ["a": 1]), ("something_new", 3),
        ] as [(String, JSONValue)])
    func keys(_ key: String, _ value: JSONValue) throws {
        #expect(try words { $0.config[key] = value }.contains(key))
        let off: [JSONValue] = [.null, false, [], .object(JSONObject())]
        for value in off { #expect(try fault { $0.config[key] = value } == nil) }
    }

    @Test(
        "an initialisation that changes the base is refused by name",
        arguments: ["pissa", "pissa_niter_16", "olora", "corda", "loftq"])
    func initialisations(_ name: String) throws {
        #expect(try words { $0.config["init_lora_weights"] = .string(name) }.contains(name))
        #expect(try fault { $0.config["init_lora_weights"] = "gaussian" } == nil)
    }

    @Test func `what is stored beside the factors is refused by its key`() throws {
        let bias = HandTensor("base_model.model.model.layers.0.self_attn.q_proj.bias", [8])
        for kind in ["all", "lora_only"] {
            #expect(
                try fault {
                    $0.config["bias"] = .string(kind)
                    $0.tensors.append(bias)
                }
                    == .adapterKey(
                        "bias", why: "changes what is computed and is not built in yet"))
        }
        let head = HandTensor("base_model.model.lm_head.weight", [11, 8])
        #expect(
            try words {
                $0.config["modules_to_save"] = ["lm_head"]
                $0.tensors.append(head)
            }.contains("modules_to_save"))
        // A whole embedding that PEFT saved because its size changed.
        #expect(try words { $0.tensors.append(head) }.contains("modules_to_save"))
        #expect(
            try words {
                $0.config["trainable_token_indices"] = [3]
                $0.tensors.append(
                    HandTensor(
                        "base_model.model.model.embed_tokens.token_adapter.trainable_tokens_delta",
                        [1, 8]))
            }.contains("trainable_token_indices"))
        #expect(
            try words {
                $0.config["target_modules"] = ["q_proj", "v_proj", "embed_tokens"]
                $0.config["layers_to_transform"] = nil
                let path = "base_model.model.model.embed_tokens"
                $0.tensors.append(HandTensor("\(path).lora_embedding_A", [2, 11]))
                $0.tensors.append(HandTensor("\(path).lora_embedding_B", [8, 2]))
            }.contains("embedding"))
    }

    @Test func `another kind of adapter is refused by its name`() throws {
        #expect(try words { $0.config["peft_type"] = "IA3" }.contains("IA3"))
        #expect(try words { $0.config["peft_type"] = nil }.contains("peft_type"))
    }

    @Test("a number that is none is refused with its tensor", arguments: ["F32", "BF16", "F16"])
    func finite(_ type: String) throws {
        let name = "base_model.model.model.layers.0.self_attn.v_proj.lora_B.weight"
        for bad in [Float.nan, .infinity, -.infinity] {
            for place in [0, 7] {
                #expect(
                    try fault {
                        $0.change("v_proj.lora_B.weight") {
                            $0.type = type
                            $0.values[place] = bad
                        }
                    } == .notFinite(name))
            }
        }
    }

    @Test func `factors of a type without kernels are refused`() throws {
        #expect(
            try fault { $0.change("q_proj.lora_A.weight") { $0.type = "F64" } }
                == .wrongType(
                    tensor: "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight",
                    type: "F64"))
        #expect(try fault { $0.change("q_proj.lora_A.weight") { $0.type = "I32" } } != nil)
    }

    @Test func `missing files are named`() throws {
        let scratch = try ScratchFolder()
        for file in HandAdapter().folder {
            let rest = HandAdapter().folder.filter { $0.name != file.name }
            let folder = try scratch.write(rest, to: "without-\(file.name)")
            #expect(throws: LearnError.weights(.missingFile(file.name))) {
                _ = try Adapter(try LayerFiles(folder: folder))
            }
        }
    }

    @Test func `the scale has the module's own alpha and rank`() throws {
        let scratch = try ScratchFolder()
        var adapter = HandAdapter()
        adapter.config["lora_alpha"] = 6
        adapter.config["alpha_pattern"] = ["v_proj": .double(2.5)]
        func scales(_ adapter: HandAdapter) throws -> [Double] {
            let opened = try adapter.open(in: scratch)
            return try opened.facts.modules.map { try opened.scale(of: $0) }
        }
        #expect(try scales(adapter) == [3, 1.25])
        adapter.config["use_rslora"] = true
        #expect(try scales(adapter) == [6 / 2.0.squareRoot(), 2.5 / 2.0.squareRoot()])
        // A rank of its own for one module.
        adapter.config["use_rslora"] = false
        adapter.config["rank_pattern"] = ["self_attn.v_proj": 1]
        let path = "base_model.model.model.layers.0.self_attn.v_proj"
        adapter.change("v_proj.lora_A.weight") { $0 = HandTensor("\(path).lora_A.weight", [1, 8]) }
        adapter.change("v_proj.lora_B.weight") { $0 = HandTensor("\(path).lora_B.weight", [4, 1]) }
        #expect(try scales(adapter) == [3, 2.5])
    }

    /// Old files keep the adapter's name in every tensor's, also of biases and magnitudes.
    @Test func `names of old files mean the same`() throws {
        let scratch = try ScratchFolder()
        var adapter = HandAdapter()
        adapter.config["lora_bias"] = true
        let path = "base_model.model.model.layers.0.self_attn."
        adapter.tensors.append(HandTensor("\(path)q_proj.lora_B.bias", [8]))
        adapter.tensors.append(HandTensor("\(path)v_proj.lora_B.bias", [4]))
        for index in adapter.tensors.indices {
            let name = adapter.tensors[index].name
            adapter.tensors[index].name =
                name.replacing("lora_A.", with: "lora_A.default.")
                .replacing("lora_B.", with: "lora_B.default.")
        }
        let opened = try adapter.open(in: scratch)
        for module in opened.facts.modules {
            #expect(try opened.parts(of: module).upBias != nil)
        }
        var decomposed = HandAdapter()
        decomposed.config["use_dora"] = true
        decomposed.tensors.append(
            HandTensor("\(path)q_proj.lora_magnitude_vector.default", [8]))
        decomposed.tensors.append(
            HandTensor("\(path)v_proj.lora_magnitude_vector.default.weight", [4]))
        let other = try decomposed.open(in: scratch)
        for module in other.facts.modules {
            #expect(try other.parts(of: module).magnitude != nil)
        }
    }

    @Test func `factors of more than two dimensions are refused with their shape`() throws {
        let scratch = try ScratchFolder()
        var adapter = HandAdapter()
        let name = "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight"
        adapter.change("q_proj.lora_A.weight") { $0 = HandTensor(name, [2, 8, 1]) }
        let opened = try adapter.open(in: scratch)
        #expect(
            throws: LearnError.weights(
                .wrongShape(tensor: name, expected: [2, 8], found: [2, 8, 1]))
        ) { _ = try opened.parts(of: opened.facts.modules[0]) }
    }
}
