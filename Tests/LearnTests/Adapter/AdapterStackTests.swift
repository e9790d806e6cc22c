import Genome
import Testing

@testable import Learn

@Suite struct AdapterStackTests {
    private let scratch: ScratchFolder
    private let model: Model
    private let adapter: Adapter

    init() throws {
        scratch = try ScratchFolder()
        model = try HandModel().open(in: scratch)
        adapter = try HandAdapter().open(in: scratch)
    }

    private func stack(_ parts: [(String, Double)]) throws -> AdapterStack {
        try AdapterStack(
            parts.map { AdapterStack.Member(adapter, weight: $0.1, identifier: $0.0) },
            model: model)
    }

    private func logits(_ stack: AdapterStack?) throws -> [[Float]] {
        try Engine(model, profile: .portable, threads: 1).allLogits([1, 5, 3], adapters: stack)
    }

    @Test func `weights multiply scales, and members stand in the order of their names`() throws {
        let bound = try stack([("b", 0.5), ("a", -2)])
        let factors = try #require(bound.factors["model.layers.0.self_attn.q_proj"])
        // alpha 4 over rank 2, times the weight.
        #expect(factors.map(\.scale) == [-4, 1])
        #expect(bound.factors.count == 2)
    }

    @Test func `the order of a request changes no bit`() throws {
        #expect(
            try logits(stack([("b", 0.5), ("a", -2)])) == logits(stack([("a", -2), ("b", 0.5)])))
    }

    @Test func `an adapter moves the answer, and its opposite takes it back`() throws {
        let base = try logits(nil)
        let moved = try logits(stack([("a", 1)]))
        #expect(base != moved)
        let back = try logits(stack([("a", 1), ("b", -1)]))
        for (left, right) in zip(base, back) {
            for (one, other) in zip(left, right) { #expect(abs(one - other) < 1e-4) }
        }
    }

    @Test func `an adapter is what its merged base is`() throws {
        let bound = try stack([("a", 1)])
        var merged = HandModel()
        for (path, factors) in bound.factors {
            merged.change(path + ".weight") { tensor in
                for factor in factors {
                    let (up, down) = (factor.up.values(), factor.down.values())
                    for row in 0..<tensor.shape[0] {
                        for column in 0..<tensor.shape[1] {
                            for index in 0..<factor.rank {
                                tensor.values[row * tensor.shape[1] + column] +=
                                    factor.scale * up[row * factor.rank + index]
                                    * down[index * tensor.shape[1] + column]
                            }
                        }
                    }
                }
            }
        }
        let opened = try merged.open(in: scratch)
        let expected = try Engine(opened, profile: .portable, threads: 1).allLogits([1, 5, 3])
        for (left, right) in zip(try logits(bound), expected) {
            for (one, other) in zip(left, right) { #expect(abs(one - other) < 1e-4) }
        }
    }
}
