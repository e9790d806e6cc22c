import Foundation
import Genome
import Learn

extension FuzzTarget {
    static let model: [FuzzTarget] = [openedModel]

    /// The input is a `config.json`, a zero byte, and the header of the weights; the weights
    /// themselves are zeros. Files are needed, because a model is mapped.
    private static let openedModel = FuzzTarget("FuzzModel", seeds: [Samples.tinyModel]) { input in
        let parts = input.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return }
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "plasmid-fuzz-\(ProcessInfo.processInfo.processIdentifier)")
        let length = (0..<8).map { UInt8(truncatingIfNeeded: parts[1].count >> ($0 * 8)) }
        let data = [UInt8](repeating: 0, count: Samples.tinyModelBytes)
        let files: [(name: String, bytes: [UInt8])] = [
            ("config.json", Array(parts[0])), ("model.safetensors", length + parts[1] + data),
        ]
        defer { try? FileManager.default.removeItem(at: folder) }
        do {
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true)
            for file in files {
                try Data(file.bytes).write(to: folder.appending(path: file.name))
            }
        } catch {
            preconditionFailure("the folder of the fuzzer cannot be written: \(error)")
        }
        do throws(LearnError) {
            let model = try Model(try LayerFiles(folder: folder.path))
            let engine = try Engine(model, profile: .portable, threads: 1, batchRows: 2)
            let sequence = try engine.makeSequence(capacity: 1)
            try engine.step([Engine.Part(sequence, [0], wanted: .last)])
            _ = engine.best()
        } catch {
            precondition(input != Samples.tinyModel, "the seed does not open: \(error)")
            precondition(!error.description.isEmpty)
        }
    }
}

extension Samples {
    private static let shapes: [(name: String, shape: [Int])] = [
        ("model.embed_tokens.weight", [5, 4]), ("model.norm.weight", [4]),
        ("model.layers.0.input_layernorm.weight", [4]),
        ("model.layers.0.post_attention_layernorm.weight", [4]),
        ("model.layers.0.self_attn.q_proj.weight", [4, 4]),
        ("model.layers.0.self_attn.k_proj.weight", [2, 4]),
        ("model.layers.0.self_attn.v_proj.weight", [2, 4]),
        ("model.layers.0.self_attn.o_proj.weight", [4, 4]),
        ("model.layers.0.mlp.gate_proj.weight", [3, 4]),
        ("model.layers.0.mlp.up_proj.weight", [3, 4]),
        ("model.layers.0.mlp.down_proj.weight", [4, 3]),
    ]

    /// Bytes of the weights.
    static let tinyModelBytes = shapes.reduce(0) { $0 + 4 * $1.shape.reduce(1, *) }

    /// A Llama of one block, as small as one can be.
    static let tinyModel: [UInt8] = {
        let config = """
            {"model_type":"llama","vocab_size":5,"hidden_size":4,"intermediate_size":3,
            "num_hidden_layers":1,"num_attention_heads":2,"num_key_value_heads":1,
            "max_position_embeddings":8,"tie_word_embeddings":true,
            "rope_scaling":{"rope_type":"linear","factor":2.0}}
            """
        let header = TensorHeader.bytes(shapes.map { ($0.name, "F32", $0.shape) })
        return Array(config.utf8) + [0] + header.dropFirst(8)
    }()
}
