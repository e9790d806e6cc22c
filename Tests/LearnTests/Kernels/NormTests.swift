import CKernels
import Testing

extension KernelsTests {
    /// Norms and attention rows beside Swift written straight from the rule.
    @Suite struct NormTests {
        static let counts = [1, 7, 64, 511, 512, 513, 1024, 1025, 2048, 3584, 4096, 4608, 5000]

        /// One f64 chain for each block of 512, block sums added in ascending order.
        private func sum(_ terms: [Double]) -> Double {
            var total = 0.0
            for start in stride(from: 0, to: terms.count, by: 512) {
                var chain = 0.0
                for term in terms[start..<min(start + 512, terms.count)] { chain += term }
                total = start == 0 ? chain : total + chain
            }
            return total
        }

        @Test func `a root mean square norm follows the rule to the bit`() {
            var draw = Draw(31)
            for count in Self.counts {
                let x = draw.floats(count, .wide).map { $0 * 0x1p-20 }
                let weight = draw.floats(count, .plain)
                for offset in [Float(0), 1] {
                    let squares = sum(x.map { Double($0) * Double($0) })
                    let mean = squares / Double(count) + 1e-6
                    let factor = Float(1 / mean.squareRoot())
                    let wanted = zip(x, weight).map { ($0 * factor) * ($1 + offset) }
                    let rows = Level.bits {
                        var out = x
                        plasmid_rms_norm(x, count, weight, 0, offset, 1e-6, &out)
                        return out
                    }
                    let bits = wanted.map { Level.bits($0) }
                    #expect(rows.allSatisfy { $0 == bits }, "\(count)")
                }
            }
        }

        @Test func `a layer norm follows the rule to the bit`() {
            var draw = Draw(32)
            for count in Self.counts {
                let x = draw.floats(count, .plain).map { $0 + 3 }
                let weight = draw.floats(count, .plain), bias = draw.floats(count, .plain)
                let mean = sum(x.map { Double($0) }) / Double(count)
                let squares = sum(x.map { (Double($0) - mean) * (Double($0) - mean) })
                let factor = Float(1 / (squares / Double(count) + 1e-5).squareRoot())
                let wanted = (0..<count).map {
                    (Float(Double(x[$0]) - mean) * factor) * weight[$0] + bias[$0]
                }
                let rows = Level.bits {
                    var out = x
                    plasmid_layer_norm(x, count, weight, 0, bias, 0, 1e-5, &out)
                    return out
                }
                let bits = wanted.map { Level.bits($0) }
                #expect(rows.allSatisfy { $0 == bits }, "\(count)")
            }
        }

        /// Two large values of opposite sign make the order of additions visible: what the chain
        /// of a large value's block loses, the next block's keeps.
        @Test func `sums run in blocks of 512 in ascending order`() {
            var draw = Draw(34)
            for count in [1024, 1500, 2048, 4608, 5000] {
                var x = draw.floats(count, .plain).map { $0 * 0x1p-10 }
                x[100] = 0x1p42
                x[count - 200] = -0x1p42
                let mean = sum(x.map { Double($0) }) / Double(count)
                let squares = sum(x.map { (Double($0) - mean) * (Double($0) - mean) })
                let factor = Float(1 / (squares / Double(count)).squareRoot())
                let ones = [Float](repeating: 1, count: count)
                let wanted = x.map { Level.bits((Float(Double($0) - mean) * factor) * 1) }
                let rows = Level.bits {
                    var out = x
                    plasmid_layer_norm(x, count, ones, 0, nil, 0, 0, &out)
                    return out
                }
                #expect(rows.allSatisfy { $0 == wanted }, "\(count)")
                let plain = x.reduce(0.0) { $0 + Double($1) } / Double(count)
                #expect(plain != mean, "the values do not show the order")
            }
        }

        @Test func `a norm without bias leaves out the last addition`() {
            let x: [Float] = [1, 2, 3, 6], weight: [UInt16] = [0x3f80, 0x3f80, 0x4000, 0x3f80]
            let rows = Level.here.map { level in
                level.use {
                    var out = x
                    plasmid_layer_norm(x, 4, weight, 1, nil, 0, 0, &out)
                    return out
                }
            }
            #expect(rows.allSatisfy { $0 == rows[0] })
            #expect(abs(rows[0][0] + 1.069045) < 1e-6 && rows[0][2] == 0)
        }

        @Test func `probabilities are exponentials of the distance to the largest score`() {
            var draw = Draw(33)
            for count in Self.counts {
                let scores = draw.floats(count, .plain).map { $0 * 20 }
                let first = draw.below(3) == 0 ? draw.below(count) : 0
                let end = count - draw.below(2) * draw.below(count - first)
                let scale: Float = 0.125
                var wanted = [Float](repeating: 0, count: count)
                let most = scores[first..<end].map { $0 * scale }.max() ?? 0
                for key in first..<end { wanted[key] = plasmid_exp(scores[key] * scale - most) }
                let total = Float(sum(wanted.map { Double($0) }))
                let rows = Level.bits {
                    var out = scores
                    let found = plasmid_softmax_row(&out, scale, first, end, count)
                    return out + [found]
                }
                let bits = (wanted + [total]).map { Level.bits($0) }
                #expect(rows.allSatisfy { $0 == bits }, "\(count): \(first)..<\(end)")
            }
        }

        @Test func `a row that sees no key has no probability`() {
            var scores: [Float] = [1, 2, 3]
            #expect(plasmid_softmax_row(&scores, 1, 2, 2, 3) == 0)
            #expect(scores == [0, 0, 0])
        }
    }

    @Test func `rows of scores side by side are the rows alone, bit for bit`() {
        for (rows, count) in [(1, 5), (7, 40), (8, 512), (19, 700), (24, 1_300)] {
            let stride = count + 3
            var together = (0..<rows * stride).map { index in
                Float((index * 7_919) % 1_009) / 60 - 8
            }
            var alone = together
            let firsts = (0..<rows).map { $0 * 5 % count }
            let ends = (0..<rows).map { min(count, firsts[$0] + 1 + $0 * 97 % count) }
            var sums = [Float](repeating: -1, count: rows)
            plasmid_softmax_rows(&together, stride, rows, 0.7, firsts, ends, count, &sums)
            for row in 0..<rows {
                let sum = alone.withUnsafeMutableBufferPointer { space in
                    space.baseAddress.map { start in
                        plasmid_softmax_row(
                            start + row * stride, 0.7, firsts[row], ends[row], count)
                    }
                }
                #expect(sum?.bitPattern == sums[row].bitPattern, "row \(row) of \(rows)")
            }
            #expect(together.map(\.bitPattern) == alone.map(\.bitPattern))
        }
    }
}
