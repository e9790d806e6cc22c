import Wire

/// What a tensor of a PEFT adapter is, told from its name.
public enum TensorRole: Hashable, Sendable {
    /// First factor, [rank, inputs].
    case down
    /// Second factor, [outputs, rank].
    case up
    /// First factor of an embedding, [rank, rows].
    case embeddingDown
    /// Second factor of an embedding, [columns, rank].
    case embeddingUp
    /// Bias of the second factor.
    case upBias
    /// Magnitude vector of DoRA.
    case magnitude
    /// Single trained rows of an embedding.
    case tokenRows
    /// A tensor of the base that is stored whole.
    case whole

    private static let endings: [(text: String, role: TensorRole)] = [
        (".lora_A.weight", .down), (".lora_B.weight", .up), (".lora_B.bias", .upBias),
        (".lora_embedding_A", .embeddingDown), (".lora_embedding_B", .embeddingUp),
        (".lora_magnitude_vector.weight", .magnitude), (".lora_magnitude_vector", .magnitude),
        (".token_adapter.trainable_tokens_delta", .tokenRows),
        (".trainable_tokens_delta", .tokenRows),
    ]

    /// The module a tensor belongs to, without PEFT's prefix, and what it is there.
    public static func role(of name: String) -> (module: String, role: TensorRole) {
        var path = name
        if path.hasPrefix("base_model.model.") { path.removeFirst(17) }
        // Files of old versions keep the adapter's name between factor and `weight`.
        path = path.replacing(".default.", with: ".")
        if path.hasSuffix(".default") { path.removeLast(8) }
        for (ending, role) in endings where path.hasSuffix(ending) {
            return (String(path.dropLast(ending.count)), role)
        }
        let saved = path.replacing(".modules_to_save.", with: ".")
        let module = saved.split(separator: ".").dropLast().joined(separator: ".")
        return (module, .whole)
    }
}

/// The tensors of one module.
struct ModuleParts {
    private var tensors: [TensorRole: TensorEntry] = [:]

    /// Adds a tensor; false if its place is taken.
    mutating func add(_ role: TensorRole, _ tensor: TensorEntry) -> Bool {
        tensors.updateValue(tensor, forKey: role) == nil
    }

    /// The module's facts; nil for one with trained rows alone.
    func checked(
        _ path: String, _ config: AdapterConfig
    ) throws(GenomeError) -> AdapterFacts.Module? {
        let isEmbedding = tensors[.embeddingDown] != nil || tensors[.embeddingUp] != nil
        if tensors[.tokenRows] != nil {
            guard config.hasTokenRows else {
                throw .adapter(
                    .flagDiffers(key: "trainable_token_indices", detail: "\(path) has rows"))
            }
            if tensors.count == 1 { return nil }
        }
        let roles: (down: TensorRole, up: TensorRole) =
            isEmbedding ? (.embeddingDown, .embeddingUp) : (.down, .up)
        let names = isEmbedding ? ["lora_embedding_A", "lora_embedding_B"] : ["lora_A", "lora_B"]
        guard let down = tensors[roles.down] else {
            throw .adapter(.unpaired(module: path, missing: names[0]))
        }
        guard let up = tensors[roles.up] else {
            throw .adapter(.unpaired(module: path, missing: names[1]))
        }
        guard !isEmbedding || tensors[.down] == nil && tensors[.up] == nil else {
            throw .adapter(.badShape(tensor: down.name))
        }
        try checkFlags(path, config, isEmbedding: isEmbedding)
        return try checkShapes(path, config, down: down, up: up)
    }

    private func checkFlags(
        _ path: String, _ config: AdapterConfig, isEmbedding: Bool
    ) throws(GenomeError) {
        guard let isTarget = config.isTarget(path) else {
            throw .adapter(.notUnderstood(key: "target_modules"))
        }
        guard isTarget else { throw .adapter(.notTargeted(module: path)) }
        let hasMagnitude = tensors[.magnitude] != nil
        guard hasMagnitude == config.isWeightDecomposed else {
            let detail = hasMagnitude ? "has" : "lacks"
            throw .adapter(
                .flagDiffers(key: "use_dora", detail: "\(path) \(detail) a magnitude vector"))
        }
        let hasBias = tensors[.upBias] != nil
        guard hasBias == (config.hasFactorBias && !isEmbedding) else {
            let detail = hasBias ? "has" : "lacks"
            throw .adapter(.flagDiffers(key: "lora_bias", detail: "\(path) \(detail) a bias"))
        }
    }

    private func checkShapes(
        _ path: String, _ config: AdapterConfig, down: TensorEntry, up: TensorEntry
    ) throws(GenomeError) -> AdapterFacts.Module {
        let first = down.shape.dimensions
        let second = up.shape.dimensions
        guard first.count >= 2, first.allSatisfy({ $0 > 0 }), down.type.isFloatingPoint else {
            throw .adapter(.badShape(tensor: down.name))
        }
        guard second.count >= 2, second.allSatisfy({ $0 > 0 }), up.type.isFloatingPoint else {
            throw .adapter(.badShape(tensor: up.name))
        }
        guard let rank = config.rank(of: path) else {
            throw .adapter(.notUnderstood(key: "rank_pattern"))
        }
        for found in [first[0], second[1]] where found != rank {
            throw .adapter(.wrongRank(module: path, configured: rank, found: found))
        }
        for role in [TensorRole.upBias, .magnitude] {
            guard let vector = tensors[role] else { continue }
            guard vector.shape.elementCount == second[0] else {
                throw .adapter(.badShape(tensor: vector.name))
            }
        }
        return AdapterFacts.Module(path: path, rank: rank, inputs: first[1], outputs: second[0])
    }
}
