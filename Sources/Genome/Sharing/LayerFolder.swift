import Wire

/// The files that are about to become a layer, hashed, with what was read of them: from here on
/// everything is computed and nothing is asked.
public struct LayerFolder: Sendable {
    /// One hashed file.
    public struct Entry: Sendable {
        /// Path, blob, size and SHA-256.
        public let file: LayerFile
        /// Its tensors, for a safetensors file.
        public let tensors: TensorFile?
        /// Their rows with hashes, for a safetensors file.
        public let rows: [TensorTable.Row]

        /// An entry.
        public init(file: LayerFile, tensors: TensorFile? = nil, rows: [TensorTable.Row] = []) {
            precondition(rows.count == tensors?.tensors.count ?? 0)
            self.file = file
            self.tensors = tensors
            self.rows = rows
        }
    }

    /// Which documents a caller must hand over with their bytes, where they are there.
    public static let documentNames = [
        "adapter_config.json", "config.json", "model.safetensors.index.json", "README.md",
        LayerSections.fileName,
    ]

    /// Longest document that is asked for, in bytes.
    public static let documentBytesMax = ShardIndex.bytesMax

    /// The hashed files.
    public let entries: [Entry]
    /// The table of all tensors; nil without any.
    public let table: TensorTable?
    /// The adapter's facts, if this is a PEFT folder.
    public let adapter: AdapterFacts?
    /// The model's facts, if this is a Hugging Face model folder.
    public let model: ModelConfig?
    /// The model card's facts.
    public let card: ModelCard?
    /// What a person wrote about the layer.
    public let sections: LayerSections?

    /// A folder of hashed files and the bytes of its documents by name. A folder that contradicts
    /// itself is refused by name.
    public init(
        entries: [Entry], documents: [String: [UInt8]]
    ) throws(GenomeError) {
        let sorted = entries.sorted { $0.file.path < $1.file.path }
        self.entries = sorted
        card = documents["README.md"].flatMap { ModelCard(markdown: $0) }
        sections = try documents[LayerSections.fileName].map { bytes throws(GenomeError) in
            try LayerSections(bytes)
        }
        let shards = sorted.filter { $0.tensors != nil }
        if let config = documents["adapter_config.json"] {
            guard let file = shards.first(where: { Self.isAdapter($0.file) }),
                let tensors = file.tensors
            else { throw .adapter(.noFactors) }
            adapter = try AdapterFacts.check(try AdapterConfig(config), tensors.tensors)
            model = nil
            table = try TensorTable(file.rows)
            weightFiles = [file.file.path]
            return
        }
        adapter = nil
        if let bytes = documents["model.safetensors.index.json"] {
            let named = shards.map { entry in
                (file: entry.file.path.text, tensors: entry.tensors?.tensors ?? [])
            }
            try ShardIndex(bytes).check(named)
        }
        let config = documents["config.json"]
        model =
            shards.isEmpty
            ? nil
            : try config.map { bytes throws(GenomeError) in
                try ModelConfig(bytes)
            }
        table = shards.isEmpty ? nil : try TensorTable(shards.flatMap(\.rows))
        weightFiles = shards.map(\.file.path)
    }

    private let weightFiles: [LayerPath]

    private static func isAdapter(_ file: LayerFile) -> Bool {
        file.path.text == "adapter_model.safetensors"
    }

    /// The type the files show; nil if they show none.
    public var shownType: LayerType? {
        if adapter != nil { return .lora }
        return model != nil ? .foundation : nil
    }

    /// The name of the tokenizer, if there is one.
    public var tokenizer: Digest? { TokenizerIdentifier.identifier(of: entries.map(\.file)) }

    /// The weights facts and the encoded tensor table; nil without tensors.
    public var weights: (facts: WeightsFacts, table: [UInt8])? {
        guard let table else { return nil }
        let bytes = table.encode()
        let reference = BlobReference(blob: Blake3.hash(bytes), size: UInt64(bytes.count))
        let facts = WeightsFacts(
            id: WeightsIdentifier.identifier(of: table), table: reference, files: weightFiles)
        return (facts, bytes)
    }

    /// What a layer names its base by, if this folder is a model.
    public func baseFacts(layer: Digest?) -> BaseFacts? {
        guard let model, let table else { return nil }
        return BaseFacts(
            layer: layer, weights: WeightsIdentifier.identifier(of: table), graph: model.graph,
            tokenizer: tokenizer)
    }

    /// Files that look like the full text of a licence, each content once.
    var licenceTexts: [LayerFile] {
        var seen = Set<Digest>()
        return entries.map(\.file).filter { file in
            let name = file.path.text.lowercased()
            return ["license", "licence", "copying"].contains { name.hasPrefix($0) }
                && seen.insert(file.blob).inserted
        }
    }
}
