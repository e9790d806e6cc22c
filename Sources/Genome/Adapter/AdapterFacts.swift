import Wire

/// What an adapter is, read from its configuration and its tensors, which must agree.
public struct AdapterFacts: Sendable {
    /// One pair of low-rank factors.
    public struct Module: Hashable, Sendable {
        /// Path of the module in the base.
        public let path: String
        /// Inner dimension.
        public let rank: UInt64
        /// Columns of the base's weight.
        public let inputs: UInt64
        /// Rows of the base's weight.
        public let outputs: UInt64
    }

    /// The configuration.
    public let config: AdapterConfig
    /// The pairs in the order of their paths.
    public let modules: [Module]
    /// Modules stored whole, in order.
    public let saved: [String]

    /// Most tensors times bytes of patterns.
    private static let workMax = 20_000_000

    /// Largest inner dimension.
    public var rank: UInt64 { modules.map(\.rank).max() ?? config.rank }

    /// Names of the modules it changes: as configured if listed, otherwise the last part of the
    /// path of each module that is there. Sorted, because PEFT writes a set in any order.
    public var targetNames: [String] {
        if case .names(let names) = config.targets { return Set(names).sorted() }
        let names = modules.map { $0.path.split(separator: ".").last.map { String($0) } ?? $0.path }
        return Set(names).sorted()
    }

    /// The `loraConfig` section of a manifest.
    public var loraConfig: JSONValue {
        var object = JSONObject()
        object["rank"] = .integer(Int64(rank))
        object["alpha"] = .string(config.alpha)
        object["targetModules"] = .array(targetNames.map { .string($0) })
        object["dropoutRate"] = .string(config.dropout)
        object["rankStabilised"] = config.isRankStabilised ? true : nil
        object["weightDecomposed"] = config.isWeightDecomposed ? true : nil
        let saved = Set(config.modulesToSave).sorted()
        object["modulesToSave"] = saved.isEmpty ? nil : .array(saved.map { .string($0) })
        return .object(object)
    }

    /// The facts of a configuration and the tensors beside it; refused by name where they
    /// contradict each other.
    public static func check(
        _ config: AdapterConfig, _ tensors: [TensorEntry]
    ) throws(GenomeError) -> AdapterFacts {
        // Every module is held against every pattern: their product is the work a stranger asks.
        guard tensors.count * (1 + config.patternBytes) <= workMax else {
            throw .tooLarge(what: "work of the patterns in adapter_config.json", limit: workMax)
        }
        var parts: [String: ModuleParts] = [:]
        var whole: [String] = []
        for tensor in tensors {
            let (module, role) = TensorRole.role(of: tensor.name)
            guard role != .whole else {
                whole.append(module)
                try checkWhole(module, tensor, config)
                continue
            }
            guard parts[module, default: ModuleParts()].add(role, tensor) else {
                throw .tensors(.duplicate, tensor: tensor.name)
            }
        }
        var modules: [Module] = []
        for path in parts.keys.sorted() {
            guard let part = parts[path] else { continue }
            if let module = try part.checked(path, config) { modules.append(module) }
        }
        guard !modules.isEmpty else { throw .adapter(.noFactors) }
        try checkTargets(config, modules)
        for name in config.modulesToSave
        where !whole.contains(where: { contains($0, module: name) }) {
            throw .adapter(.nothingFor(target: name))
        }
        return AdapterFacts(config: config, modules: modules, saved: Set(whole).sorted())
    }

    private static func checkTargets(
        _ config: AdapterConfig, _ modules: [Module]
    ) throws(GenomeError) {
        guard case .names(let names) = config.targets else { return }
        for name in names {
            let isThere = modules.contains { $0.path == name || $0.path.hasSuffix("." + name) }
            // A module that is also stored whole gets no factors.
            guard isThere || config.modulesToSave.contains(name) || config.excludes(name) else {
                throw .adapter(.nothingFor(target: name))
            }
        }
    }

    /// A whole tensor is a module to save, a trained bias, or an embedding that PEFT saves beside
    /// the factors when its size changed.
    private static func checkWhole(
        _ module: String, _ tensor: TensorEntry, _ config: AdapterConfig
    ) throws(GenomeError) {
        let embeddings = ["embed_tokens", "lm_head", "wte", "word_embeddings", "embeddings"]
        let isSaved = config.modulesToSave.contains { contains(module, module: $0) }
        let isBias = config.bias != "none" && tensor.name.hasSuffix(".bias")
        let isEmbedding =
            tensor.name.hasSuffix(".weight")
            && embeddings.contains { module == $0 || module.hasSuffix("." + $0) }
        guard isSaved || isBias || isEmbedding else {
            throw .adapter(.unexplained(tensor: tensor.name))
        }
    }

    /// Whether `path` is the module or lies inside it.
    private static func contains(_ path: String, module: String) -> Bool {
        path == module || path.hasSuffix("." + module)
            || path.hasPrefix(module + ".") || path.contains("." + module + ".")
    }
}
