import Genome
import Learn

/// What a model made of a list of examples, and how long each took.
struct EvalScores {
    /// The score of each example.
    private(set) var items: [ItemScore] = []
    /// What they amount to.
    private(set) var totals = EvaluationTotals()
    private var tokens = 0
    private var milliseconds: [Double] = []

    /// Adds an example of so many tokens.
    mutating func add(_ score: ItemScore, tokens: Int, milliseconds: Double) {
        items.append(score)
        totals.add(score)
        self.tokens += tokens
        self.milliseconds.append(milliseconds)
    }

    /// The time within which this part of the examples was done, by the nearest rank.
    func latency(_ part: Double) -> Double {
        let sorted = milliseconds.sorted()
        let rank = Int((part * Double(sorted.count)).rounded(.up))
        return sorted.isEmpty ? 0 : sorted[max(0, rank - 1)]
    }

    /// Tokens that were read in a second.
    var tokensPerSecond: Double {
        let seconds = milliseconds.reduce(0, +) / 1_000
        return seconds > 0 ? Double(tokens) / seconds : 0
    }

    /// The figures that follow from weights and data alone.
    var quality: [(name: String, value: JSONValue)] {
        [
            ("loss", .double(totals.loss)), ("perplexity", .double(totals.perplexity)),
            ("accuracy", .double(totals.accuracy)), ("exactMatch", .double(totals.exactMatch)),
        ]
    }

    /// The figures of this machine and hour.
    var speed: [(name: String, value: JSONValue)] {
        [
            ("latency", ["p50": .double(latency(0.5)), "p95": .double(latency(0.95))]),
            ("tokensPerSecond", .double(tokensPerSecond)),
        ]
    }
}
