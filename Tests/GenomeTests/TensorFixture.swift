import Genome
import Wire

/// Makes small safetensors files and hashed folders, true ones and broken ones.
enum TensorFixture {
    /// One tensor: name, type and dimensions.
    typealias Tensor = (name: String, type: String, shape: [UInt64])

    /// A file of a raw header and `dataCount` bytes of data.
    static func file(header: String, dataCount: Int) -> [UInt8] {
        let text = Array(header.utf8)
        let length = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
        return length + text + (0..<dataCount).map { UInt8(truncatingIfNeeded: $0 * 7 + 3) }
    }

    /// A true file of tensors, in the order given.
    static func file(_ tensors: [Tensor]) -> [UInt8] {
        var offset: UInt64 = 0
        var entries: [String] = []
        for tensor in tensors {
            let count = TensorShape(tensor.shape)!
                .byteCount(of: TensorType(rawValue: tensor.type)!)!
            entries.append(
                #""\#(tensor.name)":{"dtype":"\#(tensor.type)","shape":\#(tensor.shape),"#
                    + #""data_offsets":[\#(offset),\#(offset + count)]}"#)
            offset += count
        }
        let header = "{" + ([#""__metadata__":{"format":"pt"}"#] + entries).joined(separator: ",")
        return file(header: header + "}", dataCount: Int(offset))
    }

    /// The header of a file's bytes.
    static func header(of bytes: [UInt8]) throws -> TensorFile {
        try TensorFile(header: bytes, fileSize: UInt64(bytes.count))
    }

    /// The entries that a header of these tensors has.
    static func entries(_ tensors: [Tensor]) throws -> [TensorEntry] {
        try header(of: file(tensors)).tensors
    }

    /// The factors of an adapter over two modules.
    static func adapter(rank: UInt64 = 4) -> [Tensor] {
        let modules = ["q_proj", "v_proj"].map { "base_model.model.model.layers.0.self_attn.\($0)" }
        return modules.flatMap { module -> [Tensor] in
            [
                ("\(module).lora_A.weight", "F32", [rank, 8]),
                ("\(module).lora_B.weight", "F32", [16, rank]),
            ]
        }
    }

    static let adapterConfig =
        #"{"peft_type":"LORA","r":4,"lora_alpha":8,"target_modules":["v_proj","q_proj"],"#
        + #""lora_dropout":0.05,"task_type":"CAUSAL_LM","bias":"none"}"#

    static let modelConfig =
        #"{"model_type":"llama","architectures":["LlamaForCausalLM"],"hidden_size":8,"#
        + #""num_hidden_layers":1,"num_attention_heads":2,"vocab_size":16,"#
        + #""intermediate_size":16,"rms_norm_eps":1e-05,"rope_theta":10000.0,"#
        + #""max_position_embeddings":64,"tie_word_embeddings":false}"#

    /// One hashed file.
    static func entry(_ path: String, _ bytes: [UInt8]) throws -> LayerFolder.Entry {
        var sha256 = Sha256()
        sha256.update(bytes.span.bytes)
        let file = LayerFile(
            path: LayerPath(path)!, blob: Blake3.hash(bytes), size: UInt64(bytes.count),
            sha256: sha256.finish())
        guard path.hasSuffix(".safetensors") else { return LayerFolder.Entry(file: file) }
        let tensors = try header(of: bytes)
        var hasher = TensorHasher(tensors)
        hasher.update(bytes.span.bytes)
        return LayerFolder.Entry(file: file, tensors: tensors, rows: hasher.finish() ?? [])
    }

    /// A hashed folder of files by path.
    static func folder(_ files: [String: [UInt8]]) throws -> LayerFolder {
        let entries = try files.map { try entry($0.key, $0.value) }
        let documents = files.filter { LayerFolder.documentNames.contains($0.key) }
        return try LayerFolder(entries: entries, documents: documents)
    }

    /// A PEFT folder.
    static func adapterFolder() throws -> LayerFolder {
        try folder([
            "adapter_config.json": Array(adapterConfig.utf8),
            "adapter_model.safetensors": file(adapter()),
            "README.md": Array("---\nlicense: apache-2.0\nlanguage: en\n---\n# Card\n".utf8),
        ])
    }

    /// A Hugging Face model folder.
    static func modelFolder() throws -> LayerFolder {
        try folder([
            "config.json": Array(modelConfig.utf8),
            "model.safetensors": file([("a", "BF16", [2, 3]), ("b", "F32", [4])]),
            "tokenizer.json": Array("{}".utf8),
        ])
    }
}
