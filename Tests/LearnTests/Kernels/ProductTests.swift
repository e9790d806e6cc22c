import CKernels
import Testing

extension KernelsTests {
    @Suite struct ProductTests {
        static let rows = [1, 2, 3, 4, 5, 11, 12, 13, 25, 37]
        static let reduced = [0, 1, 2, 7, 31, 32, 33, 64, 511, 512, 513, 1024, 1100]
        static let outputs = [1, 8, 15, 16, 17, 31, 33, 64, 65, 130, 260, 1400]

        /// Every element type, layout and profile, over shapes that fit no tile.
        @Test(arguments: Draw.Kind.allCases)
        func `every level gives the bits of the reference`(kind: Draw.Kind) {
            var draw = Draw(UInt64(kind.hashOrder))
            for round in 0..<120 {
                let rows = draw.one(of: Self.rows), reduced = draw.one(of: Self.reduced)
                let outputs = draw.one(of: Self.outputs)
                let matrix = StoredMatrix(
                    element: round % 3, layout: round / 3 % 2, outputs: outputs, reduced: reduced,
                    padding: draw.below(4), isOdd: draw.below(2) == 0, kind: kind, draw: &draw)
                let product = Product(
                    profile: round / 6 % 2, rows: rows, reduced: reduced, outputs: outputs,
                    source: draw.floats(rows * reduced, kind))
                let first = outputs > 32 ? draw.below(2) * 32 : 0
                let expected = product.expected(matrix, first: first).map { Level.bits($0) }
                for level in Level.here {
                    let found = level.use { product.computed(matrix, first: first) }
                    let isSame = found.map { Level.bits($0) } == expected
                    #expect(
                        isSame,
                        "\(level), \(rows) x \(outputs) x \(reduced), round \(round)")
                }
            }
        }

        @Test func `a row alone gives what it gives among others`() {
            var draw = Draw(11)
            for round in 0..<24 {
                let reduced = draw.one(of: [33, 512, 1100]), outputs = draw.one(of: [64, 257])
                let matrix = StoredMatrix(
                    element: round % 3, layout: round / 3 % 2, outputs: outputs, reduced: reduced,
                    kind: .plain, draw: &draw)
                let source = draw.floats(29 * reduced, .plain)
                let many = Product(
                    profile: round / 6 % 2, rows: 29, reduced: reduced, outputs: outputs,
                    source: source)
                for level in Level.here {
                    let all = level.use { many.computed(matrix) }
                    for (row, rows) in [(0, 1), (7, 2), (13, 3), (20, 4), (3, 6)] {
                        let part = source[(row * reduced)..<((row + rows) * reduced)]
                        let few = Product(
                            profile: round / 6 % 2, rows: rows, reduced: reduced,
                            outputs: outputs, source: Array(part))
                        let alone = level.use { few.computed(matrix) }.prefix(rows * outputs)
                        let among = all[(row * outputs)..<((row + rows) * outputs)]
                        #expect(alone.elementsEqual(among), "\(level), round \(round)")
                    }
                }
            }
        }

        @Test func `outputs in chunks give what they give at once`() {
            var draw = Draw(12)
            for round in 0..<12 {
                let matrix = StoredMatrix(
                    element: round % 3, layout: round / 3 % 2, outputs: 300, reduced: 700,
                    kind: .wide, draw: &draw)
                for rows in [1, 3, 30] {
                    let product = Product(
                        profile: round / 6, rows: rows, reduced: 700, outputs: 300,
                        source: draw.floats(rows * 700, .wide))
                    for level in Level.here {
                        level.use {
                            let whole = product.computed(matrix)
                            #expect(product.computed(matrix, chunk: 32) == whole, "\(level)")
                            #expect(product.computed(matrix, chunk: 96) == whole, "\(level)")
                        }
                    }
                }
            }
        }

        @Test func `nothing to sum gives plus zero`() {
            var draw = Draw(13)
            let matrix = StoredMatrix(
                element: 0, layout: 0, outputs: 3, reduced: 0, kind: .plain, draw: &draw)
            let product = Product(profile: 0, rows: 2, reduced: 0, outputs: 3, source: [])
            for level in Level.here {
                let found = level.use { product.computed(matrix) }
                #expect(found.prefix(6).allSatisfy { $0.bitPattern == 0 })
            }
        }

        @Test func `a sum of minus zeros with an odd last element keeps its sign`() {
            var draw = Draw(14)
            let matrix = StoredMatrix(
                element: 0, layout: 1, outputs: 1, reduced: 1, kind: .plain, draw: &draw)
            let tiny = matrix.right.data.load(as: Float.self) > 0 ? -1.0 : 1.0
            let source = [Float(tiny) * .leastNonzeroMagnitude * 0]
            for profile in 0..<2 {
                let product = Product(
                    profile: profile, rows: 1, reduced: 1, outputs: 1, source: source)
                let expected = product.expected(matrix)[0].bitPattern
                for level in Level.here {
                    #expect(level.use { product.computed(matrix)[0].bitPattern } == expected)
                }
            }
        }

        /// 2^-126 less k/4 of 2^-150: with 24 bits and unbounded exponent it rounds up to the
        /// smallest normal for k <= 2; rounded to denormal steps it would for k <= 7 too.
        @Test func `a result is denormal if it is after rounding to 24 bits`() {
            var draw = Draw(15)
            for k in 0...9 {
                let matrix = StoredMatrix(
                    element: 0, layout: 0, outputs: 1, reduced: 2, kind: .plain, draw: &draw)
                matrix.set([0x1p-76, 0x1p-63])
                let wanted: Float = k <= 2 ? 0x1p-126 : 0
                for sign in [Float(1), -1] {
                    let product = Product(
                        profile: 1, rows: 1, reduced: 2, outputs: 1,
                        source: [-sign * Float(k) * 0x1p-76, sign * 0x1p-63])
                    #expect(product.expected(matrix)[0].bitPattern == (sign * wanted).bitPattern)
                    for level in Level.here {
                        let found = level.use { product.computed(matrix)[0] }
                        #expect(found.bitPattern == (sign * wanted).bitPattern, "\(level), \(k)")
                    }
                }
            }
        }

        @Test func `where the CPU has VDPBF16PS it passes the self test`() {
            let isThere = plasmid_bf16_dot_self_test() == 1
            #expect(plasmid_bf16_dot_force(1) == (isThere ? 1 : 0))
        }
    }
}

extension Draw.Kind {
    /// A seed of its own for each kind.
    fileprivate var hashOrder: Int { Draw.Kind.allCases.firstIndex(of: self) ?? 0 }
}
