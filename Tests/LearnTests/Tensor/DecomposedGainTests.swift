import Genome
import Host
import Testing

@testable import Learn

@Suite struct DecomposedGainTests {
    /// A matrix in memory that outlives the test.
    private final class Matrix {
        let values: [Float]
        let stored: Stored
        private let memory: Memory

        init(_ name: String, _ rows: Int, _ columns: Int, scale: Float = 1) throws {
            values = HandTensor(name, [rows, columns], scale: scale).values
            memory = try Memory(count: max(values.count * 4, 1))
            values.withUnsafeBytes { [memory] in
                memory.start.copyMemory(from: $0.baseAddress!, byteCount: $0.count)
            }
            stored = Stored(
                data: UnsafeRawPointer(memory.start), element: .float32, rows: rows,
                columns: columns)
        }
    }

    @Test(
        "the gain is magnitude over norm of the changed weight, as computed in f64 by hand",
        arguments: [1, 3, 8, 17], [false, true])
    func naive(_ rank: Int, _ isTransposed: Bool) throws {
        let (outputs, inputs) = (13, 37)
        let weight =
            isTransposed ? try Matrix("w", inputs, outputs) : try Matrix("w", outputs, inputs)
        let down = try Matrix("a", rank, inputs)
        let up = try Matrix("b", outputs, rank)
        let magnitude = try Matrix("m", 1, outputs, scale: 5)
        let scale: Float = 1.5
        let gain = try DecomposedGain.compute(
            magnitude: magnitude.stored,
            factor: Factor(
                down: down.stored, up: up.stored, scale: scale, upBias: nil, gain: nil),
            linear: Linear(
                path: "x", weight: weight.stored, isTransposed: isTransposed, bias: nil))
        let found = gain.stored.values()
        #expect(found.count == outputs)
        for output in 0..<outputs {
            var square = 0.0
            for input in 0..<inputs {
                let place = isTransposed ? input * outputs + output : output * inputs + input
                var element = Double(weight.values[place])
                for index in 0..<rank {
                    element +=
                        Double(scale) * Double(up.values[output * rank + index])
                        * Double(down.values[index * inputs + input])
                }
                square += element * element
            }
            let expected = Double(magnitude.values[output]) / square.squareRoot()
            #expect(abs(Double(found[output]) - expected) <= 2e-6 * abs(expected) + 1e-9)
        }
    }
}
