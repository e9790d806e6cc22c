import Wire

/// What the tensors of a layer are, whatever files hold them.
public struct WeightsFacts: Hashable, Sendable {
    /// Merkle root over the tensors: equal for equal weights.
    public let id: Digest
    /// The tensor table, a blob of its own.
    public let table: BlobReference
    /// The files that hold the tensors.
    public let files: [LayerPath]

    /// Facts.
    public init(id: Digest, table: BlobReference, files: [LayerPath]) {
        self.id = id
        self.table = table
        self.files = files
    }

    /// Facts as a manifest states them; nil if one is missing or malformed.
    public init?(_ json: JSONValue) {
        guard let id = json.digest("id"), let table = json["table"].flatMap({ BlobReference($0) }),
            let files = json["files"]?.array
        else { return nil }
        self.init(
            id: id, table: table, files: files.compactMap(\.string).compactMap { LayerPath($0) })
    }

    /// The object in the manifest.
    public var json: JSONValue {
        [
            "id": .string(id.hexadecimal), "table": table.json,
            "files": .array(files.map { .string($0.text) }),
        ]
    }
}

/// The base model that a layer changes, named by content.
public struct BaseFacts: Hashable, Sendable {
    /// Layer id, if the base is published.
    public let layer: Digest?
    /// Weights id.
    public let weights: Digest
    /// Digest of the config's graph keys.
    public let graph: Digest
    /// Digest of the tokenizer, if the base has one.
    public let tokenizer: Digest?

    /// Facts.
    public init(layer: Digest?, weights: Digest, graph: Digest, tokenizer: Digest?) {
        self.layer = layer
        self.weights = weights
        self.graph = graph
        self.tokenizer = tokenizer
    }

    /// Facts as a manifest states them; nil if one is missing or malformed.
    public init?(_ json: JSONValue) {
        guard let weights = json.digest("weights"), let graph = json.digest("graph") else {
            return nil
        }
        self.init(
            layer: json.digest("layer"), weights: weights, graph: graph,
            tokenizer: json.digest("tokenizer"))
    }

    /// The object in the manifest.
    public var json: JSONValue {
        var object = JSONObject()
        object["layer"] = layer.map { .string($0.hexadecimal) }
        object["weights"] = .string(weights.hexadecimal)
        object["graph"] = .string(graph.hexadecimal)
        object["tokenizer"] = tokenizer.map { .string($0.hexadecimal) }
        return .object(object)
    }
}

/// How a layer may travel.
public struct Distribution: Hashable, Sendable {
    /// Whether it may leave the publisher's region.
    public let isGloballyAvailable: Bool
    /// How far it is announced.
    public let scope: Scope
    /// Whether others may hold and serve it.
    public let isPeerToPeer: Bool

    /// A distribution.
    public init(isGloballyAvailable: Bool, scope: Scope, isPeerToPeer: Bool) {
        self.isGloballyAvailable = isGloballyAvailable
        self.scope = scope
        self.isPeerToPeer = isPeerToPeer
    }

    /// Facts as a manifest states them; nil if one is missing or malformed.
    public init?(_ json: JSONValue) {
        guard let isGlobal = json["globallyAvailable"]?.bool,
            let scope = json["scope"]?.string.flatMap({ Scope(rawValue: $0) }),
            let isPeerToPeer = json["p2pEnabled"]?.bool
        else { return nil }
        self.init(isGloballyAvailable: isGlobal, scope: scope, isPeerToPeer: isPeerToPeer)
    }

    /// The object in the manifest.
    public var json: JSONValue {
        [
            "globallyAvailable": .bool(isGloballyAvailable), "scope": .string(scope.rawValue),
            "p2pEnabled": .bool(isPeerToPeer),
        ]
    }
}

/// A layer that another one descends from.
public struct ParentLayer: Hashable, Sendable {
    /// Layer id.
    public let layer: Digest
    /// What became of it: `fine-tuned-from`, `merged-from`, `quantised-from`, `converted-from`,
    /// `evolved-from`, `assembled-from` or a private name.
    public let relation: String?

    /// A parent.
    public init(layer: Digest, relation: String?) {
        self.layer = layer
        self.relation = relation
    }

    /// Facts as a manifest states them; nil if one is missing or malformed.
    public init?(_ json: JSONValue) {
        guard let layer = json.digest("layer") else { return nil }
        self.init(layer: layer, relation: json["relation"]?.string)
    }

    /// The entry in the manifest.
    public var json: JSONValue {
        var object = JSONObject()
        object["layer"] = .string(layer.hexadecimal)
        object["relation"] = relation.map { .string($0) }
        return .object(object)
    }
}

extension JSONValue {
    /// The member of that name as a digest, if it is one.
    func digest(_ name: String) -> Digest? {
        self[name]?.string.flatMap { Digest(hexadecimal: $0) }
    }
}
