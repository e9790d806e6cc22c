import Genome
import Testing

@testable import Learn

@Suite struct AdaptationStrengthTests {
    private let scratch: ScratchFolder
    private let model: Model
    private let adapter: Adapter

    init() throws {
        scratch = try ScratchFolder()
        model = try HandModel().open(in: scratch)
        adapter = try HandAdapter().open(in: scratch)
    }

    private func strength(weight: Double = 1) throws -> AdaptationStrength {
        let member = AdapterStack.Member(adapter, weight: weight, identifier: "a")
        return AdaptationStrength(model, try AdapterStack([member], model: model))
    }

    @Test func `is the norm of what is added over that of the weights, product formed`() throws {
        let found = try strength()
        var update = 0.0
        var weight = 0.0
        for module in adapter.facts.modules {
            let parts = try adapter.parts(of: module)
            let (up, down, rank) = (parts.up.values(), parts.down.values(), parts.down.rows)
            let scale = try adapter.scale(of: module)
            let columns = down.count / rank
            let change = (0..<up.count / rank * columns).reduce(0.0) { sum, place in
                let value = (0..<rank).reduce(0.0) { inner, index in
                    inner + scale * Double(up[place / columns * rank + index])
                        * Double(down[index * columns + place % columns])
                }
                return sum + value * value
            }
            let ratio = try #require(found.modules.first { $0.path.hasSuffix(module.path) })
            let base = try #require(model.linears[ratio.path]).weight.values()
                .reduce(0.0) { $0 + Double($1) * Double($1) }
            #expect(abs(ratio.ratio - (change / base).squareRoot()) < 1e-9)
            update += change
            weight += base
        }
        #expect(found.modules.count == adapter.facts.modules.count)
        #expect(abs(found.overall - (update / weight).squareRoot()) < 1e-9)
    }

    @Test func `grows with the scale`() throws {
        let (one, three) = (try strength(), try strength(weight: -3))
        #expect(abs(three.overall - 3 * one.overall) < 1e-6 && one.overall > 0)
    }
}
