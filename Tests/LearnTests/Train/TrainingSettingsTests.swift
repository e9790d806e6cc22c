import Genome
import Testing

@testable import Learn

@Suite struct TrainingSettingsTests {
    @Test func `what lies outside of its range is refused by name`() throws {
        try TrainingSettings().check()
        let changes: [(String, (inout TrainingSettings) -> Void)] = [
            ("rank", { $0.rank = 0 }), ("alpha", { $0.alpha = 0 }),
            ("dropout", { $0.dropout = 1 }), ("steps", { $0.steps = 0 }),
            ("batch", { $0.batch = 0 }), ("accumulate", { $0.accumulate = -1 }),
            ("lr", { $0.learningRate = .nan }), ("warmup", { $0.warmup = 101 }),
            ("weight-decay", { $0.weightDecay = -1 }), ("clip", { $0.clip = .infinity }),
            ("beta1", { $0.beta1 = 1 }), ("beta2", { $0.beta2 = -0.1 }),
            ("epsilon", { $0.epsilon = 0 }), ("steps", { $0.steps = 1 << 31 }),
            ("batch", { $0.batch = 1 << 40 }),
            ("batch", { ($0.batch, $0.accumulate) = (65_536, 17) }),
            ("rank-pattern", { $0.rankPattern = [("b", 1), ("a", 2)] }),
            ("rank-pattern", { $0.rankPattern = [("a", 1), ("a", 1)] }),
            ("rank-pattern", { $0.rankPattern = [("a", 0)] }),
            ("alpha-pattern", { $0.alphaPattern = [("a", -3)] }),
        ]
        for (name, change) in changes {
            var settings = TrainingSettings()
            change(&settings)
            let error = #expect(throws: LearnError.self) { try settings.check() }
            #expect(error?.description.hasPrefix(name) == true)
        }
    }

    @Test func `patterns count in the order of their keys`() throws {
        var settings = TrainingSettings()
        settings.rankPattern = [("v", 1), ("k", 2)]
        settings.alphaPattern = [("b", 1), ("a", 2)]
        settings.sortPatterns()
        try settings.check()
        #expect(settings.rankPattern.map(\.rank) == [2, 1])
        #expect(settings.alphaPattern.map(\.alpha) == [2, 1])
    }

    @Test func `the configuration is what an adapter's reader takes`() throws {
        let training = try TrainingCase("gpt2")
        var settings = TrainingSettings()
        settings.rank = 5
        settings.alpha = 7.5
        settings.dropout = 0.25
        settings.isRankStabilised = true
        settings.rankPattern = [("h.1.mlp.c_fc", 3)]
        let bytes = settings.adapterConfig(model: training.model, baseName: "a base")
        let config = try AdapterConfig(bytes)
        #expect(config.rank == 5 && config.alpha == "7.5" && config.dropout == "0.25")
        #expect(config.isRankStabilised)
        #expect(config.targets == .names(["c_attn"]))
        #expect(config.rank(of: "transformer.h.1.mlp.c_fc") == 3)
        let object = try JSONParser.parse(bytes, limits: JSONLimits(bytes: 1 << 16))
        #expect(object["fan_in_fan_out"]?.bool == true)
    }
}
