import CKernels
import Genome
import Host
import Testing

@testable import Learn

/// Attention on the way back.
@Suite struct AttentionBackwardTests {
    @Test func `attention passes gradients on as PyTorch's does`() throws {
        let team = try Team(lanes: 2)
        for one in try OperatorParityTests.cases(["attention"]) {
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
        config["rms_norm_eps"] = .double(1e-5)
        config["sliding_window"] = window > 0 ? .integer(Int64(window)) : .null
        config["rope_theta"] = 10_000
        config["tie_word_embeddings"] = false
        return try ArchitectureReader.read(CanonicalJSON.write(config))
    }
}
