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
            let product = FactorProduct(down: parts.down, up: parts.up)
            #expect(product.squaredNorm == 49 + 4 + 4 + 9 + 1 + 4 + 1 + 4)
            #expect(FactorProduct.isEffective(parts))
        }
    }

    @Test func `the strongest direction is that of the product formed`() {
        // B = diag(3, 2) over a zero row, A turned by 45 degrees: singular values 3 and 2 times √2.
        parts(down: [1, 1, 1, -1], up: [3, 0, 0, 2, 0, 0], rank: 2) { parts in
            let product = FactorProduct(down: parts.down, up: parts.up)
            #expect(abs(product.squaredSpectralNorm - 18) < 1e-9)
            #expect(product.squaredNorm == 26)
        }
        // Of rank one both norms are the same.
        parts(down: [1, -2, 3], up: [4, 5], rank: 1) { parts in
            let product = FactorProduct(down: parts.down, up: parts.up)
            #expect(abs(product.squaredSpectralNorm - product.squaredNorm) < 1e-9)
        }
        parts(down: [0, 0, 0, 0], up: [1, 1, 1, 1], rank: 2) { parts in
            #expect(FactorProduct(down: parts.down, up: parts.up).squaredSpectralNorm == 0)
        }
    }

    @Test func `the strongest direction lies between the bounds that the whole sets it`() {
        var state: UInt64 = 5
        func next() -> Float {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Float(Int(state >> 40) % 2_001 - 1_000) / 500
        }
        for rank in [2, 3, 8] {
            parts(
                down: (0..<rank * 20).map { _ in next() }, up: (0..<rank * 30).map { _ in next() },
                rank: rank
            ) { parts in
                let product = FactorProduct(down: parts.down, up: parts.up)
                let (whole, direction) = (product.squaredNorm, product.squaredSpectralNorm)
                #expect(direction <= whole * (1 + 1e-12))
                #expect(direction >= whole / Double(rank))
                #expect(product.squaredSpectralNorm == direction, "the same every time")
            }
        }
    }

    @Test func `a product of zeros has no effect, whichever factor is zero`() {
        parts(down: [0, 0], up: [1, 2], rank: 1) { #expect(!FactorProduct.isEffective($0)) }
        parts(down: [1, 2], up: [0, 0], rank: 1) { #expect(!FactorProduct.isEffective($0)) }
        // One factor's zeros meet the other's numbers.
        parts(down: [1, 1, 0, 0], up: [0, 2], rank: 2) { #expect(!FactorProduct.isEffective($0)) }
        // Rows that take each other back.
        parts(down: [1, 2, 1, 2], up: [3, -3], rank: 2) { #expect(!FactorProduct.isEffective($0)) }
        parts(down: [1e-20, 0], up: [1e-20, 0], rank: 1) { #expect(FactorProduct.isEffective($0)) }
    }
}
