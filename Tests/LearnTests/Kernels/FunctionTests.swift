import CKernels
import Foundation
import Testing

extension KernelsTests {
    /// Our own functions beside the C library's in f64.
    @Suite struct FunctionTests {
        /// The largest error over a dense sweep, in units of the last place.
        private func error(
            of own: (Float) -> Float, against exact: (Double) -> Double,
            in range: ClosedRange<Float>, points: Int = 100_000
        ) -> Double {
            var worst = 0.0
            for point in 0...points {
                let part = Float(point) / Float(points)
                let x = range.lowerBound + (range.upperBound - range.lowerBound) * part
                let wanted = exact(Double(x)), found = Double(own(x))
                let unit = Double(max(Float(abs(wanted)), .leastNormalMagnitude).ulp)
                worst = max(worst, abs(found - wanted) / unit)
            }
            return worst
        }

        @Test func `exp is within one unit in the last place`() {
            #expect(error(of: plasmid_exp, against: exp, in: -1...1) < 1)
            #expect(error(of: plasmid_exp, against: exp, in: -87...88.7) < 1)
            #expect(error(of: plasmid_exp, against: exp, in: -104...(-87)) < 1)
        }

        @Test func `tanh, erf and log are within two units in the last place`() {
            #expect(error(of: plasmid_tanh, against: tanh, in: -10...10) < 1.5)
            #expect(error(of: plasmid_tanh, against: tanh, in: 0.5...0.7) < 1.5)
            #expect(error(of: plasmid_tanh, against: tanh, in: -1e-3...1e-3) < 1.5)
            #expect(error(of: plasmid_erf, against: erf, in: -5...5) < 1.5)
            #expect(error(of: plasmid_erf, against: erf, in: 0.9...1) < 1.5)
            #expect(error(of: plasmid_log, against: log, in: 1e-6...100) < 0.6)
        }

        @Test func `ends and undefined values are kept`() {
            #expect(plasmid_exp(.infinity) == .infinity && plasmid_exp(-.infinity) == 0)
            #expect(plasmid_exp(89) == .infinity && plasmid_exp(-0.0) == 1)
            #expect(plasmid_exp(.nan).isNaN && plasmid_tanh(.nan).isNaN && plasmid_erf(.nan).isNaN)
            #expect(plasmid_tanh(.infinity) == 1 && plasmid_tanh(-.infinity) == -1)
            #expect(plasmid_erf(.infinity) == 1 && plasmid_erf(-0.0).sign == .minus)
            #expect(plasmid_log(0) == -.infinity && plasmid_log(-1).isNaN)
            #expect(plasmid_log(.infinity) == .infinity && plasmid_log(1) == 0)
            #expect(plasmid_exp64(710) == .infinity && plasmid_exp64(-746) == 0)
            #expect(plasmid_exp64(.nan).isNaN && plasmid_log64(.nan).isNaN)
            #expect(plasmid_log64(.leastNonzeroMagnitude) == log(Double.leastNonzeroMagnitude))
        }

        @Test func `exp and log in f64 are within two units in the last place`() {
            var draw = Draw(41), worst = 0.0
            for _ in 0..<200_000 {
                let part = Double(draw.word() >> 11) * 0x1p-53
                let x = -708 + 1417 * part, e = exp(x)
                worst = max(worst, abs(plasmid_exp64(x) - e) / e.ulp)
                let positive = exp(-300 + 600 * part), l = log(positive)
                worst = max(worst, abs(plasmid_log64(positive) - l) / l.ulp)
                let near = 0.5 + part, n = log(near)
                worst = max(worst, abs(plasmid_log64(near) - n) / n.ulp)
            }
            #expect(worst < 2)
        }

        @Test(arguments: [1.0, 10, 1000, 0x1p20, 0x1p30])
        func `sine and cosine are right to 1e-15`(range: Double) {
            var draw = Draw(42), worst = 0.0
            for _ in 0..<100_000 {
                let x = range * (Double(draw.word() >> 11) * 0x1p-52 - 1)
                var sine = 0.0, cosine = 0.0
                plasmid_sincos(x, &sine, &cosine)
                worst = max(worst, abs(sine - sin(x)), abs(cosine - cos(x)))
            }
            #expect(worst < 1e-15)
        }

        /// gelu and silu are short formulas of the functions above: absolute errors suffice.
        @Test func `activations are what their formulas say`() {
            let x = (0...4000).map { Float($0 - 2000) / 200 }
            let ones = [Float](repeating: 1, count: x.count)
            var silu = x, byTanh = x, byErf = x
            plasmid_silu_gate(x, ones, x.count, &silu)
            plasmid_gelu_tanh(x, x.count, &byTanh)
            plasmid_gelu_erf(x, x.count, &byErf)
            for (i, value) in x.map({ Double($0) }).enumerated() {
                let bound = 3e-7 * max(1, abs(value))
                #expect(abs(Double(silu[i]) - value / (1 + exp(-value))) < bound)
                let inner =
                    (2 / Double.pi).squareRoot() * (value + 0.044715 * value * value * value)
                #expect(abs(Double(byTanh[i]) - 0.5 * value * (1 + tanh(inner))) < bound)
                #expect(
                    abs(Double(byErf[i]) - 0.5 * value * (1 + erf(value * 0.5.squareRoot())))
                        < bound)
            }
        }

        @Test func `functions of one variable have the same bits at every level`() {
            var draw = Draw(43)
            let x = Draw.Kind.allCases.flatMap { draw.floats(2000, $0) }
            for function in [plasmid_exp, plasmid_tanh, plasmid_erf, plasmid_log] {
                let rows = Level.bits { x.map { function($0) } }
                #expect(rows.allSatisfy { $0 == rows[0] })
            }
        }
    }
}
