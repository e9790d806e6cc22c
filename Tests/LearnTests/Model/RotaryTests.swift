import Testing

@testable import Learn

/// Values of transformers' `LlamaRotaryEmbedding` (heads of 16 elements), in f32.
@Suite struct RotaryTests {
    private struct Expected {
        let frequencies: [Float]
        let magnitude: Float
        /// Cosines of position 7.
        let cosines: [Float]
        /// Sines of position 1000.
        let sines: [Float]
    }

    /// The reference's angles are off by some bits of f32 at position 1000, ours by one.
    private func compare(_ rotary: Rotary, _ expected: Expected) {
        for (found, wanted) in zip(rotary.frequencies, expected.frequencies) {
            #expect(abs(found - wanted) <= 4e-7 * wanted)
        }
        #expect(rotary.frequencies.count == 8)
        #expect(abs(rotary.magnitude - expected.magnitude) <= 1e-6)
        rotary.angles(at: 7) { pair, cosine, _ in
            #expect(abs(cosine - expected.cosines[pair]) <= 3e-6)
        }
        rotary.angles(at: 1_000) { pair, _, sine in
            #expect(abs(sine - expected.sines[pair]) <= 3e-4)
        }
    }

    @Test func `plain angles are those of the reference`() {
        compare(
            Rotary(width: 16, theta: 10_000, scaling: .none),
            Expected(
                frequencies: [
                    1.0, 0.3162277638912201, 0.10000000149011612, 0.03162277862429619,
                    0.009999999776482582, 0.003162277862429619, 0.0010000000474974513,
                    0.0003162277862429619,
                ], magnitude: 1,
                cosines: [
                    0.7539022564888, -0.5994374752044678, 0.7648422122001648, 0.9755998849868774,
                    0.9975510239601135, 0.9997550249099731, 0.9999755024909973,
                    0.9999975562095642,
                ],
                sines: [
                    0.8268795609474182, 0.8786872029304504, -0.5063656568527222,
                    0.2053794413805008, -0.5440211296081543, -0.020683808252215385,
                    0.8414709568023682, 0.3109836280345917,
                ]))
    }

    @Test func `linear scaling divides all angles`() {
        compare(
            Rotary(width: 16, theta: 10_000, scaling: .linear(factor: 4)),
            Expected(
                frequencies: [
                    0.25, 0.07905694097280502, 0.02500000037252903, 0.007905694656074047,
                    0.0024999999441206455, 0.0007905694656074047, 0.0002500000118743628,
                    7.905694656074047e-05,
                ], magnitude: 1,
                cosines: [
                    -0.17824605107307434, 0.8507431745529175, 0.9847265481948853,
                    0.9984691143035889, 0.999846875667572, 0.9999846816062927,
                    0.9999984502792358, 0.9999998807907104,
                ],
                sines: [
                    -0.9705280065536499, -0.4943803548812866, -0.13235175609588623,
                    0.9986631870269775, 0.5984721183776855, 0.7107539772987366,
                    0.24740396440029144, 0.07897461950778961,
                ]))
    }

    @Test func `the scaling of Llama 3 leaves short waves and stretches long ones`() {
        compare(
            Rotary(
                width: 16, theta: 500_000,
                scaling: .llama3(factor: 8, low: 1, high: 4, original: 64)),
            Expected(
                frequencies: [
                    1.0, 0.07940301299095154, 0.004700753837823868, 0.0009115831344388425,
                    0.00017677668074611574, 3.428102354519069e-05, 6.647869668086059e-06,
                    1.289173155782919e-06,
                ], magnitude: 1,
                cosines: [
                    0.7539022564888, 0.8494675159454346, 0.9994586706161499, 0.9999796152114868,
                    0.9999992251396179, 1.0, 1.0, 1.0,
                ],
                sines: [
                    0.8268795609474182, -0.7599256634712219, -0.9999322891235352,
                    0.7904743552207947, 0.17585740983486176, 0.03427430987358093,
                    0.006647820584475994, 0.0012891727965325117,
                ]))
    }

    @Test func `YaRN ramps between whole pairs, or between fractions of them`() {
        compare(
            Rotary(
                width: 16, theta: 10_000,
                scaling: .yarn(factor: 4, fast: 32, slow: 1, original: 64, truncates: true)),
            Expected(
                frequencies: [
                    1.0, 0.23717081546783447, 0.04999999701976776, 0.007905694656074047,
                    0.0024999999441206455, 0.0007905694656074047, 0.0002500000118743628,
                    7.905694656074047e-05,
                ], magnitude: 1.138629436111989,
                cosines: [
                    0.8584153056144714, -0.10165722668170929, 1.0695974826812744,
                    1.1368863582611084, 1.1384550333023071, 1.1386120319366455,
                    1.1386276483535767, 1.1386293172836304,
                ],
                sines: [
                    0.9415094256401062, -1.1384146213531494, -0.29875192046165466,
                    1.137107253074646, 0.6814379692077637, 0.8092854022979736,
                    0.2817014455795288, 0.08992282301187515,
                ]))
        let smooth = Rotary(
            width: 16, theta: 10_000,
            scaling: .yarn(factor: 4, fast: 32, slow: 1, original: 64, truncates: false))
        #expect(abs(smooth.frequencies[1] - 0.19858352839946747) < 1e-7)
        #expect(abs(smooth.frequencies[2] - 0.025595249608159065) < 2e-8)
        #expect(abs(smooth.frequencies[3] - 0.007905694656074047) < 4e-9)
    }

    @Test func `YaRN's magnitude can be given`() {
        let scaling = Rotary.Scaling.yarn(
            factor: 4, fast: 32, slow: 1, original: 64, truncates: true)
        let given = Rotary(width: 16, theta: 10_000, scaling: scaling, magnitude: 0.75)
        #expect(given.magnitude == 0.75)
        given.angles(at: 7) { pair, cosine, _ in
            if pair == 0 { #expect(abs(cosine - 0.5654267072677612) < 1e-6) }
        }
        #expect(Rotary.yarnMagnitude(factor: 1, scale: 1) == 1)
        #expect(Rotary.yarnMagnitude(factor: 0.5, scale: 1) == 1)
    }
}
