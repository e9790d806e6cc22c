extension Engine {
    /// A text as one vector: the mean over its positions of the hidden states behind the last norm,
    /// which Transformers calls `last_hidden_state`. f64 sums by ascending position, rounded once.
    ///
    /// Of a text longer than the model's positions the beginning counts. Adapters take no part, so
    /// that vectors of one base can be held against each other.
    public func embedding(of tokens: [Int]) throws(LearnError) -> [Float] {
        guard !tokens.isEmpty else { throw .request(.empty) }
        let tokens = tokens.prefix(model.architecture.positions)
        let sequence = try makeSequence(capacity: tokens.count)
        let width = model.architecture.width
        var sums = [Double](repeating: 0, count: width)
        var first = 0
        while first < tokens.count {
            let end = min(first + batchRows, tokens.count)
            try step([Part(sequence, Array(tokens[first..<end]), wanted: .none)])
            blocks.normalise(model.finalNorm, rows: end - first)
            for row in 0..<end - first {
                let values = blocks.buffers.normed.values(row)
                for index in 0..<width { sums[index] += Double(values[index]) }
            }
            first = end
        }
        let vector = sums.map { Float($0 / Double(tokens.count)) }
        guard vector.allSatisfy(\.isFinite) else {
            throw .request(.notFinite(position: tokens.count - 1))
        }
        return vector
    }
}
