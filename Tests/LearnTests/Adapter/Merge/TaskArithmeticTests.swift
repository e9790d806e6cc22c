import Testing

@testable import Learn

/// Values of PEFT's `merge_utils` for three small tensors.
@Suite struct TaskArithmeticTests {
    private let tensors: [[Float]] = [
        [0.9, -0.2, 0.3, 0.0, -0.7, 0.5], [-0.4, -0.6, 0.3, 0.8, 0.1, -0.5],
        [0.1, 0.2, -0.9, -0.8, 0.25, -0.05],
    ]
    private let weights: [Float] = [1, 0.5, -2]
    /// Which elements the random methods keep.
    private let masks: [[Int]] = [[1, 0, 1, 1, 0, 1], [0, 1, 1, 0, 1, 1], [1, 1, 1, 0, 0, 0]]

    private func combine(
        _ method: MergeMethod, density: Double = 0.5, countsSigns: Bool = false
    ) -> [Float] {
        var settings = MergeSettings()
        settings.method = method
        settings.density = density
        settings.countsSigns = countsSigns
        let masks = masks
        let arithmetic = TaskArithmetic(settings) { stream, element in
            masks[Int(stream)][element] == 1
        }
        return arithmetic.combine(tensors, weights: weights, streams: [0, 1, 2])
    }

    private func expect(_ found: [Float], _ expected: [Float]) {
        #expect(found.count == expected.count)
        for (left, right) in zip(found, expected) { #expect(abs(left - right) <= 2e-7 * 4) }
    }

    @Test func `linear is the weighted sum`() {
        expect(combine(.linear), [0.5, -0.9, 2.25, 2.0, -1.15, 0.35])
    }

    @Test func `ties trims, elects a sign and takes the mean of those that agree`() {
        expect(combine(.ties), [0.9, -0.3, 1.8, 0.4, -0.7, 0.5])
        expect(combine(.ties, density: 1), [0.35, -0.25, 1.8, 0.4, -0.7, -0.075])
        expect(combine(.ties, countsSigns: true), [0.9, -0.3, 1.8, 0.4, -0.5, 0.5])
        expect(
            combine(.ties, density: 1, countsSigns: true),
            [0.35, -0.25, 0.225, 0.4, -0.225, -0.075])
    }

    @Test func `magnitude pruning keeps the largest of each`() {
        expect(combine(.magnitudePrune), [0.9, -0.3, 1.8, 2.0, -1.2, 0.25])
        expect(combine(.magnitudePrune, density: 0.34), [0.9, -0.3, 1.8, 2.0, -0.7, 0])
    }

    @Test func `DARE drops, rescales and sums, or elects`() {
        expect(combine(.dareLinear, density: 0.4), [1.75, -1.75, 5.625, 0, 0.125, 0.625])
        expect(combine(.dareTies, density: 0.4), [0.875, -0.75, 4.5, 0, 0.125, 1.25])
        expect(
            combine(.dareTies, density: 0.4, countsSigns: true),
            [0.875, -1.0, 0.5625, 0, 0.125, 1.25])
    }

    @Test func `a density of one leaves nothing out, also at random`() {
        expect(combine(.dareLinear, density: 1), combine(.linear))
        expect(combine(.dareTies, density: 1), combine(.ties, density: 1))
    }

    @Test func `the random choice keeps its share and repeats with its seed`() {
        var settings = MergeSettings()
        settings.density = 0.3
        let one = TaskArithmetic(settings)
        let kept = (0..<20_000).count { one.keeps(4, $0) }
        #expect(abs(kept - 6_000) < 300)
        let same = TaskArithmetic(settings)
        #expect((0..<1_000).allSatisfy { one.keeps(4, $0) == same.keeps(4, $0) })
        #expect((0..<1_000).contains { one.keeps(4, $0) != one.keeps(5, $0) })
        settings.seed = 1
        let other = TaskArithmetic(settings)
        #expect((0..<1_000).contains { one.keeps(4, $0) != other.keeps(4, $0) })
    }
}
