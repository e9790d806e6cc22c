import CKernels
import Genome
import Wire

/// A tensor by the name it has in a file.
public struct TrainedTensor: Sendable {
    /// Its name.
    public let name: String
    /// Its dimensions.
    public let shape: [Int]
    /// Its elements, f32.
    public let values: [Float]

    /// A tensor.
    public init(name: String, shape: [Int], values: [Float]) {
        self.name = name
        self.shape = shape
        self.values = values
    }
}

/// The factors that a run trains on a model, in the order in which the model computes its modules.
final class TrainedAdapter {
    /// The pairs.
    let pairs: [TrainedPair]
    /// The pairs as an adapter for the forward pass.
    let stack: AdapterStack
    /// The configuration that PEFT reads, from which the pairs were made.
    let config: AdapterConfig
    private let byPath: [String: TrainedPair]

    /// A module that gets a pair, as settings say it.
    struct Planned {
        let linear: Linear
        /// Its number in the order in which the model computes its modules.
        let index: Int
        let rank: Int
        let alpha: Double

        /// Number of trained values.
        var parameters: Int { rank * (linear.inputs + linear.outputs) }
    }

    /// Pairs for every module that `settings` mean.
    init(_ model: Model, _ settings: TrainingSettings) throws(LearnError) {
        let (config, planned) = try Self.plan(model, settings)
        var pairs: [TrainedPair] = []
        for one in planned {
            pairs.append(
                try TrainedPair(
                    one.linear, index: one.index, rank: one.rank, alpha: one.alpha,
                    isRankStabilised: settings.isRankStabilised))
        }
        self.pairs = pairs
        self.config = config
        byPath = Dictionary(uniqueKeysWithValues: pairs.map { ($0.linear.path, $0) })
        stack = AdapterStack(trained: byPath.mapValues(\.factor))
    }

    /// Every module that `settings` mean, with the configuration that PEFT reads. Takes no memory
    /// for factors.
    static func plan(
        _ model: Model, _ settings: TrainingSettings
    ) throws(LearnError) -> (AdapterConfig, [Planned]) {
        try settings.check()
        let bytes = settings.adapterConfig(model: model, baseName: nil)
        let config: AdapterConfig
        do throws(GenomeError) {
            config = try AdapterConfig(bytes)
        } catch {
            if case .adapter(.notUnderstood(key: "target_modules")) = error,
                case .pattern(let text) = settings.targets
            {
                throw .training(.pattern(PlainText.shown(text)))
            }
            throw .weights(.format(file: Adapter.configName, error))
        }
        let names = Self.names(model)
        do throws(LearnError) {
            try TargetCheck.names(config, among: Array(model.linears.keys))
        } catch {
            // The adapter is only being made, so it is the name that is wrong, not the base.
            guard case .weights(.noModule(let name, _)) = error else { throw error }
            throw .training(.noModule(PlainText.shown(name), among: names))
        }
        var planned: [Planned] = []
        for (index, linear) in model.orderedLinears.enumerated() {
            guard try TargetCheck.isMeant(linear.path, config, model) else { continue }
            guard linear.path != model.head.path else {
                throw .training(.module(linear.path, why: "it is the output head"))
            }
            guard let rank = config.rank(of: linear.path),
                let alpha = config.alpha(of: linear.path).flatMap({ Double($0) })
            else {
                throw .weights(.adapterKey("rank_pattern", why: "cannot be followed"))
            }
            planned.append(Planned(linear: linear, index: index, rank: Int(rank), alpha: alpha))
        }
        guard !planned.isEmpty else { throw .training(.noModules(among: names)) }
        try TargetCheck.patterns(config, among: planned.map(\.linear.path))
        return (config, planned)
    }

    /// Last parts of the paths of what can be trained, in the order in which it is computed.
    private static func names(_ model: Model) -> [String] {
        var names: [String] = []
        for linear in model.orderedLinears where linear.path != model.head.path {
            let name = linear.path.split(separator: ".").last.map(String.init) ?? linear.path
            if !names.contains(name) { names.append(name) }
        }
        return names
    }

    /// The pair of a module, if it has one.
    func pair(_ path: String) -> TrainedPair? { byPath[path] }

    /// All trained matrices: A and B of each pair in order.
    var matrices: [TrainedMatrix] { pairs.flatMap(\.matrices) }

    /// Number of trained values.
    var parameters: Int { matrices.reduce(0) { $0 + $1.count } }

    /// Begins with another adapter's factors; rank, scale and modules must be the same.
    func start(from adapter: Adapter) throws(LearnError) {
        var missing = Set(byPath.keys)
        for module in adapter.facts.modules {
            guard let pair = byPath[module.path] else {
                throw .training(.start(what: "\(module.path) is not among the targets"))
            }
            guard module.rank == UInt64(pair.rank) else {
                throw .training(
                    .start(what: "\(module.path) has rank \(module.rank), not \(pair.rank)"))
            }
            guard Float(try adapter.scale(of: module)) == pair.scale else {
                throw .training(.start(what: "\(module.path) has another scale"))
            }
            let parts = try adapter.parts(of: module)
            guard parts.magnitude == nil, parts.upBias == nil else {
                throw .training(.start(what: "\(module.path) has more than two factors"))
            }
            guard parts.down.columns == pair.down.columns, parts.up.rows == pair.up.columns else {
                throw .training(.start(what: "\(module.path) has other dimensions"))
            }
            pair.setDown(parts.down.values())
            pair.setUp(parts.up.values())
            missing.remove(module.path)
        }
        if let path = missing.min() {
            throw .training(.start(what: "it has no factors for \(path)"))
        }
    }
}

extension TrainedPair {
    /// PEFT's name of one of its tensors.
    func name(_ ending: String) -> String { "base_model.model.\(linear.path).\(ending)" }

    /// Replaces A, [rank, inputs].
    func setDown(_ values: [Float]) {
        precondition(values.count == down.count)
        down.values.update(from: values, count: down.count)
    }

    /// Replaces B, [outputs, rank].
    func setUp(_ values: [Float]) {
        precondition(values.count == up.count)
        plasmid_transpose(values, rank, up.columns, rank, up.values, up.columns)
    }
}
