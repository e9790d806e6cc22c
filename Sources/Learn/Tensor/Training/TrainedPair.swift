import CKernels
import Host

/// A matrix that is trained, with its gradient and the optimiser's two means: four times
/// rows × columns f32.
struct TrainedMatrix {
    /// Rows.
    let rows: Int
    /// Values of a row.
    let columns: Int
    /// What it is now.
    let values: UnsafeMutablePointer<Float>
    /// The gradient of the step.
    let gradient: UnsafeMutablePointer<Float>
    /// Mean of gradients.
    let means: UnsafeMutablePointer<Float>
    /// Mean of their squares.
    let squares: UnsafeMutablePointer<Float>

    /// Number of values.
    var count: Int { rows * columns }

    /// Bytes of a matrix in an arena.
    static func bytes(_ rows: Int, _ columns: Int) -> Int { 4 * Arena.rounded(rows * columns * 4) }

    /// A matrix of zeros.
    init(_ arena: inout Arena, rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
        let bytes = rows * columns * 4
        values = arena.take(bytes).assumingMemoryBound(to: Float.self)
        gradient = arena.take(bytes).assumingMemoryBound(to: Float.self)
        means = arena.take(bytes).assumingMemoryBound(to: Float.self)
        squares = arena.take(bytes).assumingMemoryBound(to: Float.self)
    }

    /// As an operand of products.
    var stored: Stored {
        Stored(data: values, element: .float32, rows: rows, columns: columns)
    }

    /// One of its four parts.
    func array(_ part: UnsafeMutablePointer<Float>) -> [Float] {
        Array(UnsafeBufferPointer(start: part, count: count))
    }

    /// Forgets the gradient.
    func clearGradient() { gradient.update(repeating: 0, count: count) }
}

/// The pair of factors that training gives one linear module.
final class TrainedPair {
    /// The module.
    let linear: Linear
    /// Number of the module among all of the model, in the order they are computed: names its
    /// random numbers, whatever else is trained.
    let index: Int
    /// Numerator of the scale.
    let alpha: Double
    /// alpha / rank, or alpha / √rank.
    let scale: Float
    /// A, [rank, inputs].
    let down: TrainedMatrix
    /// B transposed, [rank, outputs]: as the backward pass reads and writes it.
    let up: TrainedMatrix
    private let memory: Memory

    /// Inner dimension.
    var rank: Int { down.rows }

    /// Both matrices, A first.
    var matrices: [TrainedMatrix] { [down, up] }

    /// The pair as inference applies it.
    var factor: Factor {
        Factor(
            down: down.stored, up: up.stored, scale: scale, upBias: nil, gain: nil,
            isUpTransposed: true)
    }

    /// A pair of zeros.
    init(
        _ linear: Linear, index: Int, rank: Int, alpha: Double, isRankStabilised: Bool
    ) throws(LearnError) {
        self.linear = linear
        self.index = index
        self.alpha = alpha
        scale = Float(alpha / (isRankStabilised ? Double(rank).squareRoot() : Double(rank)))
        var arena = try Arena(
            bytes: TrainedMatrix.bytes(rank, linear.inputs)
                + TrainedMatrix.bytes(rank, linear.outputs))
        down = TrainedMatrix(&arena, rows: rank, columns: linear.inputs)
        up = TrainedMatrix(&arena, rows: rank, columns: linear.outputs)
        memory = arena.owner
    }

    /// A from a uniform distribution within ±1/√inputs (PEFT's Kaiming start with a = √5), B zero.
    func start(seed: UInt64) {
        let random = CounterRandom(seed: seed, purpose: .factors)
        let bound = 1 / Double(down.columns).squareRoot()
        for place in 0..<down.count {
            let part = random.uniform(UInt64(place), lane: UInt32(index))
            down.values[place] = Float((2 * part - 1) * bound)
        }
    }

    /// A, [rank, inputs].
    func downValues() -> [Float] { down.array(down.values) }

    /// B as PEFT keeps it, [outputs, rank].
    func upValues() -> [Float] {
        let (rank, outputs) = (up.rows, up.columns)
        return [Float](unsafeUninitializedCapacity: up.count) { space, filled in
            if let start = space.baseAddress {
                plasmid_transpose(up.values, outputs, rank, outputs, start, rank)
            }
            filled = up.count
        }
    }
}
