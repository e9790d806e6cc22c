import Genome
import Testing

@testable import Learn

@Suite struct TrainedAdapterTests {
    private func adapter(
        _ training: TrainingCase, _ change: (inout TrainingSettings) -> Void
    ) throws -> TrainedAdapter {
        var settings = TrainingSettings()
        change(&settings)
        return try TrainedAdapter(training.model, settings)
    }

    @Test func `targets mean what they mean to PEFT`() throws {
        let training = try TrainingCase("llama-llama3")
        let standard = try adapter(training) { _ in }
        #expect(standard.pairs.count == 2 * training.model.blocks.count)
        let all = try adapter(training) { $0.targets = .allLinear }
        #expect(all.pairs.count == 7 * training.model.blocks.count)
        #expect(all.pairs.map(\.index) == Array(0..<all.pairs.count))
        let pattern = try adapter(training) { $0.targets = .pattern(".*layers\\.1\\.mlp\\..*") }
        #expect(pattern.pairs.map(\.linear.path).allSatisfy { $0.contains("layers.1.mlp") })
        #expect(pattern.pairs.count == 3)
        let ranks = try adapter(training) {
            $0.targets = .allLinear
            $0.rankPattern = [("q_proj", 3)]
            $0.alphaPattern = [("v_proj", 5)]
        }
        #expect(ranks.pair("model.layers.0.self_attn.q_proj")?.rank == 3)
        #expect(ranks.pair("model.layers.0.self_attn.v_proj")?.alpha == 5)
        #expect(ranks.pair("model.layers.0.self_attn.k_proj")?.rank == 8)
        #expect(ranks.parameters == ranks.matrices.reduce(0) { $0 + $1.count })
    }

    @Test func `a misspelt target is refused with the nearest names`() throws {
        let training = try TrainingCase("llama-llama3")
        let error = #expect(throws: LearnError.self) {
            _ = try self.adapter(training) { $0.targets = .names(["q_porj"]) }
        }
        #expect(error?.description.contains("q_proj") == true)
        let names = [
            "q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj",
        ]
        #expect(throws: LearnError.training(.noModules(among: names))) {
            _ = try self.adapter(training) { $0.targets = .pattern("nothing") }
        }
        let key = LearnError.training(.unusedPattern("k_proj", among: ["q_proj", "v_proj"]))
        #expect(throws: key) {
            _ = try self.adapter(training) { $0.rankPattern = [("k_proj", 3)] }
        }
        #expect(throws: key) {
            _ = try self.adapter(training) { $0.alphaPattern = [("k_proj", 3)] }
        }
        #expect(throws: LearnError.training(.pattern("(("))) {
            _ = try self.adapter(training) { $0.targets = .pattern("((") }
        }
        #expect(throws: LearnError.training(.module("lm_head", why: "it is the output head"))) {
            _ = try self.adapter(training) { $0.targets = .names(["q_proj", "lm_head"]) }
        }
    }

    @Test func `an adapter to start from must agree in rank, scale and modules`() throws {
        let training = try TrainingCase("llama-llama3")
        let start = try training.start("qkvo")
        let same = try TrainedAdapter(training.model, training.settings("qkvo"))
        try same.start(from: start)
        #expect(same.pairs[0].upValues().contains { $0 != 0 })
        var settings = try training.settings("qkvo")
        for change in [
            { (settings: inout TrainingSettings) in settings.rank = 5 },
            { settings in settings.alpha = 9 },
            { settings in settings.targets = .names(["q_proj"]) },
            { settings in settings.targets = .allLinear },
        ] {
            settings = try training.settings("qkvo")
            change(&settings)
            let other = try TrainedAdapter(training.model, settings)
            let error = #expect(throws: LearnError.self) { try other.start(from: start) }
            guard case .training(.start)? = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
    }
}
