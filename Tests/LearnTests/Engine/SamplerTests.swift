import Testing

@testable import Learn

@Suite struct SamplerTests {
    private static let logits: [Float] = [1, 3, 2, -1, 0, 2.5]

    private func settings(_ change: (inout SamplingSettings) -> Void) -> SamplingSettings {
        var settings = SamplingSettings()
        change(&settings)
        return settings
    }

    /// How often each token is drawn.
    private func counts(
        _ settings: SamplingSettings, _ logits: [Float] = logits, draws: Int = 20_000
    ) -> [Int] {
        var sampler = Sampler(settings, prompt: [])
        var counts = [Int](repeating: 0, count: logits.count)
        for _ in 0..<draws { counts[sampler.choose(logits)] += 1 }
        return counts
    }

    private func probabilities(_ logits: [Float], temperature: Double = 1) -> [Double] {
        let weights = logits.map { LogitRowTests.exponential(Double($0) / temperature) }
        let sum = weights.reduce(0, +)
        return weights.map { $0 / sum }
    }

    @Test func `without a temperature the largest wins, the first of equals`() {
        var sampler = Sampler(SamplingSettings(), prompt: [])
        #expect(sampler.isGreedy)
        #expect(sampler.choose(Self.logits) == 1)
        #expect(sampler.choose([0, 4, 4]) == 1)
    }

    @Test("draws come as often as their probability says", arguments: [0.5, 1, 2])
    func frequencies(_ temperature: Double) {
        let found = counts(settings { $0.temperature = temperature })
        let expected = probabilities(Self.logits, temperature: temperature)
        for (count, probability) in zip(found, expected) {
            let spread = (20_000 * probability * (1 - probability)).squareRoot()
            #expect(abs(Double(count) - 20_000 * probability) < 4.5 * spread + 1)
        }
    }

    @Test func `top-k leaves the likeliest and keeps their odds`() {
        let found = counts(settings { ($0.temperature, $0.topK) = (1, 2) })
        #expect(found.indices.filter { found[$0] > 0 } == [1, 5])
        let share = Double(found[1]) / 20_000
        let odds = LogitRowTests.exponential(0.5)
        #expect(abs(share - odds / (1 + odds)) < 0.02)
        #expect(counts(settings { ($0.temperature, $0.topK) = (1, 1) })[1] == 20_000)
    }

    @Test func `top-p leaves as few as reach it, the one that crosses among them`() {
        // 0.44, 0.27 and 0.16 are the largest.
        let cases: [(Double, [Int])] = [(0.4, [1]), (0.5, [1, 5]), (0.75, [1, 2, 5])]
        for (topP, expected) in cases {
            let found = counts(settings { ($0.temperature, $0.topP) = (1, topP) }, draws: 2_000)
            #expect(found.indices.filter { found[$0] > 0 } == expected, "\(topP)")
        }
    }

    @Test func `top-p is measured on what top-k leaves`() {
        // Of the two likeliest, the first has 0.62 of the mass.
        let found = counts(
            settings { ($0.temperature, $0.topK, $0.topP) = (1, 2, 0.6) }, draws: 2_000)
        #expect(found[1] == 2_000)
    }

    @Test func `min-p leaves what is near enough to the likeliest`() {
        // exp(-0.5) = 0.61, exp(-1) = 0.37.
        for (minP, expected) in [(0.7, [1]), (0.5, [1, 5]), (0.3, [1, 2, 5])] {
            let found = counts(settings { ($0.temperature, $0.minP) = (1, minP) }, draws: 2_000)
            #expect(found.indices.filter { found[$0] > 0 } == expected, "\(minP)")
            let both = counts(
                settings { ($0.temperature, $0.minP, $0.topK) = (1, minP, 6) }, draws: 2_000)
            #expect(both.indices.filter { both[$0] > 0 } == expected, "\(minP) with top-k")
        }
    }

    @Test func `the repetition penalty weakens what stands in prompt or answer`() {
        var sampler = Sampler(settings { $0.repetitionPenalty = 2 }, prompt: [1, 99])
        #expect(!sampler.isGreedy)
        // 3 becomes 1.5; then 2.5 becomes 1.25.
        #expect(sampler.choose(Self.logits) == 5)
        #expect(sampler.choose(Self.logits) == 2)
        // A negative logit is multiplied.
        var other = Sampler(settings { $0.repetitionPenalty = 2 }, prompt: [0])
        #expect(other.choose([-1, -1.5]) == 1)
    }

    @Test func `presence counts once, frequency each time, neither counts the prompt`() {
        var presence = Sampler(settings { $0.presencePenalty = 0.6 }, prompt: [1])
        #expect([0, 1, 2].map { _ in presence.choose(Self.logits) } == [1, 5, 1])
        var frequency = Sampler(settings { $0.frequencyPenalty = 0.4 }, prompt: [1])
        #expect([0, 1, 2, 3].map { _ in frequency.choose(Self.logits) } == [1, 1, 5, 1])
    }

    @Test func `a bias moves single tokens, and one outside the vocabulary none`() {
        var sampler = Sampler(settings { $0.bias = [3: 10, 77: 100, -1: 100] }, prompt: [])
        #expect(sampler.choose(Self.logits) == 3)
        var without = Sampler(settings { $0.bias = [1: -100] }, prompt: [])
        #expect(without.choose(Self.logits) == 5)
    }

    @Test func `a seed repeats, another differs, and remembered tokens count as drawn`() {
        func drawn(_ seed: UInt64) -> [Int] {
            var sampler = Sampler(settings { ($0.temperature, $0.seed) = (1.5, seed) }, prompt: [])
            return (0..<50).map { _ in sampler.choose(Self.logits) }
        }
        #expect(drawn(5) == drawn(5))
        #expect(drawn(5) != drawn(6))
        var late = Sampler(settings { ($0.temperature, $0.seed) = (1.5, 5) }, prompt: [])
        for token in drawn(5).prefix(10) { late.note(token) }
        #expect((10..<50).map { _ in late.choose(Self.logits) } == Array(drawn(5).dropFirst(10)))
    }

    @Test(
        "a temperature near zero is greedy and never chooses by accident",
        arguments: [1e-300, 1e-50, 1e-39, 1e-30, 1e-6])
    func coldest(_ temperature: Double) {
        for logits in [Self.logits, [-3, -1, -2], [0, 0, 0], [3e38, -3e38]] as [[Float]] {
            var sampler = Sampler(
                settings { ($0.temperature, $0.topK) = (temperature, 2) }, prompt: [])
            let largest = logits.max()
            #expect(logits[sampler.choose(logits)] == largest)
        }
    }
}
