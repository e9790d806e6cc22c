import CKernels
import Host

/// The optimiser: AdamW with a limit on the gradient's norm.
struct AdamW {
    /// Values that a lane moves at once.
    private static let chunk = 16_384

    let settings: TrainingSettings

    /// Norm of all gradients: each matrix a sum of squares, matrices added in order, in f64.
    static func gradientNorm(_ matrices: [TrainedMatrix], _ team: Team) -> Double {
        var sums = [Double](repeating: 0, count: matrices.count)
        sums.withUnsafeMutableBufferPointer { sums in
            guard let start = sums.baseAddress else { return }
            team.run(matrices.count) { _, index in
                start[index] = plasmid_square_sum(
                    matrices[index].gradient, matrices[index].count)
            }
        }
        return sums.reduce(0, +).squareRoot()
    }

    /// Moves all matrices by one step; `step` counts from 0.
    func move(
        _ matrices: [TrainedMatrix], step: Int, rate: Double, norm: Double, _ team: Team
    ) {
        let clip =
            settings.clip > 0 && norm > settings.clip ? settings.clip / (norm + 1e-6) : 1
        let first = 1 - Self.power(settings.beta1, step + 1)
        let second = 1 - Self.power(settings.beta2, step + 1)
        let factors = plasmid_adamw(
            clip: Float(clip), decay: Float(1 - rate * settings.weightDecay),
            first: Float(1 - settings.beta1), second: Float(settings.beta2),
            fresh: Float(1 - settings.beta2), correction: Float(second.squareRoot()),
            epsilon: Float(settings.epsilon), rate: Float(rate / first))
        var pieces: [(matrix: Int, range: Range<Int>)] = []
        for (index, matrix) in matrices.enumerated() {
            for start in stride(from: 0, to: matrix.count, by: Self.chunk) {
                pieces.append((index, start..<min(start + Self.chunk, matrix.count)))
            }
        }
        team.run(pieces.count) { _, index in
            let (matrix, range) = (matrices[pieces[index].matrix], pieces[index].range)
            var factors = factors
            let start = range.lowerBound
            plasmid_adamw_step(
                &factors, matrix.gradient + start, range.count, matrix.values + start,
                matrix.means + start, matrix.squares + start)
        }
    }

    /// base^exponent by squaring, lowest bit first: the same bits everywhere.
    static func power(_ base: Double, _ exponent: Int) -> Double {
        var (result, square, rest) = (1.0, base, exponent)
        while rest > 0 {
            if rest & 1 == 1 { result *= square }
            square *= square
            rest >>= 1
        }
        return result
    }
}
