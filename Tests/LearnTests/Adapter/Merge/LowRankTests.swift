import Testing

@testable import Learn

@Suite struct LowRankTests {
    private func product(_ matrix: LowRank) -> [Double] {
        var result = [Double](repeating: 0, count: matrix.rows * matrix.columns)
        for row in 0..<matrix.rows {
            for index in 0..<matrix.rank {
                let weight = Double(matrix.up[row * matrix.rank + index])
                for column in 0..<matrix.columns {
                    result[row * matrix.columns + column] +=
                        weight * Double(matrix.down[index * matrix.columns + column])
                }
            }
        }
        return result
    }

    private func distance(_ left: [Double], _ right: [Double]) -> Double {
        zip(left, right).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    }

    private func matrix(_ name: String, _ rows: Int, _ columns: Int, rank: Int) -> LowRank {
        LowRank(
            rows: rows, columns: columns, rank: rank,
            up: HandTensor(name + "b", [rows, rank]).values,
            down: HandTensor(name + "a", [rank, columns]).values)
    }

    @Test func `a sum is the sum of the products, weighted`() {
        let (one, two) = (matrix("x", 9, 7, rank: 2), matrix("y", 9, 7, rank: 3))
        let sum = LowRank.sum([one, two], weights: [0.5, -2])
        #expect(sum.rank == 5 && sum.up.count == 45 && sum.down.count == 35)
        let expected = zip(product(one), product(two)).map { 0.5 * $0 - 2 * $1 }
        #expect(distance(product(sum), expected) < 1e-5)
    }

    @Test("nothing is lost at the full rank", arguments: [1, 2, 5, 8])
    func full(_ rank: Int) {
        let matrix = matrix("z", 12, 9, rank: rank)
        let truncated = matrix.truncated(to: rank)
        #expect(truncated.rank == rank)
        #expect(distance(product(truncated), product(matrix)) < 1e-5)
    }

    @Test func `what is lost is what the singular values left out say`() {
        // Orthonormal columns times 8, 4, 2, 1: these are the singular values.
        let hadamard: [Float] = [1, 1, 1, 1, 1, -1, 1, -1, 1, 1, -1, -1, 1, -1, -1, 1]
        let half = hadamard.map { $0 / 2 }
        var up = half
        for row in 0..<4 {
            for (column, value) in [Float(8), 4, 2, 1].enumerated() {
                up[row * 4 + column] *= value
            }
        }
        let matrix = LowRank(rows: 4, columns: 4, rank: 4, up: up, down: half)
        for (rank, lost) in [(1, 21.0), (2, 5.0), (3, 1.0), (4, 0.0)] {
            let error = distance(product(matrix.truncated(to: rank)), product(matrix))
            #expect(abs(error - lost.squareRoot()) < 1e-5, "rank \(rank)")
        }
    }

    @Test func `no other matrix of that rank is nearer`() {
        let matrix = matrix("w", 10, 6, rank: 4)
        let best = matrix.truncated(to: 2)
        let error = distance(product(best), product(matrix))
        for seed in 0..<20 {
            var other = best
            let noise = HandTensor("n\(seed)", [other.up.count], scale: 0.05).values
            for index in other.up.indices { other.up[index] += noise[index] }
            #expect(distance(product(other), product(matrix)) > error)
        }
    }

    @Test func `columns that repeat and columns of zeros do no harm`() {
        var matrix = matrix("v", 7, 6, rank: 4)
        for row in 0..<7 {
            matrix.up[row * 4 + 2] = matrix.up[row * 4]
            matrix.up[row * 4 + 3] = 0
        }
        let truncated = matrix.truncated(to: 4)
        #expect(truncated.up.allSatisfy(\.isFinite) && truncated.down.allSatisfy(\.isFinite))
        #expect(distance(product(truncated), product(matrix)) < 1e-5)
        #expect(distance(product(matrix.truncated(to: 2)), product(matrix)) < 1e-5)
        let zero = LowRank(
            rows: 3, columns: 2, rank: 2, up: [Float](repeating: 0, count: 6),
            down: [1, 2, 3, 4])
        #expect(product(zero.truncated(to: 1)).allSatisfy { $0 == 0 })
    }

    @Test func `a rank above the matrix's own is filled with zeros`() {
        let matrix = matrix("u", 4, 3, rank: 2)
        let wide = matrix.truncated(to: 5)
        #expect(wide.rank == 5 && wide.up.count == 20 && wide.down.count == 15)
        #expect(distance(product(wide), product(matrix)) < 1e-5)
        // More factors than the matrix has dimensions.
        let many = self.matrix("t", 3, 2, rank: 6)
        #expect(distance(product(many.truncated(to: 2)), product(many)) < 1e-5)
    }
}
