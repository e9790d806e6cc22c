import CKernels
import Testing

extension KernelsTests {
    /// The same bits at every level for what training adds, and the rules that stand in words.
    @Suite struct GradientTests {
        private static let counts = [1, 3, 4, 8, 15, 16, 17, 64, 511, 513, 1000]

        private func everywhere(
            _ body: (_ x: [Float], _ y: [Float], _ z: [Float]) -> [Float],
            sourceLocation: SourceLocation = #_sourceLocation
        ) {
            var draw = Draw(77)
            for count in Self.counts {
                for kind in Draw.Kind.allCases {
                    let x = draw.floats(count, kind), y = draw.floats(count, kind)
                    let z = draw.floats(count, kind)
                    let rows = Level.bits { body(x, y, z) }
                    let isSame = rows.allSatisfy { $0 == rows[0] }
                    #expect(isSame, "\(kind), \(count)", sourceLocation: sourceLocation)
                }
            }
        }

        @Test func `activations go back with the same bits at every level`() {
            everywhere { x, y, z in
                var gate = x, up = y
                plasmid_silu_gate_backward(x, y, z, x.count, &gate, &up)
                return gate + up
            }
            everywhere { x, y, _ in
                var out = x
                plasmid_gelu_tanh_backward(x, y, x.count, &out)
                return out
            }
            everywhere { x, y, _ in
                var out = x
                plasmid_gelu_erf_backward(x, y, x.count, &out)
                return out
            }
        }

        @Test func `norms and attention rows go back with the same bits at every level`() {
            everywhere { x, y, z in
                var gradient = y, out = z
                plasmid_rms_norm_backward(x, &gradient, x.count, z, 0, 1, 1e-5, &out)
                return gradient + out
            }
            everywhere { x, y, z in
                var gradient = y, out = z, scratch = x
                plasmid_layer_norm_backward(x, &gradient, x.count, z, 0, 1e-5, &scratch, &out)
                return gradient + out + scratch
            }
            everywhere { x, y, _ in
                var weights = x, gradient = y
                let end = x.count - x.count / 3
                plasmid_softmax_backward(
                    &weights, 3, &gradient, 0.25, 0.125, x.count / 4, end, x.count)
                return weights + gradient
            }
        }

        @Test func `an optimiser's step has the same bits at every level`() {
            everywhere { x, y, z in
                var factors = plasmid_adamw(
                    clip: 0.7, decay: 0.999, first: 0.1, second: 0.999, fresh: 0.001,
                    correction: 0.0316, epsilon: 1e-8, rate: 0.01)
                var values = x, means = y, squares = z.map { abs($0) }
                plasmid_adamw_step(&factors, z, x.count, &values, &means, &squares)
                return values + means + squares
            }
        }

        @Test func `a rotation is undone by its backward pass`() {
            var draw = Draw(5)
            let angles = (0..<20).map { Double($0) * 0.37 }
            let cosines = angles.map { angle in Self.turn(angle).cosine }
            let sines = angles.map { angle in Self.turn(angle).sine }
            let head = draw.floats(40, .plain)
            var turned = head
            plasmid_rope(&turned, cosines, sines, 20)
            plasmid_rope_backward(&turned, cosines, sines, 20)
            #expect(zip(head, turned).allSatisfy { abs($0 - $1) < 1e-6 })
            everywhere { x, y, z in
                var vector = x
                plasmid_rope_backward(&vector, y, z, x.count / 2)
                return vector
            }
        }

        private static func turn(_ angle: Double) -> (sine: Float, cosine: Float) {
            var (sine, cosine) = (0.0, 0.0)
            plasmid_sincos(angle, &sine, &cosine)
            return (Float(sine), Float(cosine))
        }

        @Test func `what a row does not see stays zero in both directions`() {
            var weights: [Float] = [9, 1, 3, 9], gradient: [Float] = [.nan, 2, 4, .infinity]
            plasmid_softmax_backward(&weights, 4, &gradient, 1, 0.5, 1, 3, 4)
            #expect(weights == [0, 0.25, 0.75, 0])
            #expect(gradient == [0, 0.125, 1.125, 0])
        }

        @Test func `the optimiser follows its rule`() {
            var factors = plasmid_adamw(
                clip: 0.5, decay: 0.99, first: 0.1, second: 0.999, fresh: 0.001,
                correction: 0.0316, epsilon: 1e-8, rate: 0.01)
            var values: [Float] = [1], means: [Float] = [0.25], squares: [Float] = [0.5]
            plasmid_adamw_step(&factors, [0.75], 1, &values, &means, &squares)
            let g: Float = 0.75 * 0.5
            let m: Float = 0.25 + (g - 0.25) * 0.1
            let v: Float = 0.5 * 0.999 + (g * g) * 0.001
            #expect(means == [m] && squares == [v])
            #expect(values == [1 * 0.99 - m / (v.squareRoot() / 0.0316 + 1e-8) * 0.01])
        }

        @Test func `a transposed matrix holds every element in its place`() {
            let source = (0..<37 * 21).map { Float($0) }
            var out = [Float](repeating: -1, count: 21 * 40)
            plasmid_transpose(source, 21, 37, 21, &out, 40)
            for row in 0..<37 {
                for column in 0..<21 {
                    #expect(out[column * 40 + row] == source[row * 21 + column])
                }
            }
            #expect(out[37] == -1)
        }

        @Test func `dropout draws by place, whatever was drawn before`() {
            var place = plasmid_dropout(
                key: (7, 9), row: 3, stream: 5, step: 1, probability: 0.25)
            let ones = [Float](repeating: 1, count: 10_000)
            var whole = ones
            plasmid_dropout_row(&place, 0, ones, whole.count, &whole)
            #expect(Set(whole) == [0, Float(1 / 0.75)])
            let kept = whole.count { $0 != 0 }
            #expect(abs(kept - 7_500) < 200)
            var part = [Float](repeating: 0, count: 500)
            plasmid_dropout_row(&place, 128, ones, 500, &part)
            #expect(part == Array(whole[128..<628]))
            place.row = 4
            var other = ones
            plasmid_dropout_row(&place, 0, ones, other.count, &other)
            #expect(other != whole)
        }
    }
}
