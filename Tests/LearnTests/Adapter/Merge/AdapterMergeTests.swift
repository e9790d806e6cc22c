import Genome
import Testing

@testable import Learn

@Suite struct AdapterMergeTests {
    private let scratch: ScratchFolder
    private let one: Adapter
    /// Rank 3, on two blocks.
    private let two: Adapter

    init() throws {
        scratch = try ScratchFolder()
        one = try HandAdapter().open(in: scratch)
        two = try Self.scaled(HandAdapter(rank: 3, blocks: 2)).open(in: scratch)
    }

    private static func scaled(_ adapter: HandAdapter) -> HandAdapter {
        var adapter = adapter
        for index in adapter.tensors.indices {
            adapter.tensors[index].values = adapter.tensors[index].values.map { $0 * 0.5 }
        }
        return adapter
    }

    private func modules(
        _ parts: [AdapterMerge.Part], _ change: (inout MergeSettings) -> Void
    ) throws -> [AdapterMerge.Module] {
        var settings = MergeSettings()
        change(&settings)
        return try AdapterMerge(parts, settings).modules()
    }

    /// What an adapter adds to one module, row by row.
    private func delta(_ adapter: Adapter, _ path: String) throws -> [Double] {
        guard let module = adapter.facts.modules.first(where: { $0.path == path }) else {
            return []
        }
        let parts = try adapter.parts(of: module)
        return product(
            parts.up.values(), parts.down.values(), rank: parts.down.rows,
            scale: try adapter.scale(of: module))
    }

    private func product(
        _ up: [Float], _ down: [Float], rank: Int, scale: Double = 1
    ) -> [Double] {
        let (rows, columns) = (up.count / rank, down.count / rank)
        return (0..<rows * columns).map { place in
            (0..<rank).reduce(0.0) { sum, index in
                sum + scale * Double(up[place / columns * rank + index])
                    * Double(down[index * columns + place % columns])
            }
        }
    }

    private func difference(_ left: [Double], _ right: [Double]) -> Double {
        zip(left, right).map { abs($0 - $1) }.max() ?? .infinity
    }

    @Test func `cat is exact, whatever the ranks and modules`() throws {
        let merged = try modules([(one, 0.5), (two, -2)]) { $0.method = .cat }
        #expect(merged.map(\.product.rank) == [5, 5, 3, 3])
        for module in merged {
            let first = try delta(one, module.path)
            let second = try delta(two, module.path)
            let expected = second.indices.map { index in
                (first.isEmpty ? 0 : 0.5 * first[index]) - 2 * second[index]
            }
            let found = product(
                module.product.up, module.product.down, rank: module.product.rank)
            #expect(difference(found, expected) < 1e-5)
        }
    }

    @Test func `svd at full rank is exact and at the parts' rank the best`() throws {
        let full = try modules([(one, 1), (two, 1)]) { ($0.method, $0.rank) = (.svd, 5) }
        let cat = try modules([(one, 1), (two, 1)]) { $0.method = .cat }
        for (left, right) in zip(full, cat) {
            #expect(left.product.rank == 5)
            #expect(
                difference(
                    product(left.product.up, left.product.down, rank: 5),
                    product(right.product.up, right.product.down, rank: right.product.rank))
                    < 1e-5)
        }
        #expect(try modules([(one, 1), (two, 1)]) { _ in }.allSatisfy { $0.product.rank == 3 })
    }

    @Test func `linear adds factors under roots of the weights, with the sign on one`() throws {
        let merged = try modules([(one, 1), (one, -1)]) { $0.method = .linear }
        // √2·A − √2·A: nothing is left of A; B doubles.
        for module in merged { #expect(module.product.down.allSatisfy { $0 == 0 }) }
        let alone = try modules([(one, 3)]) { $0.method = .linear }
        for module in alone {
            let expected = try delta(one, module.path).map { 3 * $0 }
            let found = product(module.product.up, module.product.down, rank: 2)
            #expect(difference(found, expected) < 1e-4)
        }
    }

    @Test func `methods that need equal ranks say so`() throws {
        for method in MergeMethod.allCases where method.isFactorwise {
            #expect(throws: LearnError.self) {
                _ = try modules([(one, 1), (two, 1)]) { $0.method = method }
            }
            #expect(try modules([(one, 1), (one, 1)]) { $0.method = method }.count == 2)
        }
    }

    @Test func `parts that cannot be merged are refused`() throws {
        #expect(throws: LearnError.self) { _ = try modules([]) { _ in } }
        var biased = HandAdapter()
        biased.config["lora_bias"] = true
        for (name, outputs) in [("q_proj", 8), ("v_proj", 4)] {
            biased.tensors.append(
                HandTensor(
                    "base_model.model.model.layers.0.self_attn.\(name).lora_B.bias", [outputs]))
        }
        let opened = try biased.open(in: scratch)
        #expect(throws: LearnError.self) { _ = try modules([(opened, 1)]) { _ in } }
        var wide = HandAdapter()
        wide.change("q_proj.lora_A.weight") { $0 = HandTensor($0.name, [2, 9]) }
        let other = try wide.open(in: scratch)
        #expect(throws: LearnError.self) { _ = try modules([(one, 1), (other, 1)]) { _ in } }
    }
}
