import Genome
import Testing

@testable import Learn

@Suite struct SummedAdapterTests {
    /// What an adapter adds to its first module, row by row.
    private func delta(_ adapter: Adapter) throws -> [Double] {
        let module = try #require(adapter.facts.modules.first)
        let parts = try adapter.parts(of: module)
        let (up, down, rank) = (parts.up.values(), parts.down.values(), parts.down.rows)
        let scale = try adapter.scale(of: module)
        let columns = down.count / rank
        return (0..<up.count / rank * columns).map { place in
            (0..<rank).reduce(0.0) { sum, index in
                sum + scale * Double(up[place / columns * rank + index])
                    * Double(down[index * columns + place % columns])
            }
        }
    }

    @Test func `a sum adds what its parts add, with their weights, and needs no folder`() throws {
        let adapter: Adapter
        let sum: Adapter
        do {
            let scratch = try ScratchFolder()
            adapter = try HandAdapter().open(in: scratch)
            sum = try Adapter.sum([(adapter, 0.5), (adapter, -2)], title: "both")
        }
        let (one, both) = (try delta(adapter), try delta(sum))
        #expect(one.count == both.count && one.contains { $0 != 0 })
        for (left, right) in zip(one, both) { #expect(abs(right + 1.5 * left) < 1e-5) }
        let module = try #require(sum.facts.modules.first)
        #expect(try sum.parts(of: module).down.rows == 4)
    }
}
