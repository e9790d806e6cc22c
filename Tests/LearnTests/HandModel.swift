import Foundation
import Genome
import Testing

@testable import Learn

/// A tensor made by hand.
struct HandTensor {
    var name: String
    var shape: [Int]
    var values: [Float]
    /// Type in the file; anything but F32, BF16 and F16 gets as many zero bytes as it needs.
    var type = "F32"

    init(_ name: String, _ shape: [Int], _ values: [Float], type: String = "F32") {
        (self.name, self.shape, self.values, self.type) = (name, shape, values, type)
    }

    /// Small numbers that follow from the name.
    init(_ name: String, _ shape: [Int], scale: Float = 1, type: String = "F32") {
        let seed = HashedTensor.nameHash(name)
        let values = (0..<shape.reduce(1, *)).map { index in
            let word = Int64(bitPattern: HashedTensor.word(seed, UInt64(index))) >> 56
            return Float(word) / 256 * scale
        }
        self.init(name, shape, values, type: type)
    }

    var bytes: [UInt8] {
        func little<Word: FixedWidthInteger>(_ word: Word) -> [UInt8] {
            (0..<Word.bitWidth / 8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
        }
        switch type {
        case "F32": return values.flatMap { little($0.bitPattern) }
        case "BF16": return values.flatMap { little(UInt16($0.bitPattern >> 16)) }
        case "F16": return values.flatMap { little(HalfFloat.rounded($0)) }
        default:
            let bits = TensorType(rawValue: type)?.bits ?? 32
            return [UInt8](repeating: 0, count: shape.reduce(1, *) * Int(bits) / 8)
        }
    }

    /// A safetensors file of tensors in this order.
    static func file(_ tensors: [HandTensor]) -> [UInt8] {
        TensorHeader.bytes(tensors.map { ($0.name, $0.type, $0.shape) })
            + tensors.flatMap(\.bytes)
    }
}

/// A tiny Llama made by hand, each part of which a test may change before it is opened.
struct HandModel {
    var config: JSONObject
    var tensors: [HandTensor]
    /// Names of the files, with the tensors in each; nil for one file.
    var shards: [(file: String, tensors: [String])]?

    static let width = 8
    static let inner = 12
    static let vocabulary = 11

    init(blocks: Int = 2, prefix: String = "model.", isTied: Bool = false) {
        let config: JSONValue = [
            "model_type": "llama", "vocab_size": 11, "hidden_size": 8, "intermediate_size": 12,
            "num_hidden_layers": .integer(Int64(blocks)), "num_attention_heads": 2,
            "num_key_value_heads": 1, "max_position_embeddings": 64, "rms_norm_eps": .double(1e-5),
            "tie_word_embeddings": .bool(isTied), "hidden_act": "silu",
        ]
        self.config = config.object ?? JSONObject()
        tensors = [HandTensor("\(prefix)embed_tokens.weight", [11, 8], scale: 2)]
        for block in 0..<blocks {
            let start = "\(prefix)layers.\(block)."
            for norm in ["input_layernorm", "post_attention_layernorm"] {
                tensors.append(
                    HandTensor("\(start)\(norm).weight", [8], [1, 1, 0.5, 1, 1, 2, 1, 1]))
            }
            for (name, shape) in Self.linears {
                tensors.append(HandTensor("\(start)\(name).weight", shape))
            }
        }
        tensors.append(HandTensor("\(prefix)norm.weight", [8], [1, 1, 1, 1, 1, 1, 1, 1]))
        if !isTied { tensors.append(HandTensor("lm_head.weight", [11, 8])) }
    }

    /// Linear modules of a block with the shapes of their weights.
    static let linears: [(name: String, shape: [Int])] = [
        ("self_attn.q_proj", [8, 8]), ("self_attn.k_proj", [4, 8]), ("self_attn.v_proj", [4, 8]),
        ("self_attn.o_proj", [8, 8]), ("mlp.gate_proj", [12, 8]), ("mlp.up_proj", [12, 8]),
        ("mlp.down_proj", [8, 12]),
    ]

