import CKernels
import Testing

extension KernelsTests {
    /// The same bits at every level, and what each row function says it does.
    @Suite struct RowTests {
        static let counts = [1, 3, 4, 8, 15, 16, 17, 64, 511, 1000]

        /// Calls `body` with three rows of every length and kind; it returns its output.
        private func everywhere(
            _ body: (_ x: [Float], _ y: [Float], _ z: [Float]) -> [Float],
            gives expected: ((_ x: Float, _ y: Float, _ z: Float) -> Float)? = nil,
            sourceLocation: SourceLocation = #_sourceLocation
        ) {
            var draw = Draw(21)
            for count in Self.counts {
                for kind in Draw.Kind.allCases {
                    let x = draw.floats(count, kind), y = draw.floats(count, kind)
                    let z = draw.floats(count, kind)
                    let rows = Level.bits { body(x, y, z) }
                    let isSame = rows.allSatisfy { $0 == rows[0] }
                    #expect(isSame, "\(kind), \(count)", sourceLocation: sourceLocation)
                    guard let expected else { continue }
                    let wanted = (0..<count).map { Level.bits(expected(x[$0], y[$0], z[$0])) }
                    let isRight = rows[0] == wanted
                    #expect(isRight, "\(kind), \(count)", sourceLocation: sourceLocation)
                }
            }
        }

        @Test func `sums and products of rows are one rounding each`() {
            everywhere(
                { x, y, _ in
                    var out = x
                    plasmid_add(&out, y, x.count)
                    return out
                }, gives: { x, y, _ in x + y })
            everywhere(
                { x, y, _ in
                    var out = x
                    plasmid_scale(&out, 0.3, x.count)
                    return out
                }, gives: { x, _, _ in x * 0.3 })
            everywhere(
                { x, y, _ in
                    var out = x
                    plasmid_divide(y, 0.3, x.count, &out)
                    return out
                }, gives: { _, y, _ in y / 0.3 + 0 })
        }

        @Test func `a scaled row is added by one fused step`() {
            everywhere(
                { x, y, _ in
                    var out = x
                    plasmid_add_scaled(&out, 0.3, y, x.count)
                    return out
                }, gives: { x, y, _ in x.addingProduct(0.3, y) })
        }

        @Test func `stored vectors are widened, then added or multiplied`() {
            everywhere(
                { x, y, _ in
                    var out = x
                    plasmid_add_stored(&out, y, 0, x.count)
                    return out
                }, gives: { x, y, _ in x + y })
            everywhere(
                { x, y, _ in
                    var out = x
                    plasmid_multiply_stored(&out, y, 0, x.count)
                    return out
                }, gives: { x, y, _ in x * y })
            for element in [Int32(1), 2] {
                everywhere { x, y, _ in
                    var out = x
                    plasmid_add_stored(&out, y, element, x.count)
                    plasmid_multiply_stored(&out, y, element, x.count)
                    return out
                }
            }
        }

        @Test func `activations give the same bits everywhere`() {
            everywhere { x, y, _ in
                var out = x
                plasmid_silu_gate(x, y, x.count, &out)
                return out
            }
            everywhere { x, _, _ in
                var out = x
                plasmid_gelu_tanh(x, x.count, &out)
                return out
            }
            everywhere { x, _, _ in
                var out = x
                plasmid_gelu_erf(x, x.count, &out)
                return out
            }
            everywhere { x, y, _ in
                var out = x
                plasmid_gelu_tanh_gate(x, y, x.count, &out)
                return out
            }
        }

        @Test func `a head is rotated in halves, two products and one sum`() {
            var draw = Draw(22)
            for half in [1, 7, 16, 32, 64, 65] {
                let head = draw.floats(2 * half + 3, .plain)
                let cosines = draw.floats(half, .plain), sines = draw.floats(half, .plain)
                var expected = head
                for i in 0..<half {
                    expected[i] = head[i] * cosines[i] - head[i + half] * sines[i]
                    expected[i + half] = head[i + half] * cosines[i] + head[i] * sines[i]
                }
                let rows = Level.bits {
                    var out = head
                    plasmid_rope(&out, cosines, sines, half)
                    return out
                }
                let wanted = expected.map { Level.bits($0) }
                #expect(rows.allSatisfy { $0 == wanted })
            }
        }

