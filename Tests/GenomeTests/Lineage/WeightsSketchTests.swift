import Genome
import Testing
import Wire

@Suite("A sketch of weights")
struct WeightsSketchTests {
    private func sketch(_ words: [(String, UInt64, UInt64)]) -> WeightsSketch {
        WeightsSketch(words.map { .init(path: $0.0, low: $0.1, high: $0.2) })
    }

    @Test func `comes back from its bytes, and from no others`() {
        let sketch = sketch([("b", 1, 2), ("a", 3, .max)])
        #expect(sketch.modules.map(\.path) == ["a", "b"])
        let bytes = sketch.encode()
        #expect(WeightsSketch(bytes: bytes) == sketch)
        for count in 0..<bytes.count {
            #expect(WeightsSketch(bytes: Array(bytes.prefix(count))) == nil)
        }
        #expect(WeightsSketch(bytes: bytes + [0]) == nil)
        #expect(WeightsSketch(bytes: [2] + bytes.dropFirst()) == nil)
        // A count that is not there is not made room for.
        #expect(WeightsSketch(bytes: [1, 0xff, 0xff, 0x03]) == nil)
        #expect(WeightsSketch(bytes: self.sketch([]).encode()) == self.sketch([]))
    }

    @Test func `says how alike two are by the bits of common modules, signs aside`() {
        let one = sketch([("a", 0, 0), ("b", 0, 0)])
        #expect(Likeness(one, one).distance == 0 && Likeness(one, one).percent == 100)
        let turned = sketch([("a", .max, .max), ("b", 0, 0)])
        #expect(Likeness(one, turned).distance == 0)
        // 32 of 128 bits in one of two modules.
        let near = sketch([("a", 0xffff_ffff, 0), ("b", 0, 0), ("c", 5, 5)])
        #expect(Likeness(one, near).distance == 0.125 && Likeness(one, near).isNear)
        #expect(Likeness(one, near).common == 2 && Likeness(one, near).percent == 92)
        let far = sketch([("a", .max, 0), ("b", .max, 0)])
        #expect(Likeness(one, far).distance == 0.5 && !Likeness(one, far).isNear)
        #expect(Likeness(one, far).percent == 0)
    }

    @Test func `says nothing where too little is common`() {
        let one = sketch([("a", 0, 0), ("b", 0, 0), ("c", 0, 0)])
        let other = sketch([("a", 0, 0), ("x", 0, 0), ("y", 0, 0)])
        #expect(Likeness(one, other).distance == 0 && !Likeness(one, other).isNear)
        #expect(!Likeness(one, sketch([])).isNear && Likeness(one, sketch([])).distance == 0.5)
        // A part of an adapter is still that adapter's.
        #expect(Likeness(one, sketch([("b", 0, 0)])).isNear)
    }

    @Test func `asks for more where only few modules are common`() {
        func sketches(_ count: Int, _ low: UInt64) -> WeightsSketch {
            sketch((0..<count).map { ("m\($0)", low, 0) })
        }
        // 32 of 128 bits are a quarter.
        for (count, isNear) in [(1, false), (3, false), (4, true), (9, true)] {
            let likeness = Likeness(sketches(count, 0), sketches(count, 0xffff_ffff))
            #expect(likeness.distance == 0.25 && likeness.isNear == isNear)
        }
        #expect(Likeness(sketches(1, 0), sketches(1, 0x7_ffff)).isNear)
        #expect(!Likeness(sketches(1, 0), sketches(1, 0xf_ffff)).isNear)
    }
}
