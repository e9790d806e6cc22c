import Testing

@testable import Learn

@Suite struct DropoutPlaceTests {
    private func row(
        seed: UInt64 = 1, module: Int = 2, step: Int = 3, token: Int = 4, row: Int = 0
    ) -> [Float] {
        let place = DropoutPlace(
            probability: 0.5, seed: seed, module: module, step: step, token: token)
        var out = [Float](repeating: 1, count: 64)
        place.apply(row: row, first: 0, out, out.count, to: &out)
        return out
    }

    @Test func `seed, module, step and token have numbers of their own`() {
        let rows = [
            row(), row(seed: 2), row(module: 3), row(step: 4), row(token: 5),
            row(seed: 1 | 1 << 32),
        ]
        #expect(Set(rows).count == rows.count)
        #expect(row(token: 3, row: 1) == row())
    }
}
