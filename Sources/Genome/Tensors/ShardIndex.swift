import Wire

/// Which file of a sharded model holds which tensor: `model.safetensors.index.json`.
public struct ShardIndex: Sendable {
    /// Longest index in bytes.
    public static let bytesMax = 32 << 20

    /// File names by tensor name, in the order of the index.
    public let files: [(tensor: String, file: String)]

    /// The index of JSON bytes. File names must be bare: a path could leave the folder.
    public init(_ bytes: [UInt8]) throws(GenomeError) {
        let value = try JSONParser.parse(bytes, limits: JSONLimits(bytes: Self.bytesMax, depth: 6))
        guard let map = value["weight_map"]?.object else {
            throw .adapter(.missing(key: "weight_map"))
        }
        var files: [(tensor: String, file: String)] = []
        for member in map.members {
            guard let name = member.value.string, LayerPath(name) != nil, !name.contains("/") else {
                throw .adapter(
                    .badValue(
                        key: "weight_map.\(PlainText.shown(member.name))",
                        expected: "the bare name of a file"))
            }
            files.append((member.name, name))
        }
        self.files = files
    }

    /// Refuses shards that hold other tensors than the index says.
    public func check(_ shards: [(file: String, tensors: [TensorEntry])]) throws(GenomeError) {
        var places: [String: String] = [:]
        for shard in shards {
            for tensor in shard.tensors {
                guard places.updateValue(shard.file, forKey: tensor.name) == nil else {
                    throw .tensors(.duplicate, tensor: tensor.name)
                }
            }
        }
        for (tensor, file) in files {
            let shown = PlainText.shown(tensor)
            guard places.removeValue(forKey: tensor) == file else {
                throw .adapter(
                    .badValue(key: "weight_map.\(shown)", expected: "the file that holds it"))
            }
        }
        if let left = places.keys.min() { throw .adapter(.unexplained(tensor: left)) }
    }
}
