import Testing

@testable import Learn

@Suite struct NormWeightsTests {
    @Test("a norm and its gradient agree by differences", arguments: ["qwen2", "gpt2"])
    func differences(_ name: String) throws {
        let model = try TinyModel(name).model
        let (norm, a) = (model.finalNorm, model.architecture)
        var draw = Draw(3)
        let x = draw.floats(a.width, .plain), upstream = draw.floats(a.width, .plain)
        let value = { (x: [Float]) -> Double in
            var out = x
            norm.apply(a, from: x, to: &out)
            return zip(out, upstream).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        var gradient = upstream, scratch = x
        var found = [Float](repeating: 0, count: a.width)
        norm.applyBackward(a, x: x, gradient: &gradient, scratch: &scratch, out: &found)
        let size = found.map { abs($0) }.max() ?? 1
        for place in stride(from: 0, to: a.width, by: 7) {
            var (more, less) = (x, x)
            more[place] += 0x1p-7
            less[place] -= 0x1p-7
            let slope = (value(more) - value(less)) / 0x1p-6
            #expect(abs(slope - Double(found[place])) < 2e-3 * Double(size))
        }
    }
}
