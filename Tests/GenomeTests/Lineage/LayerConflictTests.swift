import Testing
import Wire

@testable import Genome

@Suite struct LayerConflictTests {
    private static func base(
        weights: UInt64 = 1, graph: UInt64 = 2, tokenizer: UInt64? = 3
    ) -> BaseFacts {
        BaseFacts(
            layer: nil, weights: Digest(words: (weights, 0, 0, 0)),
            graph: Digest(words: (graph, 0, 0, 0)),
            tokenizer: tokenizer.map { Digest(words: ($0, 0, 0, 0)) })
    }

    /// Eight modules of bits that look random, with `flip` of each turned.
    private static func sketch(_ seed: UInt64, flip: UInt64 = 0, modules: Int = 8) -> WeightsSketch
    {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
        return WeightsSketch(
            (0..<modules).map {
                WeightsSketch.Module(path: "m\($0)", low: next() ^ flip, high: next() ^ flip)
            })
    }

    private static func side(
        _ sketch: WeightsSketch, licence: String? = "MIT", base: BaseFacts = base()
    ) throws -> LayerConflict.Side {
        LayerConflict.Side(
            base: base,
            licence: try licence.map { text throws(GenomeError) in
                try LicenceExpression(parsing: text)
            }, sketch: sketch)
    }

    @Test func `directions that agree overlap, opposite ones oppose, strangers are no conflict`()
        throws
    {
        let one = try Self.side(Self.sketch(1))
        let same = LayerConflict.between(one, try Self.side(Self.sketch(1)))
        #expect(same == [.init(.overlapping, severity: 1)])
        let turned = try Self.side(Self.sketch(1, flip: .max))
        #expect(LayerConflict.between(one, turned) == [.init(.opposing, severity: 1)])
        // Ten bits in 64 turned: an angle of 28 degrees.
        let near = try Self.side(Self.sketch(1, flip: 0x3FF))
        let found = try #require(LayerConflict.between(one, near).first)
        #expect(found.kind == .overlapping && (0.85...0.91).contains(found.severity))
        #expect(LayerConflict.between(one, try Self.side(Self.sketch(2))).isEmpty)
    }

    @Test func `the part of the modules that both change counts`() throws {
        let one = try Self.side(Self.sketch(1, modules: 8))
        let half = WeightsSketch(
            Self.sketch(1, modules: 6).modules
                + (0..<2).map { WeightsSketch.Module(path: "z\($0)", low: 5, high: 6) })
        #expect(
            LayerConflict.between(one, try Self.side(half))
                == [.init(.overlapping, severity: 0.75)])
    }

    @Test func `another graph or tokenizer of the same weights is one, other weights are none`()
        throws
    {
        let one = try Self.side(Self.sketch(1))
        func kinds(_ base: BaseFacts) throws -> [LayerConflict.Kind] {
            LayerConflict.between(one, try Self.side(Self.sketch(2), base: base)).map(\.kind)
        }
        #expect(try kinds(Self.base(graph: 9)) == [.graph])
        #expect(try kinds(Self.base(tokenizer: nil)) == [.tokenizer])
        #expect(try kinds(Self.base(weights: 9, graph: 9)) == [])
    }

    @Test(arguments: [
        ("MIT", "GPL-3.0-only", false), ("GPL-2.0-only", "GPL-3.0-only", true),
        ("GPL-2.0-only OR MIT", "GPL-3.0-only", false),
        ("CC-BY-SA-4.0", "CC-BY-NC-SA-4.0", true), ("CC-BY-ND-4.0", "MIT", false),
        ("LicenseRef-nobody", "GPL-3.0-only", false),
    ])
    func `licences clash where no licence is left for both`(
        _ left: String, _ right: String, _ isClash: Bool
    ) throws {
        let found = LayerConflict.between(
            try Self.side(Self.sketch(1), licence: left),
            try Self.side(Self.sketch(2), licence: right))
        #expect(found.map(\.kind) == (isClash ? [.licence] : []), "\(left) with \(right)")
    }

    @Test func `the edge says who found it and what to do`() {
        let (one, two) = (Digest(words: (1, 0, 0, 0)), Digest(words: (2, 0, 0, 0)))
        let edge = LayerConflict(.opposing, severity: 0.5).edge(from: one, to: two)
        #expect(edge.relation == .conflictsWith && edge.origin == .comparison)
        #expect(edge.properties["conflictType"] == "opposing" && edge.saidBy == nil)
        #expect(edge.properties["severity"]?.number == 0.5)
        #expect(edge.properties["resolution"]?.string?.contains("cancel") == true)
    }
}