    /// Changes the tensor of that name.
    mutating func change(_ name: String, _ body: (inout HandTensor) -> Void) {
        for index in tensors.indices where tensors[index].name == name { body(&tensors[index]) }
    }

    /// Its files.
    var folder: [(name: String, bytes: [UInt8])] {
        var files = [(name: "config.json", bytes: CanonicalJSON.write(config))]
        guard let shards else {
            return files + [("model.safetensors", HandTensor.file(tensors))]
        }
        var map = JSONObject()
        for shard in shards {
            let held = tensors.filter { shard.tensors.contains($0.name) }
            for tensor in held { map[tensor.name] = .string(shard.file) }
            if !["", ".."].contains(shard.file), !shard.file.contains("/") {
                files.append((shard.file, HandTensor.file(held)))
            }
        }
        let index: JSONValue = ["metadata": ["total_size": 0], "weight_map": .object(map)]
        files.append(("model.safetensors.index.json", CanonicalJSON.write(index)))
        return files
    }

    /// The model, opened.
    func open(in scratch: ScratchFolder) throws -> Model {
        let folder = try scratch.write(folder, to: "base-\(UUID().uuidString)")
        return try Model(try LayerFiles(folder: folder))
    }

    /// What opening it says is wrong.
    func fault() throws -> WeightsFault? {
        let scratch = try ScratchFolder()
        do {
            _ = try open(in: scratch)
            return nil
        } catch let LearnError.weights(fault) {
            return fault
        }
    }
}

/// An adapter made by hand: rank 2 on queries and values of the first block of a `HandModel`.
struct HandAdapter {
    var config: JSONObject
    var tensors: [HandTensor]

    init(rank: Int = 2, blocks: Int = 1, prefix: String = "base_model.model.model.") {
        let config: JSONValue = [
            "peft_type": "LORA", "r": .integer(Int64(rank)), "lora_alpha": 4, "bias": "none",
            "task_type": "CAUSAL_LM", "target_modules": ["q_proj", "v_proj"],
            "layers_to_transform": .array((0..<blocks).map { .integer(Int64($0)) }),
        ]
        self.config = config.object ?? JSONObject()
        tensors = []
        for block in 0..<blocks {
            for (name, outputs) in [("q_proj", 8), ("v_proj", 4)] {
                let path = "\(prefix)layers.\(block).self_attn.\(name)"
                tensors.append(HandTensor("\(path).lora_A.weight", [rank, 8]))
                tensors.append(HandTensor("\(path).lora_B.weight", [outputs, rank]))
            }
        }
    }

    /// Changes the tensor whose name ends so.
    mutating func change(_ ending: String, _ body: (inout HandTensor) -> Void) {
        for index in tensors.indices where tensors[index].name.hasSuffix(ending) {
            body(&tensors[index])
        }
    }

    /// Its files.
    var folder: [(name: String, bytes: [UInt8])] {
        [
            (Adapter.configName, CanonicalJSON.write(config)),
            (Adapter.weightsName, HandTensor.file(tensors)),
        ]
    }

    /// The adapter, opened.
    func open(in scratch: ScratchFolder) throws -> Adapter {
        let folder = try scratch.write(folder, to: "adapter-\(UUID().uuidString)")
        return try Adapter(try LayerFiles(folder: folder))
    }

    /// What opening it, or putting it on a model, says is wrong.
    func fault(on model: HandModel? = nil) throws -> WeightsFault? {
        let scratch = try ScratchFolder()
        do {
            let adapter = try open(in: scratch)
            if let model {
                let member = AdapterStack.Member(adapter, identifier: "a")
                _ = try AdapterStack([member], model: try model.open(in: scratch))
            }
            return nil
        } catch let LearnError.weights(fault) {
            return fault
        }
    }
}
