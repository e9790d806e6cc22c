import Genome
import Host
import Testing
import Wire

@testable import Store

@Suite("What layers are recognised by")
struct IndexOriginsTests {
    private func traces(_ numbers: [UInt8], path: String = "a") -> WeightsTraces {
        WeightsTraces(
            tensors: Set(numbers.map { .init(hash: Blake3.hash([$0]), size: UInt64($0) * 100) }),
            sketch: WeightsSketch([.init(path: path, low: 1, high: 2)]))
    }

    @Test func `is kept with the layer, found by base and tensors, and goes with it`() throws {
        let fixture = try LibraryFixture()
        let index = fixture.library.index
        let (one, two) = (try fixture.share(name: "one"), try fixture.share(name: "two", seed: 2))
        let base = Blake3.hash([9])
        let facts = BaseFacts(
            layer: Blake3.hash([6]), weights: base, graph: Blake3.hash([5]), tokenizer: nil)
        try index.put(traces([1, 2]), of: one.layer, base: facts)
        try index.put(traces([2, 3], path: "b"), of: two.layer, base: facts)
        #expect(try index.traces(of: one.layer) == traces([1, 2]))
        let sketches = try index.sketches(over: base)
        #expect(Set(sketches.map(\.layer)) == [one.layer, two.layer])
        // What an adapter is compared by stands in the index, its manifest is not asked.
        #expect(sketches.allSatisfy { $0.base.graph == facts.graph && $0.base.tokenizer == nil })
        #expect(sketches.allSatisfy { $0.licence == one.licence?.description })
        #expect(
            try index.sketches(over: base, besides: [one.layer]).map(\.layer) == [two.layer])
        #expect(try index.sketched(over: base).count == 2)
        #expect(try index.sketches(over: Blake3.hash([8])).isEmpty)
        #expect(
            try index.holders(of: traces([2, 3]).tensors)
                == [one.layer: 200, two.layer: 500])
        // Looked at again, nothing of before stays.
        try index.put(traces([3]), of: one.layer, base: nil)
        #expect(try index.traces(of: one.layer)?.tensors.count == 1)
        try fixture.library.remove(one.layer)
        #expect(try index.traces(of: one.layer) == nil)
        #expect(try index.holders(of: traces([3]).tensors) == [two.layer: 300])
        // Of a layer that is not here nothing is kept.
        try index.put(traces([1]), of: Blake3.hash([77]), base: nil)
        #expect(try index.traces(of: Blake3.hash([77])) == nil)
    }

    @Test func `is missing for layers with weights alone`() throws {
        let fixture = try LibraryFixture()
        try fixture.share()
        #expect(try fixture.library.index.layersWithoutTraces().isEmpty)
    }
}
