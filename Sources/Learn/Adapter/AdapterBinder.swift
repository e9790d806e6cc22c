import Genome

/// Finds for each pair of factors its module in a model.
struct AdapterBinder {
    private let model: Model
    private let linears: [String: Linear]

    init(model: Model, linears: [String: Linear]) {
        self.model = model
        self.linears = linears
    }

    /// The adapter's modules with the model's, in the order of their paths.
    mutating func bind(
        _ adapter: Adapter
    ) throws(LearnError) -> [(module: AdapterFacts.Module, linear: Linear)] {
        var bound: [(module: AdapterFacts.Module, linear: Linear)] = []
        var found: Set<String> = []
        for module in adapter.facts.modules {
            let linear = try linear(at: module.path)
            try check(module, adapter, linear)
            guard found.insert(linear.path).inserted else {
                throw .weights(
                    .adapterKey(
                        "target_modules",
                        why: "means \(linear.path), which has factors under two names"))
            }
            bound.append((module, linear))
        }
        try checkComplete(adapter.facts.config, found)
        for entry in bound where try adapter.scale(of: entry.module) != 0 {
            if FactorProduct.isEffective(try adapter.parts(of: entry.module)) { return bound }
        }
        throw .weights(.noEffect)
    }

    /// A path as it is, or with the prefix that adapters of the headless class lack.
    private func linear(at path: String) throws(LearnError) -> Linear {
        let prefix = model.architecture.family.prefix
        if let linear = linears[path] { return linear }
        if let linear = linears[prefix + path] { return linear }
        throw .weights(.noModule(path, nearest: NearestNames.of(path, among: Array(linears.keys))))
    }

    private func check(
        _ module: AdapterFacts.Module, _ adapter: Adapter, _ linear: Linear
    ) throws(LearnError) {
        let expected = [
            (
                ".lora_A.weight", [module.rank, UInt64(linear.inputs)],
                [module.rank, module.inputs]
            ),
            (
                ".lora_B.weight", [UInt64(linear.outputs), module.rank],
                [module.outputs, module.rank]
            ),
        ]
        for (ending, expected, found) in expected where expected != found {
            throw .weights(
                .wrongShape(tensor: module.path + ending, expected: expected, found: found))
        }
    }

    /// Every module that the configuration means must have factors, and every target must mean one.
    private func checkComplete(
        _ config: AdapterConfig, _ found: Set<String>
    ) throws(LearnError) {
        try TargetCheck.names(config, among: Array(linears.keys))
        for path in linears.keys.sorted() where !found.contains(path) {
            if try TargetCheck.isMeant(path, config, model) {
                throw .weights(
                    .adapterKey("target_modules", why: "means \(path), which has no factors"))
            }
        }
    }
}
