import Host
import Testing

@testable import Learn

@Suite struct AdamWTests {
    @Test func `a power by squaring is near the product`() {
        #expect(AdamW.power(0.9, 1) == 0.9)
        #expect(AdamW.power(0.5, 10) == 0x1p-10)
        #expect(abs(AdamW.power(0.999, 1_000) - 0.367_695_424_770_963_7) < 1e-13)
        #expect(AdamW.power(0.7, 0) == 1)
    }

    /// A matrix with values 1, 2, 3 … and a gradient of 3 and 4 alone.
    private func matrix(_ arena: inout Arena) -> TrainedMatrix {
        let matrix = TrainedMatrix(&arena, rows: 3, columns: 7)
        for place in 0..<21 { matrix.values[place] = Float(place + 1) }
        matrix.gradient[2] = 3
        matrix.gradient[20] = 4
        return matrix
    }

    @Test func `the norm is over all matrices, and limits the step`() throws {
        let team = try Team(lanes: 2)
        var arena = try Arena(bytes: 2 * TrainedMatrix.bytes(3, 7))
        let both = [matrix(&arena), matrix(&arena)]
        let norm = AdamW.gradientNorm(both, team)
        #expect(norm == 50.0.squareRoot())
        var settings = TrainingSettings()
        settings.clip = 1
        AdamW(settings: settings).move(both, step: 0, rate: 0.5, norm: norm, team)
        // The first step of Adam is the rate, whatever the gradient's size.
        #expect(abs(both[0].values[2] - 2.5) < 1e-5)
        #expect(both[0].values[3] == 4)
        let clipped = Float(3 / (norm + 1e-6) * 0.1)
        #expect(abs(both[1].means[2] - clipped) < 1e-6)
        both[0].clearGradient()
        #expect(AdamW.gradientNorm([both[0]], team) == 0)
    }

    @Test func `decay shrinks values without a gradient`() throws {
        let team = try Team(lanes: 1)
        var arena = try Arena(bytes: TrainedMatrix.bytes(3, 7))
        let one = matrix(&arena)
        one.clearGradient()
        var settings = TrainingSettings()
        settings.weightDecay = 0.1
        AdamW(settings: settings).move([one], step: 4, rate: 0.5, norm: 0, team)
        #expect(one.values[0] == Float(1 - 0.5 * 0.1))
    }
}
