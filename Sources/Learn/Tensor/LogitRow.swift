import CKernels

/// Functions of one row of logits.
public enum LogitRow {
    /// Index of the largest, the first of equals.
    public static func best(_ logits: [Float]) -> Int { plasmid_argmax(logits, logits.count) }

    /// exp((logit − largest) / temperature) for each.
    static func weights(_ logits: [Float], temperature: Float) -> [Float] {
        var weights = logits
        _ = plasmid_softmax_row(
            &weights, 1 / temperature, 0, logits.count, logits.count)
        return weights
    }

    /// Natural logarithm of the probability of each of `tokens`.
    public static func logProbabilities(_ logits: [Float], of tokens: [Int]) -> [Double] {
        var weights = logits
        let sum = plasmid_softmax_row(&weights, 1, 0, logits.count, logits.count)
        let largest = logits[plasmid_argmax(logits, logits.count)]
        return tokens.map { Double(logits[$0] - largest) - plasmid_log64(Double(sum)) }
    }

    /// e to that power.
    static func exponential(_ power: Double) -> Double { plasmid_exp64(power) }

    /// The `count` likeliest tokens, likeliest first.
    public static func likeliest(_ logits: [Float], _ count: Int) -> [Int] {
        var chosen: [Int] = []
        for (token, logit) in logits.enumerated() {
            if chosen.count == count, let last = chosen.last, logits[last] >= logit { continue }
            let place = chosen.firstIndex { logits[$0] < logit } ?? chosen.count
            chosen.insert(token, at: place)
            if chosen.count > count { chosen.removeLast() }
        }
        return chosen
    }
}
