/// How the next token is chosen out of the logits.
public struct SamplingSettings: Sendable {
    /// Divides the logits; 0 takes the largest.
    public var temperature: Double = 0
    /// Only so many of the likeliest; 0 is no limit.
    public var topK: Int = 0
    /// Only the likeliest that together reach this probability; 1 is no limit.
    public var topP: Double = 1
    /// Only tokens at least this fraction as likely as the likeliest; 0 is no limit.
    public var minP: Double = 0
    /// Weakens tokens that stand in prompt or answer (Keskar et al. 2019, arXiv:1909.05858).
    public var repetitionPenalty: Double = 1
    /// Subtracted from tokens that stand in the answer.
    public var presencePenalty: Double = 0
    /// Subtracted from tokens for each time that they stand in the answer.
    public var frequencyPenalty: Double = 0
    /// Added to single tokens.
    public var bias: [Int: Double] = [:]
    /// Seed of the random numbers.
    public var seed: UInt64 = 0

    /// Greedy choice.
    public init() {}

    /// Refuses a setting outside its range, by name.
    public func check() throws(LearnError) {
        let rules: [(name: String, isRight: Bool, allowed: String)] = [
            ("temperature", (0...100).contains(temperature), "from 0 to 100"),
            ("top-k", topK >= 0, "0 or more"),
            ("top-p", topP > 0 && topP <= 1, "above 0 and at most 1"),
            ("min-p", minP >= 0 && minP < 1, "at least 0 and below 1"),
            (
                "repetition-penalty", repetitionPenalty > 0 && repetitionPenalty <= 100,
                "above 0 and at most 100"
            ),
            ("presence-penalty", abs(presencePenalty) <= 100, "from -100 to 100"),
            ("frequency-penalty", abs(frequencyPenalty) <= 100, "from -100 to 100"),
            ("logit-bias", bias.values.allSatisfy { abs($0) <= 1e6 }, "a number"),
        ]
        for rule in rules where !rule.isRight {
            throw .request(.setting(name: rule.name, allowed: rule.allowed))
        }
    }

    /// Whether logits are changed before the choice.
    var changesLogits: Bool {
        repetitionPenalty != 1 || presencePenalty != 0 || frequencyPenalty != 0 || !bias.isEmpty
    }
}
