import Genome

/// What can be said of an adapter on its base before anyone relies on it.
///
/// That it opens and binds has been shown by then. These gates look at its size and its effect.
/// A large factor is a signal for a person and proves nothing: some honest adapters are strong.
public struct AdmissionGates {
    /// One gate with its result.
    public struct Check: Sendable {
        /// What was looked at.
        public let name: String
        /// Whether it passed; a flag for people does not fail it.
        public let isSound: Bool
        /// What was found.
        public let detail: String
    }

    /// Ratio of adapter to weight above which a module is named to people.
    private static let strongRatio = 1.0
    /// Tokens of the fixed prompt: spread over the vocabulary, the same for every model.
    private static let probeTokens = 16

    private let engine: Engine
    private let adapter: Adapter
    private let stack: AdapterStack

    /// Gates for one adapter, bound alone.
    public init(_ engine: Engine, _ adapter: Adapter, _ stack: AdapterStack) {
        self.engine = engine
        self.adapter = adapter
        self.stack = stack
    }

    /// All gates in order.
    public func run() throws(LearnError) -> [Check] {
        let modules = adapter.facts.modules.count
        let bound = Check(
            name: "bound", isSound: true,
            detail: "\(modules) modules found their places, all numbers finite")
        return [bound, try strength(), try effect()]
    }

    /// ‖s B A‖ / ‖W‖ in the Frobenius norm: mean over modules, and the strongest.
    private func strength() throws(LearnError) -> Check {
        let linears = engine.model.linears
        var ratios: [(path: String, ratio: Double)] = []
        for (path, factors) in stack.factors {
            guard let linear = linears[path] else { continue }
            let weight = linear.weight.squaredNorm()
            for factor in factors {
                let product = FactorProduct.squaredNorm(down: factor.down, up: factor.up)
                let ratio = abs(Double(factor.scale)) * (product / weight).squareRoot()
                ratios.append((path, ratio))
            }
        }
        guard let strongest = ratios.max(by: { ($0.ratio, $1.path) < ($1.ratio, $0.path) }) else {
            return Check(name: "strength", isSound: false, detail: "no module is changed")
        }
        let mean = ratios.reduce(0) { $0 + $1.ratio } / Double(ratios.count)
        var detail =
            "mean \(Self.shown(mean)) of the weights, most \(Self.shown(strongest.ratio)) "
            + "in \(strongest.path)"
        let strong = ratios.filter { $0.ratio > Self.strongRatio }.count
        if strong > 0 { detail += "; FLAGGED: \(strong) modules outweigh the base" }
        return Check(name: "strength", isSound: mean.isFinite, detail: detail)
    }

    /// Mean divergence (Kullback and Leibler) from the base on a fixed prompt, in nats.
    private func effect() throws(LearnError) -> Check {
        let vocabulary = engine.model.architecture.vocabulary
        let count = min(Self.probeTokens, engine.model.architecture.positions)
        let prompt = (0..<count).map { ($0 * 7_919 + 13) % vocabulary }
        let base = try rows(prompt, nil)
        let adapted = try rows(prompt, stack)
        let all = Array(0..<vocabulary)
        var divergence = 0.0
        for (left, right) in zip(base, adapted) {
            let first = LogitRow.logProbabilities(left, of: all)
            let second = LogitRow.logProbabilities(right, of: all)
            for (one, two) in zip(first, second) {
                divergence += LogitRow.exponential(one) * (one - two)
            }
        }
        divergence /= Double(prompt.count)
        let differs = zip(base, adapted).contains { $0 != $1 }
        return Check(
            name: "effect", isSound: differs,
            detail: differs
                ? "moves the base's answers by \(Self.shown(divergence)) nats a token"
                : "does not move a single logit of the probe")
    }

    private func rows(_ prompt: [Int], _ stack: AdapterStack?) throws(LearnError) -> [[Float]] {
        let sequence = try engine.makeSequence(capacity: prompt.count, adapters: stack)
        try engine.step([Engine.Part(sequence, prompt, wanted: .all)])
        return prompt.indices.map { engine.result($0) }
    }

    private static func shown(_ value: Double) -> String {
        guard value.isFinite, value < 1e9 else { return "\(value)" }
        return value >= 0.001 ? "\((value * 1_000).rounded() / 1_000)" : "\(Float(value))"
    }
}
