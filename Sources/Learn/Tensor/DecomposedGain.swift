import CKernels
import Host

/// DoRA's gain: magnitude over the norm of each row of `W + scale · B A` (Liu et al. 2024,
/// arXiv:2402.09353), without forming that matrix:
/// ‖Wᵢ‖² + 2 s Bᵢ·(A Wᵢ) + s² Bᵢ (A Aᵀ) Bᵢᵀ.
enum DecomposedGain {
    /// The gain of each output as f32, in memory of its own.
    static func compute(
        magnitude: Stored, factor: Factor, linear: Linear
    ) throws(LearnError) -> (stored: Stored, memory: Memory) {
        let outputs = linear.outputs
        let rank = factor.rank
        let profile = Profile.portable.code
        let scratch = try Scratch(
            bytes: Int(PLASMID_PRODUCT_SCRATCH)
                + Arena.rounded(plasmid_left_bytes(profile, rank, linear.inputs)))
        let left = scratch.start + Int(PLASMID_PRODUCT_SCRATCH)
        let down = factor.down.values()
        var crossed = [Float](repeating: 0, count: rank * outputs)
        var right = linear.weight.right(isTransposed: linear.isTransposed)
        plasmid_left_pack(
            profile, down, linear.inputs, rank, linear.inputs, 0, Left.tiles(rank), left)
        plasmid_product(
            profile, left, rank, linear.inputs, &right, 0, outputs, &crossed, outputs,
            scratch.start)
        let gram = FactorProduct.gram(
            down, rank: rank, length: linear.inputs, step: 1, jump: linear.inputs)
        let up = factor.up.values()
        let squares = rowSquares(linear)
        let magnitudes = magnitude.values()
        var arena = try Arena(bytes: Arena.rounded(outputs * 4))
        let gains = arena.rows(1, width: outputs)
        let scale = Double(factor.scale)
        for output in 0..<outputs {
            var square = squares[output]
            for index in 0..<rank {
                let weight = Double(up[output * rank + index])
                square += 2 * scale * weight * Double(crossed[index * outputs + output])
                for other in 0..<rank {
                    square +=
                        scale * scale * weight * gram[index * rank + other]
                        * Double(up[output * rank + other])
                }
            }
            gains.start[output] = Float(Double(magnitudes[output]) / square.squareRoot())
        }
        let stored = Stored(data: gains.start, element: .float32, rows: 1, columns: outputs)
        return (stored, arena.owner)
    }

    /// Sum of squares of each output's weights.
    private static func rowSquares(_ linear: Linear) -> [Double] {
        let weight = linear.weight
        var row = [Float](repeating: 0, count: weight.columns)
        var squares = [Double](repeating: 0, count: linear.outputs)
        for index in 0..<weight.rows {
            row.withUnsafeMutableBufferPointer { space in
                if let start = space.baseAddress { weight.widen(row: index, into: start) }
            }
            if linear.isTransposed {
                for output in row.indices {
                    squares[output] += Double(row[output]) * Double(row[output])
                }
            } else {
                squares[index] = row.reduce(0) { $0 + Double($1) * Double($1) }
            }
        }
        return squares
    }
}
