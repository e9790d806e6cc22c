import Wire

/// What a Hugging Face `config.json` says about a base model: enough to tell whether two bases
/// compute the same function, and to show people what it is.
public struct ModelConfig: Sendable {
    /// Longest configuration in bytes.
    public static let bytesMax = 4 << 20

    /// `model_type`: which builder makes the model.
    public let modelType: String
    /// First of `architectures`.
    public let className: String?
    /// Width of the residual stream.
    public let hiddenSize: UInt64?
    /// Number of blocks.
    public let layers: UInt64?
    /// Attention heads.
    public let heads: UInt64?
    /// Key and value heads.
    public let keyValueHeads: UInt64?
    /// Rows of the embedding.
    public let vocabulary: UInt64?
    /// Longest sequence.
    public let contextWindow: UInt64?
    /// The graph keys in one spelling with defaults left out.
    public let graphKeys: JSONObject

    /// The configuration of JSON bytes.
    public init(_ bytes: [UInt8]) throws(GenomeError) {
        let limits = JSONLimits(bytes: Self.bytesMax, depth: 16, values: 400_000)
        guard let object = try JSONParser.parse(bytes, limits: limits).object else {
            throw .adapter(.notObject(file: "config.json"))
        }
        guard let type = object["model_type"]?.string, (1...64).contains(type.utf8.count),
            PlainText.isPlain(type)
        else { throw .adapter(.missing(key: "model_type")) }
        modelType = type
        let classes = object["architectures"]?.array ?? []
        className = classes.first?.string.flatMap { name in
            (1...128).contains(name.utf8.count) && PlainText.isPlain(name) ? name : nil
        }
        let keys = GraphKeys(object, modelType: type)
        graphKeys = keys.object
        hiddenSize = keys.count("hidden_size")
        layers = keys.count("num_hidden_layers")
        heads = keys.count("num_attention_heads")
        keyValueHeads = keys.count("num_key_value_heads")
        vocabulary = keys.count("vocab_size")
        contextWindow = ["max_position_embeddings", "n_positions", "n_ctx", "max_seq_len"].lazy
            .compactMap { object[$0]?.integer }.first
            .flatMap { (0...Schema.integerMax).contains($0) ? UInt64($0) : nil }
    }

    /// Digest of the graph keys: BLAKE3-256 of `plasmid-graph-v1` and their canonical JSON. Equal
    /// for the old and the new spelling of one configuration.
    public var graph: Digest {
        Blake3.hash(Array("plasmid-graph-v1".utf8) + CanonicalJSON.write(graphKeys))
    }

    /// The `architecture` section of a manifest.
    public func architecture(tokenizer: Digest?, dataTypes: [String]) -> JSONValue {
        func number(_ value: UInt64?) -> JSONValue? { value.map { .integer(Int64($0)) } }
        var object = JSONObject()
        object["modelType"] = .string(modelType)
        object["className"] = className.map { .string($0) }
        object["hiddenSize"] = number(hiddenSize)
        object["layers"] = number(layers)
        object["heads"] = number(heads)
        object["keyValueHeads"] = number(keyValueHeads)
        object["vocabulary"] = number(vocabulary)
        object["contextWindow"] = number(contextWindow)
        object["graph"] = .string(graph.hexadecimal)
        object["tokenizer"] = tokenizer.map { .string($0.hexadecimal) }
        object["dataTypes"] = dataTypes.isEmpty ? nil : .array(dataTypes.map { .string($0) })
        return .object(object)
    }
}