        @Test func `every f16 but NaN is widened exactly`() {
            let halves = (0..<65536).map { UInt16($0) }.filter { $0 & 0x7fff <= 0x7c00 }
            let wanted = halves.map { widened($0).bitPattern }
            let rows = Level.bits {
                var out = [Float](repeating: 0, count: halves.count)
                plasmid_widen(halves, 2, halves.count, &out)
                return out
            }
            #expect(rows.allSatisfy { $0 == wanted })
        }

        /// By its definition: sign, five bits of exponent, ten of fraction.
        private func widened(_ half: UInt16) -> Float {
            let exponent = Int(half >> 10 & 31), fraction = Float(half & 1023)
            let sign: Float = half & 0x8000 == 0 ? 1 : -1
            if exponent == 31 { return sign * .infinity }
            if exponent == 0 {
                return Float(sign: .plus, exponent: -24, significand: fraction) * sign
            }
            return Float(sign: .plus, exponent: exponent - 25, significand: fraction + 1024) * sign
        }

        @Test func `bf16 is widened exactly and rounded to nearest even`() {
            var draw = Draw(23)
            for kind in Draw.Kind.allCases {
                let values = draw.floats(1003, kind) + [.nan, Float(bitPattern: 0x7f80_0001)]
                let wanted = values.map { rounded($0) }
                for level in Level.here {
                    var out = [UInt16](repeating: 0, count: values.count)
                    level.use { plasmid_round_bf16(values, values.count, &out) }
                    #expect(out == wanted, "\(level), \(kind)")
                    var wide = values
                    level.use { plasmid_widen(out, 1, out.count, &wide) }
                    #expect(wide.map(\.bitPattern) == out.map { UInt32($0) << 16 })
                }
            }
        }

        private func rounded(_ value: Float) -> UInt16 {
            let bits = value.bitPattern
            if value.isNaN { return UInt16(bits >> 16) | 0x40 }
            let rest = bits & 0xffff, isUp = rest > 0x8000 || rest == 0x8000 && bits >> 16 & 1 == 1
            return UInt16((bits >> 16) + (isUp ? 1 : 0))
        }

        @Test func `the first of the largest elements is found and NaN never wins`() {
            var draw = Draw(24)
            for count in Self.counts + [4099] {
                for kind in Draw.Kind.allCases {
                    var x = draw.floats(count, kind)
                    let twice = draw.below(count)
                    x[twice] = x[draw.below(count)]
                    var best: Int?
                    for i in 0..<count where !x[i].isNaN && (best.map { x[i] > x[$0] } ?? true) {
                        best = i
                    }
                    for level in Level.here {
                        #expect(level.use { plasmid_argmax(x, count) } == best ?? 0, "\(level)")
                    }
                }
            }
        }

        @Test func `an infinite or undefined element is noticed wherever it stands`() {
            for level in Level.here {
                for count in [1, 5, 16, 33, 100] {
                    for position in [0, count / 2, count - 1] {
                        for bad in [Float.infinity, -.infinity, .nan] {
                            var x = [Float](repeating: .greatestFiniteMagnitude, count: count)
                            level.use {
                                #expect(plasmid_all_finite(x, 0, count) == 1)
                                x[position] = bad
                                #expect(plasmid_all_finite(x, 0, count) == 0)
                                var halves = [UInt16](repeating: 0x7f7f, count: count)
                                #expect(plasmid_all_finite(halves, 1, count) == 1)
                                halves[position] = 0xff80
                                #expect(plasmid_all_finite(halves, 1, count) == 0)
                                halves = [UInt16](repeating: 0xfbff, count: count)
                                #expect(plasmid_all_finite(halves, 2, count) == 1)
                                halves[position] = 0x7c00
                                #expect(plasmid_all_finite(halves, 2, count) == 0)
                            }
                        }
                    }
                }
            }
        }
    }
}
