import Genome

/// Everything about an optimisation that determines its bits, apart from base, data and order.
public struct TrainingSettings: Sendable {
    /// How the learning rate goes over the steps, after the warm-up.
    public enum Schedule: String, CaseIterable, Sendable {
        /// Stays as it is.
        case constant
        /// Falls to nothing in a straight line.
        case linear
        /// Falls to nothing along half a cosine.
        case cosine
        /// Stays, and falls in a straight line over the last tenth (warm-up, stable, decay).
        case wsd
        /// Falls with the inverse square root of the step.
        case inverseSquareRoot = "inverse-sqrt"
    }

    /// Inner dimension of each pair, unless `rankPattern` says otherwise.
    public var rank = 8
    /// Numerator of the scale, unless `alphaPattern` says otherwise.
    public var alpha = 16.0
    /// Which modules get a pair.
    public var targets = AdapterConfig.Targets.standard
    /// Ranks of modules whose path ends in a match of the key: keys ascend, the first hit counts.
    public var rankPattern: [(key: String, rank: Int)] = []
    /// The same for alpha.
    public var alphaPattern: [(key: String, alpha: Double)] = []
    /// Whether the scale is alpha over the root of the rank (Kalajdzievski 2023, arXiv:2312.03732).
    public var isRankStabilised = false
    /// Probability that an element of a pair's input is left out in a step.
    public var dropout = 0.0
    /// Optimiser steps.
    public var steps = 100
    /// Examples, or packed rows of them, that one micro-batch holds.
    public var batch = 4
    /// Micro-batches of one step.
    public var accumulate = 1
    /// Largest learning rate.
    public var learningRate = 2e-4
    /// How it goes over the steps.
    public var schedule = Schedule.linear
    /// Steps over which it rises.
    public var warmup = 0
    /// Decoupled weight decay (Loshchilov, Hutter 2019, arXiv:1711.05101).
    public var weightDecay = 0.0
    /// Largest norm of the gradient; 0 leaves it as it is.
    public var clip = 1.0
    /// Decays of the optimiser's two means, and what keeps its quotient finite.
    public var beta1 = 0.9
    /// See `beta1`.
    public var beta2 = 0.999
    /// See `beta1`.
    public var epsilon = 1e-8
    /// Of all that is drawn: first values, dropout, order.
    public var seed: UInt64 = 0
    /// How products are computed.
    public var profile = Profile.portable

    /// Most steps: their number is part of what random numbers are drawn by, in 32 bits.
    public static let stepsMax = Int(RecipeSchema.stepsMax)
    /// Most rows of a micro-batch, and most micro-batches of a step: far beyond what is of use.
    public static let batchMax = Int(RecipeSchema.batchMax)
    /// Most rows of a step: with it the number of any row fits into 51 bits.
    public static let stepRowsMax = 1 << 20

    /// The defaults.
    public init() {}
}

extension TrainingSettings {
    /// `adapter_config.json` as PEFT reads it. Patterns are written in the order of their keys, and
    /// mean what they mean in that order.
    public func adapterConfig(model: Model, baseName: String?) -> [UInt8] {
        let family = model.architecture.family
        var object = JSONObject()
        var alphas = JSONObject(), ranks = JSONObject()
        for (key, alpha) in alphaPattern { alphas[key] = .double(alpha) }
        for (key, rank) in rankPattern { ranks[key] = .integer(Int64(rank)) }
        object["alpha_pattern"] = .object(alphas)
        object["base_model_name_or_path"] = baseName.map { .string($0) } ?? .null
        object["bias"] = "none"
        object["fan_in_fan_out"] = .bool(family.isTransposed)
        object["inference_mode"] = true
        object["lora_alpha"] = .double(alpha)
        object["lora_dropout"] = .double(dropout)
        object["peft_type"] = "LORA"
        object["r"] = .integer(Int64(rank))
        object["rank_pattern"] = .object(ranks)
        object["target_modules"] =
            switch targets {
            case .allLinear: "all-linear"
            case .names(let names): .array(names.map { .string($0) })
            case .pattern(let pattern): .string(pattern)
            case .standard: .array(family.standardTargets.map { .string($0) })
            }
        object["task_type"] = "CAUSAL_LM"
        object["use_rslora"] = .bool(isRankStabilised)
        return CanonicalJSON.write(object)
    }
}

extension TrainingSettings {
    /// Refuses what lies outside of its range.
    public func check() throws(LearnError) {
        let ranges: [(name: String, isRight: Bool, allowed: String)] = [
            ("rank", (1...65_536).contains(rank), "from 1 to 65536"),
            ("alpha", alpha > 0 && alpha.isFinite, "above 0"),
            ("dropout", dropout >= 0 && dropout < 1, "at least 0 and below 1"),
            ("steps", (1...Self.stepsMax).contains(steps), "from 1 to \(Self.stepsMax)"),
            ("batch", (1...Self.batchMax).contains(batch), "from 1 to \(Self.batchMax)"),
            (
                "accumulate", (1...Self.batchMax).contains(accumulate),
                "from 1 to \(Self.batchMax)"
            ),
            ("lr", learningRate > 0 && learningRate.isFinite, "above 0"),
            ("warmup", warmup >= 0 && warmup <= steps, "from 0 to the number of steps"),
            ("weight-decay", weightDecay >= 0 && weightDecay.isFinite, "at least 0"),
            ("clip", clip >= 0 && clip.isFinite, "at least 0; 0 is off"),
            ("beta1", beta1 >= 0 && beta1 < 1, "at least 0 and below 1"),
            ("beta2", beta2 >= 0 && beta2 < 1, "at least 0 and below 1"),
            ("epsilon", epsilon > 0 && epsilon.isFinite, "above 0"),
        ]
        for range in ranges where !range.isRight {
            throw .request(.setting(name: range.name, allowed: range.allowed))
        }
        guard batch * accumulate <= Self.stepRowsMax else {
            throw .request(
                .setting(
                    name: "batch", allowed: "at most \(Self.stepRowsMax) with all that accumulate"))
        }
        try check(rankPattern.map(\.key), "rank-pattern")
        try check(alphaPattern.map(\.key), "alpha-pattern")
        guard rankPattern.allSatisfy({ (1...65_536).contains($0.rank) }) else {
            throw .request(.setting(name: "rank-pattern", allowed: "from 1 to 65536"))
        }
        guard alphaPattern.allSatisfy({ $0.alpha > 0 && $0.alpha.isFinite }) else {
            throw .request(.setting(name: "alpha-pattern", allowed: "above 0"))
        }
    }

    /// Puts the entries of both patterns into the order in which they count.
    public mutating func sortPatterns() {
        rankPattern.sort { Self.isBefore($0.key, $1.key) }
        alphaPattern.sort { Self.isBefore($0.key, $1.key) }
    }

    /// The order of members in canonical JSON.
    private static func isBefore(_ one: String, _ other: String) -> Bool {
        one.utf16.lexicographicallyPrecedes(other.utf16)
    }

    /// Keys ascend and none stands twice, so that a JSON object means the same as the list.
    private func check(_ keys: [String], _ name: String) throws(LearnError) {
        let ascends = zip(keys, keys.dropFirst()).allSatisfy(Self.isBefore)
        guard ascends else {
            throw .request(.setting(name: name, allowed: "of distinct modules, in order"))
        }
    }
}
