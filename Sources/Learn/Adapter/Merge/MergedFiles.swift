import Genome

/// The files of a merge, as PEFT and Hugging Face read them.
public enum MergedFiles {
    /// A piece of a file that is written in order.
    public typealias Write = (_ file: String, _ bytes: [UInt8]) throws(LearnError) -> Void

    /// An adapter folder: configuration and factors in f32, modules with their own rank where
    /// ranks differ. The scale is 1 everywhere.
    public static func adapter(
        _ merge: AdapterMerge, baseName: String?, write: Write
    ) throws(LearnError) -> (modules: Int, rank: Int) {
        let modules = try merge.modules()
        let rank = modules.map(\.product.rank).max() ?? 1
        try write(
            Adapter.configName, config(modules, rank: rank, baseName: baseName))
        var tensors: [(name: String, shape: [Int], values: [Float])] = []
        for module in modules {
            let product = module.product
            let start = "base_model.model.\(module.path)"
            tensors.append(
                ("\(start).lora_A.weight", [product.rank, product.columns], product.down))
            tensors.append(("\(start).lora_B.weight", [product.rows, product.rank], product.up))
        }
        tensors.sort { $0.name < $1.name }
        try write(
            Adapter.weightsName, TensorHeader.bytes(tensors.map { ($0.name, "F32", $0.shape) }))
        for tensor in tensors {
            try write(
                Adapter.weightsName,
                tensor.values.flatMap { value in
                    (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32($0))) }
                })
        }
        return (modules.count, rank)
    }

    private static func config(
        _ modules: [AdapterMerge.Module], rank: Int, baseName: String?
    ) -> [UInt8] {
        var ranks = JSONObject()
        for module in modules where module.product.rank != rank {
            let key = "^" + module.path.replacing(".", with: "\\.")
            ranks[key] = .integer(Int64(module.product.rank))
        }
        var object = JSONObject()
        object["alpha_pattern"] = .object(ranks)
        object["base_model_name_or_path"] = baseName.map { .string($0) } ?? .null
        object["bias"] = "none"
        object["fan_in_fan_out"] = false
        object["inference_mode"] = true
        object["lora_alpha"] = .integer(Int64(rank))
        object["lora_dropout"] = 0
        object["peft_type"] = "LORA"
        object["r"] = .integer(Int64(rank))
        object["rank_pattern"] = .object(ranks)
        object["target_modules"] = .array(modules.map { .string($0.path) })
        object["task_type"] = "CAUSAL_LM"
        object["use_rslora"] = false
        return CanonicalJSON.write(object)
    }

    /// A base with adapters worked in: the same files with the same headers, other numbers in the
    /// modules that the adapters change.
    public static func base(
        _ model: Model, _ stack: AdapterStack, write: Write
    ) throws(LearnError) {
        let linears = model.linears
        var changed: [String: (linear: Linear, factors: [Factor])] = [:]
        for (path, factors) in stack.factors {
            guard let linear = linears[path] else { continue }
            guard path != model.head.path || !model.architecture.isTied else {
                throw .weights(
                    .adapterKey(
                        "target_modules",
                        why: "names the output head, which this base shares with its embedding"))
            }
            changed[model.tensorName(of: linear)] = (linear, factors)
        }
        for file in model.tensors.fileNames {
            try write(file, model.tensors.header(of: file))
            for tensor in model.tensors.entries(of: file) {
                guard let (linear, factors) = changed[tensor.name] else {
                    try model.tensors.copy(tensor) { bytes throws(LearnError) in
                        try write(file, bytes)
                    }
                    continue
                }
                let merged = try MergedWeights(linear, factors)
                for first in stride(
                    from: 0, to: linear.weight.rows, by: MergedWeights.rowsAtOnce)
                {
                    let end = min(first + MergedWeights.rowsAtOnce, linear.weight.rows)
                    try write(file, merged.rows(first..<end))
                }
            }
        }
    }
}

/// Headers of safetensors files that we write.
public enum TensorHeader {
    /// The bytes before the data of tensors that follow in this order, padded to 8 bytes.
    public static func bytes(_ tensors: [(name: String, type: String, shape: [Int])]) -> [UInt8] {
        var object = JSONObject()
        object["__metadata__"] = ["format": "pt"]
        var offset = 0
        for (name, type, shape) in tensors {
            let size = shape.reduce(TensorType(rawValue: type).map { Int($0.bits / 8) } ?? 4, *)
            object[name] = [
                "dtype": .string(type), "shape": .array(shape.map { .integer(Int64($0)) }),
                "data_offsets": [.integer(Int64(offset)), .integer(Int64(offset + size))],
            ]
            offset += size
        }
        var text = CanonicalJSON.write(object)
        text += [UInt8](repeating: 0x20, count: (8 - text.count % 8) % 8)
        return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> ($0 * 8)) } + text
    }
}
