import CKernels
import Genome
import Host
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
            let distance = (off / norm).squareRoot()
            #expect(distance < OperatorParityTests.tolerance, "\(self.name) \(name) \(distance)")
        }
    }

    private static func cases(_ names: Set<String>) throws -> [Case] {
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

    @Test func `attention passes gradients on as PyTorch's does`() throws {
        let team = try Team(lanes: 2)
        for one in try Self.cases(["attention"]) {
            let width = Int(try one.parameter("head"))
            let window = Int(try one.parameter("window"))
            let (tokens, all) = (try one.shape("q")[0], try one.shape("q")[1])
            let keyWidth = try one.shape("k")[1]
            let architecture = try Self.architecture(
                heads: all / width, keyValueHeads: keyWidth / width, width: width, window: window)
            let cache = try KeyValueCache(architecture, .portable, capacity: tokens)
            let (q, k, v) = (try one.input("q"), try one.input("k"), try one.input("v"))
            let group = architecture.group
            var arena = try Arena(bytes: 1 << 20)
            let queries = arena.rows(tokens * architecture.heads, width: width)
            for token in 0..<tokens {
                for head in 0..<architecture.heads {
                    let start = token * all + head * width
                    queries.store(
                        Array(q[start..<start + width]),
                        row: (head / group * tokens + token) * group + head % group)
                }
                for head in 0..<architecture.keyValueHeads {
                    let start = token * keyWidth + head * width
                    cache.store(
                        Array(k[start..<start + width]), at: token,
                        in: cache.keys(block: 0, head: head))
                    cache.store(
                        Array(v[start..<start + width]), at: token,
                        in: cache.values(block: 0, head: head))
                }
            }
            let sequences = [SequenceRows(cache: cache, rows: 0..<tokens, position: 0)]
            let mixed = arena.rows(tokens, width: all)
            try AttentionRunner(team: team, profile: .portable, architecture).run(
                sequences, block: 0, queries: queries, batch: tokens, out: mixed)
            let gradient = arena.rows(tokens, width: all)
            let upstream = try one.upstream
            for token in 0..<tokens {
                gradient.store(Array(upstream[token * all..<(token + 1) * all]), row: token)
            }
            let out = arena.rows(tokens, width: all + 2 * keyWidth)
            try AttentionBackward(team: team, profile: .portable, architecture).run(
                sequences, block: 0, batch: tokens,
                AttentionBackward.Operands(
                    queries: queries, mixed: mixed, gradient: gradient, out: out))
            for (name, range) in [
                ("q", 0..<all), ("k", all..<all + keyWidth),
                ("v", all + keyWidth..<all + 2 * keyWidth),
            ] {
                let part = out.columns(range)
                try one.check((0..<tokens).flatMap { part.values($0) }, name)
            }
        }
    }

    /// An architecture of one block with such heads.
    private static func architecture(
        heads: Int, keyValueHeads: Int, width: Int, window: Int
    ) throws -> Architecture {
        var config = JSONObject()
        config["model_type"] = "mistral"
        config["architectures"] = ["MistralForCausalLM"]
        config["vocab_size"] = 32
        config["hidden_size"] = .integer(Int64(heads * width))
        config["intermediate_size"] = 32
        config["num_hidden_layers"] = 1
        config["num_attention_heads"] = .integer(Int64(heads))
        config["num_key_value_heads"] = .integer(Int64(keyValueHeads))
        config["head_dim"] = .integer(Int64(width))
        config["hidden_act"] = "silu"
        config["max_position_embeddings"] = 4_096
        config["rms_norm_eps"] = 1e-5
        config["sliding_window"] = window > 0 ? .integer(Int64(window)) : .null
        config["rope_theta"] = 10_000
        config["tie_word_embeddings"] = false
        return try ArchitectureReader.read(CanonicalJSON.write(config))
    }
}
