/// What can be said of `B A` without forming it.
enum FactorProduct {
    /// Whether any element of `B A` differs from zero: its Frobenius norm by two Gram matrices.
    static func isEffective(_ parts: Adapter.Parts) -> Bool {
        squaredNorm(down: parts.down, up: parts.up) > 0
    }

    /// ‖B A‖² = Σ (BᵀB) ∘ (A Aᵀ), in f64.
    static func squaredNorm(down: Stored, up: Stored) -> Double {
        let rank = down.rows
        let first = gram(
            down.values(), rank: rank, length: down.columns, step: 1, jump: down.columns)
        let second = gram(up.values(), rank: rank, length: up.rows, step: rank, jump: 1)
        return zip(first, second).reduce(0) { $0 + $1.0 * $1.1 }
    }

    /// Products of all pairs of `rank` vectors whose elements stand `step` apart.
    static func gram(
        _ values: [Float], rank: Int, length: Int, step: Int, jump: Int
    ) -> [Double] {
        var gram = [Double](repeating: 0, count: rank * rank)
        for row in 0..<rank {
            for column in row..<rank {
                var sum = 0.0
                for index in 0..<length {
                    let left = values[row * jump + index * step]
                    sum += Double(left) * Double(values[column * jump + index * step])
                }
                gram[row * rank + column] = sum
                gram[column * rank + row] = sum
            }
        }
        return gram
    }
}
