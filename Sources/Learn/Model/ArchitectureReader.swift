import Genome
import Wire

/// Reads a `config.json` in its old and new spellings.
///
/// Defaults are those of Hugging Face's configuration classes (transformers 5.23), because writers
/// leave them out; dimensions that have no safe default must be there.
struct ArchitectureReader {
    /// Most of what a configuration may ask for: far above any model, far below an overflow.
    static let dimensionMax = 1 << 24
    /// Most blocks.
    static let blocksMax = 1_024

    private let config: JSONObject
    private let family: Family

    /// The architecture of a `config.json`.
    static func read(_ bytes: [UInt8]) throws(WeightsFault) -> Architecture {
        let limits = JSONLimits(bytes: ModelConfig.bytesMax, depth: 16, values: 400_000)
        let value: JSONValue
        do throws(GenomeError) {
            value = try JSONParser.parse(bytes, limits: limits)
        } catch {
            throw .format(file: "config.json", error)
        }
        guard let config = value.object else {
            throw .format(file: "config.json", .adapter(.notObject(file: "config.json")))
        }
        guard let type = config["model_type"]?.string else {
            throw .config(key: "model_type", "is missing")
        }
        guard let family = Family.named(type) else {
            throw .unknownFamily(PlainText.shown(type))
        }
        try ConfigKeys.check(config, modelType: type)
        return try ArchitectureReader(config: config, family: family).architecture()
    }

    private func architecture() throws(WeightsFault) -> Architecture {
        family.modelType == "gpt2" ? try gpt2() : try rotaryFamily()
    }

    private func rotaryFamily() throws(WeightsFault) -> Architecture {
        let width = try count("hidden_size")
        let heads = try count("num_attention_heads")
        let keyValueHeads = try keyValueHeads(heads: heads)
        let headWidth = try headWidth(width: width, heads: heads)
        let blocks = try count("num_hidden_layers", limit: Self.blocksMax)
        let positions = try count("max_position_embeddings", default: positionsDefault)
        guard try text("hidden_act") ?? "silu" == "silu" else {
            throw .config(key: "hidden_act", "must be silu in a \(family.modelType)")
        }
        if let parallel = config["pretraining_tp"]?.integer, parallel != 1 {
            throw .config(key: "pretraining_tp", "must be 1")
        }
        let isQwen2 = family.modelType == "qwen2"
        let hasBias = try truth("attention_bias") ?? false
        let scale = 1 / Float(headWidth).squareRoot()
        return Architecture(
            family: family, vocabulary: try count("vocab_size"), width: width, blocks: blocks,
            heads: heads, keyValueHeads: keyValueHeads, headWidth: headWidth,
            innerWidth: try count("intermediate_size"), positions: positions,
            norm: .rootMeanSquare(offset: 0), epsilon: try number("rms_norm_eps") ?? 1e-6,
            rotary: try rotary(headWidth: headWidth, positions: positions),
            windows: try windows(blocks: blocks), hasHeadNorm: family.modelType == "qwen3",
            hasInputBias: isQwen2 || hasBias, hasOutputBias: hasBias,
            hasInnerBias: try truth("mlp_bias") ?? false, feedForward: .siluGated,
            scoreScales: Array(repeating: scale, count: blocks),
            isTied: try truth("tie_word_embeddings") ?? false)
    }

    private func gpt2() throws(WeightsFault) -> Architecture {
        let width = try count("n_embd")
        let heads = try count("n_head")
        guard width % heads == 0 else { throw .config(key: "n_head", "must divide n_embd") }
        let blocks = try count("n_layer", limit: Self.blocksMax)
        let feedForward: Architecture.FeedForward
        switch try text("activation_function") ?? "gelu_new" {
        case "gelu_new", "gelu_pytorch_tanh": feedForward = .geluTanh
        case "gelu": feedForward = .gelu
        default: throw .config(key: "activation_function", "must be gelu_new or gelu")
        }
        let isScaled = try truth("scale_attn_weights") ?? true
        let isDeeperWeaker = try truth("scale_attn_by_inverse_layer_idx") ?? false
        let root = Float(width / heads).squareRoot()
        let scales = (0..<blocks).map { block in
            (isScaled ? 1 / root : 1) / (isDeeperWeaker ? Float(block + 1) : 1)
        }
        return Architecture(
            family: family, vocabulary: try count("vocab_size"), width: width, blocks: blocks,
            heads: heads, keyValueHeads: heads, headWidth: width / heads,
            innerWidth: try count("n_inner", default: 4 * width),
            positions: try count("n_positions", default: 1_024), norm: .layer,
            epsilon: try number("layer_norm_epsilon") ?? 1e-5, rotary: nil,
            windows: Array(repeating: nil, count: blocks), hasHeadNorm: false, hasInputBias: true,
            hasOutputBias: true, hasInnerBias: true, feedForward: feedForward,
            scoreScales: scales, isTied: try truth("tie_word_embeddings") ?? true)
    }

