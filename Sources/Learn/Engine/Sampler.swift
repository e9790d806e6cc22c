/// Chooses tokens out of logits; the same seed chooses the same tokens on every machine.
///
/// The order is that of Hugging Face: penalties and bias, temperature, top-k, top-p, min-p, then a
/// draw.
public struct Sampler: Sendable {
    private let settings: SamplingSettings
    private let random: CounterRandom
    private var inPrompt: Set<Int>
    private var counts: [Int: Int] = [:]
    private var drawn: UInt64 = 0

    /// A sampler for the answer to a prompt.
    public init(_ settings: SamplingSettings, prompt: [Int]) {
        self.settings = settings
        random = CounterRandom(seed: settings.seed, purpose: .sampling)
        inPrompt = settings.repetitionPenalty == 1 ? [] : Set(prompt)
    }

    /// Whether the largest logit is always the choice, so that nobody needs the others.
    public var isGreedy: Bool { settings.temperature == 0 && !settings.changesLogits }

    /// The next token.
    public mutating func choose(_ logits: [Float]) -> Int {
        precondition(!logits.isEmpty)
        let changed = changed(logits)
        let token = settings.temperature == 0 ? LogitRow.best(changed) : draw(changed)
        note(token)
        return token
    }

    /// Remembers a token that was chosen without this sampler.
    public mutating func note(_ token: Int) {
        counts[token, default: 0] += 1
        drawn += 1
    }

    private func changed(_ logits: [Float]) -> [Float] {
        guard settings.changesLogits else { return logits }
        var logits = logits
        let penalty = Float(settings.repetitionPenalty)
        if penalty != 1 {
            for token in inPrompt.union(counts.keys) where logits.indices.contains(token) {
                let logit = logits[token]
                logits[token] = logit > 0 ? logit / penalty : logit * penalty
            }
        }
        for (token, count) in counts where logits.indices.contains(token) {
            logits[token] -= Float(
                settings.presencePenalty + settings.frequencyPenalty * Double(count))
        }
        for (token, bias) in settings.bias where logits.indices.contains(token) {
            logits[token] += Float(bias)
        }
        return logits
    }

    /// A token by its probability among those that the limits leave.
    private func draw(_ logits: [Float]) -> Int {
        let weights = LogitRow.weights(logits, temperature: Float(settings.temperature))
        let isLimited = settings.topK > 0 || settings.topP < 1 || settings.minP > 0
        let candidates = isLimited ? limited(weights) : Array(weights.indices)
        let total = candidates.reduce(0.0) { $0 + Double(weights[$1]) }
        // A temperature so small that logits overflow is the limit of small ones.
        guard total.isFinite, total > 0 else { return LogitRow.best(logits) }
        var left = random.uniform(drawn) * total
        for token in candidates {
            left -= Double(weights[token])
            if left < 0 { return token }
        }
        return candidates.last ?? 0
    }

    /// The candidates, likeliest first; equals by number.
    private func limited(_ weights: [Float]) -> [Int] {
        var queue = LikeliestFirst(weights)
        guard let first = queue.next() else { return [] }
        var chosen = [first]
        let least = Float(settings.minP) * weights[first]
        let most = settings.topK > 0 ? settings.topK : weights.count
        // Top-p is measured against what top-k has left, as Hugging Face does.
        var total = 0.0
        if settings.topK > 0 {
            while chosen.count < most, let token = queue.next() { chosen.append(token) }
            total = chosen.reduce(0.0) { $0 + Double(weights[$1]) }
            return cut(chosen, weights, total: total, least: least)
        }
        total = weights.reduce(0.0) { $0 + Double($1) }
        var reached = Double(weights[first])
        while reached < settings.topP * total, let token = queue.next(), weights[token] >= least {
            chosen.append(token)
            reached += Double(weights[token])
        }
        return chosen
    }

    private func cut(
        _ candidates: [Int], _ weights: [Float], total: Double, least: Float
    ) -> [Int] {
        var reached = 0.0
        var chosen: [Int] = []
        for token in candidates {
            guard chosen.isEmpty || reached < settings.topP * total && weights[token] >= least
            else { break }
            chosen.append(token)
            reached += Double(weights[token])
        }
        return chosen
    }
}

/// Indices by falling weight, lazily: a heap, because only the first few are wanted.
private struct LikeliestFirst {
    private let weights: [Float]
    private var heap: [Int]

    init(_ weights: [Float]) {
        self.weights = weights
        heap = Array(weights.indices)
        var index = heap.count / 2
        while index > 0 {
            index -= 1
            sink(index)
        }
    }

    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        weights[left] > weights[right] || weights[left] == weights[right] && left < right
    }

    private mutating func sink(_ start: Int) {
        var parent = start
        while true {
            var first = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && isBefore(heap[child], heap[first]) {
                first = child
            }
            guard first != parent else { return }
            heap.swapAt(first, parent)
            parent = first
        }
    }

    mutating func next() -> Int? {
        guard let top = heap.first, let last = heap.popLast() else { return nil }
        if !heap.isEmpty {
            heap[0] = last
            sink(0)
        }
        return top
    }
}
