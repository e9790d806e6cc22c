import CKernels
import Genome
import Testing

@testable import Learn

/// Gradients of single operators beside PyTorch's in float64; `Tests/Judges/training_operators.py`
/// writes them.
@Suite struct OperatorParityTests {
    /// Relative distance that is allowed.
    static let tolerance = 2e-6

    /// One operator with its operands.
    struct Case {
        let json: JSONValue
        let name: String

        init(_ json: JSONValue) throws {
            self.json = json
            name = try #require(json["operator"]?.string)
        }

        func shape(_ name: String) throws -> [Int] {
            try TrainingCase.integers(json["inputs"]?[name]?["shape"])
        }

        func input(_ name: String) throws -> [Float] {
            try HashedTensor(try #require(json["inputs"]?[name])).values
        }

        func parameter(_ name: String) throws -> Double {
            try #require(json["parameters"]?[name]?.number)
        }

        var upstream: [Float] {
            get throws { try HashedTensor(try #require(json["upstream"])).values }
        }

        func check(_ found: [Float], _ name: String) throws {
            let expected = try TrainingCase.floats(
                try #require(json["gradients"]?[name]?.string))
            try #require(found.count == expected.count)
            let norm = expected.reduce(0) { $0 + Double($1) * Double($1) }
            let off = zip(found, expected).reduce(0) {
                $0 + (Double($1.0) - Double($1.1)) * (Double($1.0) - Double($1.1))
            }
            // Some gradients are zero but for rounding: a single key takes all of a query.
            let distance = off.squareRoot() / max(norm.squareRoot(), 1)
            #expect(distance < OperatorParityTests.tolerance, "\(self.name) \(name) \(distance)")
        }
    }

    static func cases(_ names: Set<String>) throws -> [Case] {
        let all = try #require(try TrainingCase.file("operators")["operators"]?.array)
        let chosen = try all.map { try Case($0) }.filter { names.contains($0.name) }
        #expect(!chosen.isEmpty)
        return chosen
    }

    @Test func `norms pass gradients on as PyTorch's do`() throws {
        for one in try Self.cases(["rms-norm", "layer-norm"]) {
            let (rows, width) = (try one.shape("x")[0], try one.shape("x")[1])
            let (x, weight) = (try one.input("x"), try one.input("weight"))
            var gradient = try one.upstream
            var out = [Float](repeating: 0, count: x.count)
            var scratch = [Float](repeating: 0, count: width)
            let epsilon = try one.parameter("epsilon")
            for row in 0..<rows {
                let at = row * width
                x.withUnsafeBufferPointer { x in
                    gradient.withUnsafeMutableBufferPointer { gradient in
                        out.withUnsafeMutableBufferPointer { out in
                            guard let x = x.baseAddress, let g = gradient.baseAddress,
                                let o = out.baseAddress
                            else { return }
                            if one.name == "rms-norm" {
                                plasmid_rms_norm_backward(
                                    x + at, g + at, width, weight, 0, 0, epsilon, o + at)
                            } else {
                                plasmid_layer_norm_backward(
                                    x + at, g + at, width, weight, 0, epsilon, &scratch, o + at)
                            }
                        }
                    }
                }
            }
            try one.check(out, "x")
        }
    }

    @Test func `activations pass gradients on as PyTorch's do`() throws {
        for one in try Self.cases(["silu-product", "gelu-tanh", "gelu-erf"]) {
            let upstream = try one.upstream
            var out = upstream
            if one.name == "silu-product" {
                var up = upstream
                plasmid_silu_gate_backward(
                    try one.input("gate"), try one.input("up"), upstream, upstream.count, &out,
                    &up)
                try one.check(out, "gate")
                try one.check(up, "up")
            } else if one.name == "gelu-tanh" {
                plasmid_gelu_tanh_backward(try one.input("x"), upstream, upstream.count, &out)
                try one.check(out, "x")
            } else {
                plasmid_gelu_erf_backward(try one.input("x"), upstream, upstream.count, &out)
                try one.check(out, "x")
            }
        }
    }
}