    private var positionsDefault: Int {
        switch family.modelType {
        case "mistral": 131_072
        case "qwen2", "qwen3": 32_768
        default: 2_048
        }
    }

    private func keyValueHeads(heads: Int) throws(WeightsFault) -> Int {
        let isNull = config["num_key_value_heads"]?.isNull ?? false
        let byDefault: Int =
            switch family.modelType {
            case "mistral" where !isNull: 8
            case "qwen2" where !isNull, "qwen3" where !isNull: 32
            default: heads
            }
        let count = try count("num_key_value_heads", default: byDefault)
        guard heads % count == 0 else {
            throw .config(key: "num_key_value_heads", "must divide num_attention_heads")
        }
        return count
    }

    private func headWidth(width: Int, heads: Int) throws(WeightsFault) -> Int {
        let byDefault = family.modelType == "qwen3" ? 128 : width / heads
        let isGiven = !(config["head_dim"]?.isNull ?? true)
        guard isGiven || family.modelType == "qwen3" || width % heads == 0 else {
            throw .config(key: "num_attention_heads", "must divide hidden_size")
        }
        let headWidth = try count("head_dim", default: byDefault, limit: 1_024)
        guard headWidth % 2 == 0 else { throw .config(key: "head_dim", "must be even") }
        return headWidth
    }

    private func windows(blocks: Int) throws(WeightsFault) -> [Int?] {
        let isMistral = family.modelType == "mistral"
        let isUsed = isMistral ? true : try truth("use_sliding_window") ?? false
        guard isUsed, family.modelType != "llama" else {
            return Array(repeating: nil, count: blocks)
        }
        let value = config["sliding_window"]
        let window: Int? = value?.isNull == true ? nil : try count("sliding_window", default: 4_096)
        if isMistral { return Array(repeating: window, count: blocks) }
        if let kinds = config["layer_types"]?.array {
            let names = kinds.compactMap(\.string)
            guard names.count == blocks, kinds.count == blocks,
                names.allSatisfy({ ["full_attention", "sliding_attention"].contains($0) })
            else {
                throw .config(
                    key: "layer_types",
                    "must name full_attention or sliding_attention for each block")
            }
            return names.map { $0 == "sliding_attention" ? window : nil }
        }
        let first = try count("max_window_layers", default: 28, orZero: true)
        return (0..<blocks).map { $0 >= first ? window : nil }
    }
}

extension ArchitectureReader {
    private func rotary(headWidth: Int, positions: Int) throws(WeightsFault) -> Rotary {
        let nested = config["rope_parameters"]?.object
        let scaling = nested ?? config["rope_scaling"]?.object ?? JSONObject()
        let theta = (nested?["rope_theta"] ?? config["rope_theta"])?.number ?? 10_000
        guard theta > 1, theta < 1e12 else {
            throw .config(key: "rope_theta", "must be between 1 and 10^12")
        }
        let type = (scaling["rope_type"] ?? scaling["type"])?.string ?? "default"
        let keys = RotaryKeys(object: scaling)
        try keys.check(type)
        switch type {
        case "default": return Rotary(width: headWidth, theta: theta, scaling: .none)
        case "linear":
            return Rotary(
                width: headWidth, theta: theta, scaling: .linear(factor: try keys.factor()))
        case "llama3":
            let low = try keys.positive("low_freq_factor")
            let high = try keys.positive("high_freq_factor")
            guard low < high else {
                throw .config(key: "low_freq_factor", "must be below high_freq_factor")
            }
            return Rotary(
                width: headWidth, theta: theta,
                scaling: .llama3(
                    factor: try keys.factor(), low: low, high: high,
                    original: try keys.positive("original_max_position_embeddings")))
        default: return try yarn(keys, headWidth: headWidth, theta: theta, positions: positions)
        }
    }

