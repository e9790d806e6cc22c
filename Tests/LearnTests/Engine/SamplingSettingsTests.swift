import Testing

@testable import Learn

@Suite struct SamplingSettingsTests {
    private func refused(_ change: (inout SamplingSettings) -> Void) -> String? {
        var settings = SamplingSettings()
        change(&settings)
        do throws(LearnError) {
            try settings.check()
            return nil
        } catch {
            guard case .request(.setting(let name, _)) = error else { return "other" }
            return name
        }
    }

    @Test func `the ends of every range are allowed`() {
        #expect(refused { _ in } == nil)
        #expect(refused { ($0.temperature, $0.topP, $0.minP) = (100, 1, 0) } == nil)
        #expect(refused { ($0.repetitionPenalty, $0.bias) = (100, [3: -1e6]) } == nil)
        #expect(refused { ($0.presencePenalty, $0.frequencyPenalty) = (-100, 100) } == nil)
    }

    @Test func `what lies outside is refused by the name of its option`() {
        for value in [-0.1, 101, .infinity, .nan] {
            #expect(refused { $0.temperature = value } == "temperature")
        }
        #expect(refused { $0.topK = -1 } == "top-k")
        for value in [0, 1.1, .nan] { #expect(refused { $0.topP = value } == "top-p") }
        for value in [-0.1, 1, .nan] { #expect(refused { $0.minP = value } == "min-p") }
        for value in [0, 101, .nan] {
            #expect(refused { $0.repetitionPenalty = value } == "repetition-penalty")
        }
        #expect(refused { $0.presencePenalty = 101 } == "presence-penalty")
        #expect(refused { $0.frequencyPenalty = .nan } == "frequency-penalty")
        #expect(refused { $0.bias = [1: 0, 2: .nan] } == "logit-bias")
    }

    @Test func `only penalties and bias change logits`() {
        var settings = SamplingSettings()
        settings.temperature = 2
        settings.topK = 3
        #expect(!settings.changesLogits)
        settings.bias = [1: 0]
        #expect(settings.changesLogits)
    }
}
