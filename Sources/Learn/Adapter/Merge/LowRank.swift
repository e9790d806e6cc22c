/// A matrix as the product of two thin ones, B [rows, rank] times A [rank, columns].
struct LowRank {
    var rows: Int
    var columns: Int
    var rank: Int
    /// Row by row.
    var up: [Float]
    /// Row by row.
    var down: [Float]

    /// The exact sum of products: factors side by side.
    static func sum(_ parts: [LowRank], weights: [Float]) -> LowRank {
        let rank = parts.reduce(0) { $0 + $1.rank }
        let rows = parts[0].rows
        var down: [Float] = []
        for (part, weight) in zip(parts, weights) { down += part.down.map { $0 * weight } }
        var up: [Float] = []
        up.reserveCapacity(rows * rank)
        for row in 0..<rows {
            for part in parts { up += part.up[row * part.rank..<(row + 1) * part.rank] }
        }
        return LowRank(rows: rows, columns: parts[0].columns, rank: rank, up: up, down: down)
    }

    /// The best approximation of at most that rank in the Frobenius norm (Eckart and Young 1936):
    /// both factors are orthogonalised, the small core is decomposed by Jacobi's rotations, all in
    /// f64. A holds right singular vectors, B the left ones times the singular values.
    func truncated(to wanted: Int) -> LowRank {
        let left = Orthogonal(columnsOf: up, rows: rows, columns: rank, isTransposed: false)
        let right = Orthogonal(columnsOf: down, rows: columns, columns: rank, isTransposed: true)
        // up · down = Qₗ (Rₗ Rᵣᵀ) Qᵣᵀ.
        var core = [Double](repeating: 0, count: rank * rank)
        for row in 0..<rank {
            for column in 0..<rank {
                var sum = 0.0
                for index in 0..<rank {
                    sum += left.upper[row * rank + index] * right.upper[column * rank + index]
                }
                core[row * rank + column] = sum
            }
        }
        let parts = Jacobi.decompose(core, size: rank)
        let kept = min(wanted, rank)
        var up = [Float](repeating: 0, count: rows * wanted)
        var down = [Float](repeating: 0, count: wanted * columns)
        for index in 0..<kept {
            for row in 0..<rows {
                var sum = 0.0
                for inner in 0..<rank {
                    sum += left.basis[inner][row] * parts.left[inner * rank + index]
                }
                up[row * wanted + index] = Float(sum * parts.values[index])
            }
            for column in 0..<columns {
                var sum = 0.0
                for inner in 0..<rank {
                    sum += right.basis[inner][column] * parts.right[inner * rank + index]
                }
                down[index * columns + column] = Float(sum)
            }
        }
        return LowRank(rows: rows, columns: columns, rank: wanted, up: up, down: down)
    }
}

/// An orthonormal basis of a thin matrix's columns, by Gram and Schmidt done twice, which keeps it
/// orthogonal to working precision (Giraud et al. 2005).
private struct Orthogonal {
    /// The basis, vector by vector.
    var basis: [[Double]] = []
    /// The triangular factor, row by row.
    var upper: [Double]

    init(columnsOf values: [Float], rows: Int, columns: Int, isTransposed: Bool) {
        upper = [Double](repeating: 0, count: columns * columns)
        for column in 0..<columns {
            var vector = (0..<rows).map { row in
                Double(isTransposed ? values[column * rows + row] : values[row * columns + column])
            }
            let size = Self.norm(vector)
            for _ in 0..<2 {
                for (index, other) in basis.enumerated() {
                    var projection = 0.0
                    for row in 0..<rows { projection += vector[row] * other[row] }
                    for row in 0..<rows { vector[row] -= projection * other[row] }
                    upper[index * columns + column] += projection
                }
            }
            let rest = Self.norm(vector)
            // A column that the others span adds no direction, only noise.
            let isNew = rest > size * 1e-14 && rest > 0
            upper[column * columns + column] = isNew ? rest : 0
            basis.append(vector.map { isNew ? $0 / rest : 0 })
        }
    }

    private static func norm(_ vector: [Double]) -> Double {
        vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
}

/// Singular values of a small square matrix by one-sided rotations (Hestenes 1958).
private enum Jacobi {
    /// Sweeps after which it has long converged.
    private static let sweepsMax = 60

    /// `matrix` = left · diag(values) · rightᵀ, values falling; all row by row.
    static func decompose(
        _ matrix: [Double], size: Int
    ) -> (left: [Double], values: [Double], right: [Double]) {
        var work = (0..<size).map { column in (0..<size).map { matrix[$0 * size + column] } }
        var turns = (0..<size).map { column in (0..<size).map { $0 == column ? 1.0 : 0.0 } }
        for _ in 0..<sweepsMax where rotateAll(&work, &turns) {}
        let norms = work.map { column in column.reduce(0) { $0 + $1 * $1 }.squareRoot() }
        let order = norms.indices.sorted { (-norms[$0], $0) < (-norms[$1], $1) }
        var left = [Double](repeating: 0, count: size * size)
        var right = left
        for (place, column) in order.enumerated() {
            for row in 0..<size {
                let value = norms[column] > 0 ? work[column][row] / norms[column] : 0
                left[row * size + place] = value
                right[row * size + place] = turns[column][row]
            }
        }
        return (left, order.map { norms[$0] }, right)
    }

    /// One sweep over all pairs of columns; whether anything was turned.
    private static func rotateAll(_ work: inout [[Double]], _ turns: inout [[Double]]) -> Bool {
        var isTurned = false
        for first in work.indices {
            for second in work.indices.dropFirst(first + 1) {
                let (one, two) = (work[first], work[second])
                let alpha = one.reduce(0) { $0 + $1 * $1 }
                let beta = two.reduce(0) { $0 + $1 * $1 }
                let gamma = zip(one, two).reduce(0) { $0 + $1.0 * $1.1 }
                guard abs(gamma) > 1e-15 * (alpha * beta).squareRoot(), gamma != 0 else { continue }
                isTurned = true
                let zeta = (beta - alpha) / (2 * gamma)
                let root = abs(zeta) + (1 + zeta * zeta).squareRoot()
                let tangent = (zeta >= 0 ? 1 : -1) / root
                let cosine = 1 / (1 + tangent * tangent).squareRoot()
                let sine = cosine * tangent
                rotate(&work, first, second, cosine, sine)
                rotate(&turns, first, second, cosine, sine)
            }
        }
        return isTurned
    }

    private static func rotate(
        _ columns: inout [[Double]], _ first: Int, _ second: Int, _ cosine: Double, _ sine: Double
    ) {
        for row in columns[first].indices {
            let (one, two) = (columns[first][row], columns[second][row])
            columns[first][row] = cosine * one - sine * two
            columns[second][row] = sine * one + cosine * two
        }
    }
}
