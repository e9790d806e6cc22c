/// What can be said of `B A` without forming it, from the Gram matrices A Aᵀ and Bᵀ B in f64.
struct FactorProduct {
    /// Steps of the power iteration at most: by then it moves by less than anyone reads.
    private static let stepsMax = 300

    private let rank: Int
    private let down: [Double]
    private let up: [Double]

    /// The product of A, [rank, inputs], and B, [outputs, rank].
    init(down: Stored, up: Stored) {
        rank = down.rows
        self.down = Self.gram(
            down.values(), rank: rank, length: down.columns, step: 1, jump: down.columns)
        self.up = Self.gram(up.values(), rank: rank, length: up.rows, step: rank, jump: 1)
    }

    /// Whether any element of `B A` differs from zero.
    static func isEffective(_ parts: Adapter.Parts) -> Bool {
        // One vector through both factors nearly always shows it, in a rank'th of the time.
        let (rank, columns) = (parts.down.rows, parts.down.columns)
        let (down, up) = (parts.down.values(), parts.up.values())
        let image = (0..<rank).map { row in
            (0..<columns).reduce(0.0) { sum, column in
                sum + start(column) * Double(down[row * columns + column])
            }
        }
        for row in 0..<parts.up.rows {
            let value = (0..<rank).reduce(0.0) { $0 + Double(up[row * rank + $1]) * image[$1] }
            if value != 0 { return true }
        }
        return FactorProduct(down: parts.down, up: parts.up).squaredNorm > 0
    }

    /// Elements of a vector that no factor is likely to be orthogonal to.
    private static func start(_ index: Int) -> Double {
        0.5 + (Double(index) * 0.618_033_988_749_895).truncatingRemainder(dividingBy: 1)
    }

    /// ‖B A‖² in the Frobenius norm: Σ (BᵀB) ∘ (A Aᵀ).
    var squaredNorm: Double { zip(up, down).reduce(0) { $0 + $1.0 * $1.1 } }

    /// ‖B A‖² in the spectral norm: the largest eigenvalue of (BᵀB)(A Aᵀ), by power iteration from
    /// a fixed start. What is found never exceeds it.
    var squaredSpectralNorm: Double {
        var vector = (0..<rank).map { Self.start($0) }
        var found = 0.0
        for _ in 0..<Self.stepsMax {
            // x = Aᵀ v stands for v: ‖x‖² = vᵀ(A Aᵀ)v, and B A x = B w with w = A Aᵀ v.
            let image = times(down, vector)
            let length = dot(vector, image)
            let next = times(up, image)
            guard length > 0, let largest = next.map(abs).max(), largest > 0 else { break }
            let quotient = dot(image, next) / length
            let isStill = quotient <= found * (1 + 1e-12)
            found = max(found, quotient)
            if isStill { break }
            vector = next.map { $0 / largest }
        }
        return found
    }

    private func times(_ matrix: [Double], _ vector: [Double]) -> [Double] {
        (0..<rank).map { row in
            vector.indices.reduce(0) { $0 + matrix[row * rank + $1] * vector[$1] }
        }
    }

    private func dot(_ left: [Double], _ right: [Double]) -> Double {
        zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
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
