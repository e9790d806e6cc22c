import Genome
import Testing

@testable import Learn

/// Gradients beside those of PyTorch in float64.
@Suite struct TrainingPassTests {
    /// Relative distance of a gradient that is allowed: float32's own is around 4e-6.
    static let tolerance = 1e-4

    /// Products with the vectors of places `dot 0`, … of the judge.
    private static func probe(_ name: String, count: Int, index: Int) throws -> [Float] {
        let object: JSONValue = [
            "name": .string("\(name) dot \(index)"), "shape": .array([.integer(Int64(count))]),
            "bits": 8, "exponent": -7, "offset": 0,
        ]
        return try HashedTensor(object).values
    }

    @Test("gradients of every adapter are PyTorch's", arguments: TrainingCase.names)
    func gradients(_ name: String) throws {
        let training = try TrainingCase(name)
        var worst = 0.0
        for gradient in try #require(training.json["gradients"]?.array) {
            let adapter = try #require(gradient["adapter"]?.string)
            let trainer = try training.trainer(
                training.settings(adapter), start: adapter)
            let examples = try TrainingCase.integers(gradient["examples"]).map {
                training.examples[$0]
            }
            let (loss, targets) = try trainer.gradients(of: examples)
            #expect(targets == gradient["targets"]?.integer.map { Int($0) })
            let expected = try #require(gradient["loss"]?.number)
            #expect(abs(loss - expected) < 1e-5, "\(adapter)")
            let found = trainer.gradientTensors
            let tensors = try #require(gradient["tensors"]?.array)
            #expect(tensors.count == found.count)
            for tensor in tensors {
                worst = max(worst, try Self.distance(tensor, found))
            }
        }
        print("gradients \(name) worst \(worst)")
        #expect(worst < Self.tolerance)
    }

    /// What no judge computes, because its random numbers are ours: how the loss, with the same
    /// elements left out, changes along the gradient of each factor, beside the gradient's norm.
    @Test("gradients with dropout are slopes of the loss", arguments: ["qwen3", "gpt2"])
    func dropout(_ name: String) throws {
        let training = try TrainingCase(name)
        let adapter = try #require(training.json["adapters"]?.array?.first?["name"]?.string)
        var settings = try training.settings(adapter)
        settings.dropout = 0.4
        let trainer = try training.trainer(settings, start: adapter)
        let examples = Array(training.examples.prefix(3))
        let plain = try training.trainer(try training.settings(adapter), start: adapter)
        let loss = try trainer.gradients(of: examples).loss
        #expect(abs(loss - (try plain.gradients(of: examples).loss)) > 1e-4)
        let matrices = trainer.adapter.matrices
        let gradients = matrices.map { $0.array($0.gradient) }
        var worst = 0.0
        for (matrix, gradient) in zip(matrices, gradients) {
            let values = matrix.array(matrix.values)
            let norm = gradient.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
            let length = 0.01 / norm
            let losses = try [length, -length].map { step in
                for place in 0..<matrix.count {
                    matrix.values[place] = values[place] + Float(step * Double(gradient[place]))
                }
                return try trainer.gradients(of: examples).loss
            }
            matrix.values.update(from: values, count: matrix.count)
            worst = max(worst, abs((losses[0] - losses[1]) / 0.02 - norm) / norm)
        }
        print("slopes with dropout \(name) worst \(worst)")
        #expect(worst < 0.01)
    }

    /// Largest distance of a place or a product, relative to what the norm lets expect.
    private static func distance(
        _ tensor: JSONValue, _ found: [String: [Float]]
    ) throws -> Double {
        let name = try #require(tensor["name"]?.string)
        let own = try #require(found[name], "\(name)")
        let norm = try #require(tensor["norm"]?.number)
        let ownNorm = own.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        var worst = abs(ownNorm - norm) / norm
        let values = try #require(tensor["values"]?.array)
        for (place, value) in zip(try TrainingCase.integers(tensor["places"]), values) {
            worst = max(worst, abs(Double(own[place]) - (try #require(value.number))) / norm)
        }
        for (index, dot) in try #require(tensor["dots"]?.array).enumerated() {
            let vector = try probe(name, count: own.count, index: index)
            let product = zip(own, vector).reduce(0) { $0 + Double($1.0) * Double($1.1) }
            // A product with such a vector is about 0.58 times the norm.
            worst = max(worst, abs(product - (try #require(dot.number))) / norm)
        }
        return worst
    }
}