    private func yarn(
        _ keys: RotaryKeys, headWidth: Int, theta: Double, positions: Int
    ) throws(WeightsFault) -> Rotary {
        let original =
            try keys.optional("original_max_position_embeddings") ?? Double(positions)
        let factor = try keys.optional("factor") ?? Double(positions) / original
        var magnitude = try keys.optional("attention_factor")
        if magnitude == nil, let scale = try keys.optional("mscale"),
            let all = try keys.optional("mscale_all_dim")
        {
            magnitude =
                Rotary.yarnMagnitude(factor: factor, scale: scale)
                / Rotary.yarnMagnitude(factor: factor, scale: all)
        }
        return Rotary(
            width: headWidth, theta: theta,
            scaling: .yarn(
                factor: factor, fast: try keys.optional("beta_fast") ?? 32,
                slow: try keys.optional("beta_slow") ?? 1, original: original,
                truncates: keys.object["truncate"]?.bool ?? true), magnitude: magnitude)
    }

    private func count(
        _ key: String, default byDefault: Int? = nil, limit: Int = dimensionMax,
        orZero: Bool = false
    ) throws(WeightsFault) -> Int {
        guard let value = config[key], !value.isNull else {
            guard let byDefault else { throw .config(key: key, "is missing") }
            return byDefault
        }
        guard let number = value.integer, number >= (orZero ? 0 : 1), number <= Int64(limit) else {
            throw .config(key: key, "must be a whole number from \(orZero ? 0 : 1) to \(limit)")
        }
        return Int(number)
    }

    private func number(_ key: String) throws(WeightsFault) -> Double? {
        guard let value = config[key], !value.isNull else { return nil }
        guard let number = value.number, number >= 0, number < 1 else {
            throw .config(key: key, "must be a number from 0 to 1")
        }
        return number
    }

    private func truth(_ key: String) throws(WeightsFault) -> Bool? {
        guard let value = config[key], !value.isNull else { return nil }
        guard let truth = value.bool else { throw .config(key: key, "must be true or false") }
        return truth
    }

    private func text(_ key: String) throws(WeightsFault) -> String? {
        guard let value = config[key], !value.isNull else { return nil }
        guard let text = value.string else { throw .config(key: key, "must be text") }
        return text
    }
}

/// The keys that say how rotary positions are stretched.
private struct RotaryKeys {
    let object: JSONObject

    private static let known: [String: Set<String>] = [
        "default": [],
        "linear": ["factor"],
        "llama3": [
            "factor", "low_freq_factor", "high_freq_factor", "original_max_position_embeddings",
        ],
        "yarn": [
            "factor", "original_max_position_embeddings", "attention_factor", "beta_fast",
            "beta_slow", "mscale", "mscale_all_dim", "truncate",
        ],
    ]

    /// Refuses a type or key that is not understood.
    func check(_ type: String) throws(WeightsFault) {
        guard let known = Self.known[type] else {
            throw .config(
                key: "rope_type",
                "\(PlainText.shown(type)) is not built in; default, linear, llama3 and yarn are")
        }
        let common: Set<String> = ["rope_type", "type", "rope_theta"]
        for member in object.members
        where ConfigKeys.isOn(member.value) && !known.contains(member.name)
            && !common.contains(member.name) && !isInert(member, type)
        {
            throw .config(
                key: "rope_parameters.\(PlainText.shown(member.name))", "is not understood")
        }
    }

    /// A whole head is rotated, and older files repeat the length beside a type that ignores it.
    private func isInert(_ member: JSONObject.Member, _ type: String) -> Bool {
        if member.name == "partial_rotary_factor" { return member.value.number == 1 }
        return member.name == "original_max_position_embeddings"
    }

    func factor() throws(WeightsFault) -> Double { try positive("factor") }

    func positive(_ key: String) throws(WeightsFault) -> Double {
        guard let value = try optional(key) else {
            throw .config(key: "rope_parameters.\(key)", "is missing")
        }
        return value
    }

    func optional(_ key: String) throws(WeightsFault) -> Double? {
        guard let value = object[key], !value.isNull else { return nil }
        guard let number = value.number, number > 0, number < 1e12 else {
            throw .config(key: "rope_parameters.\(key)", "must be a positive number")
        }
        return number
    }
}
