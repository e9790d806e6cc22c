import Testing

@testable import Learn

@Suite struct FactorProductTests {
    private func parts(
        down: [Float], up: [Float], rank: Int, _ body: (Adapter.Parts) -> Void
    ) {
        down.withUnsafeBytes { first in
            up.withUnsafeBytes { second in
                body(
                    Adapter.Parts(
                        down: Stored(
                            data: first.baseAddress!, element: .float32, rows: rank,
                            columns: down.count / rank),
                        up: Stored(
                            data: second.baseAddress!, element: .float32, rows: up.count / rank,
                            columns: rank), upBias: nil, magnitude: nil))
            }
        }
    }

    @Test func `the norm of a product is that of the product formed`() {
        // B = [1 2; 0 1; -1 1], A = [1 0 2; 3 1 0]: BA = [7 2 2; 3 1 0; 2 1 -2].
        parts(down: [1, 0, 2, 3, 1, 0], up: [1, 2, 0, 1, -1, 1], rank: 2) { parts in
            let norm = FactorProduct.squaredNorm(down: parts.down, up: parts.up)
            #expect(norm == 49 + 4 + 4 + 9 + 1 + 4 + 1 + 4)
            #expect(FactorProduct.isEffective(parts))
        }
    }

    @Test func `a product of zeros has no effect, whichever factor is zero`() {
        parts(down: [0, 0], up: [1, 2], rank: 1) { #expect(!FactorProduct.isEffective($0)) }
        parts(down: [1, 2], up: [0, 0], rank: 1) { #expect(!FactorProduct.isEffective($0)) }
        // One factor's zeros meet the other's numbers.
        parts(down: [1, 1, 0, 0], up: [0, 2], rank: 2) { #expect(!FactorProduct.isEffective($0)) }
        parts(down: [1e-20, 0], up: [1e-20, 0], rank: 1) { #expect(FactorProduct.isEffective($0)) }
    }
}
