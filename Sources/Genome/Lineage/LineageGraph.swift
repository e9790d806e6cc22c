import Wire

/// What is known of a layer in a lineage.
public struct LineageNode: Equatable, Sendable {
    /// How it is known.
    public enum Knowledge: String, CaseIterable, Sendable {
        /// It is here.
        case held
        /// A record told of it.
        case heard
        /// Only because another layer names its id.
        case id
    }

    /// Layer id.
    public let layer: Digest
    /// How it is known.
    public var knowledge = Knowledge.id
    /// The publisher's name for it; empty if known by its id alone, and so are the following.
    public var name = ""
    /// The publisher's version.
    public var version = ""
    /// `foundation`, `lora` and so on.
    public var type = ""
    /// SPDX expression.
    public var licence = ""
    /// The publisher's key in base32.
    public var publisher = ""
    /// Steps from the layer that was asked for; less than 0 for what came of it.
    public var depth = 0

    /// A layer that is known by its id.
    public init(_ layer: Digest) { self.layer = layer }

    /// `poems@1.0.0`, or the beginning of the id.
    public var title: String {
        name.isEmpty ? "layer \(layer.hexadecimal.prefix(16))" : "\(name)@\(version)"
    }

    /// The node in an answer.
    public var json: JSONValue {
        var object = JSONObject()
        object["layer"] = .string(layer.hexadecimal)
        object["uuid"] = .string(LayerUUID(of: layer).description)
        object["known"] = .string(knowledge.rawValue)
        object["depth"] = .integer(Int64(depth))
        guard knowledge != .id else { return .object(object) }
        object["name"] = .string(name)
        object["version"] = .string(version)
        object["type"] = .string(type)
        object["licence"] = .string(licence)
        object["publisher"] = .string(publisher)
        return .object(object)
    }

    /// The node of an answer; nil if that is none.
    public init?(_ json: JSONValue) {
        guard let layer = json.digest("layer"),
            let knowledge = json["known"]?.string.flatMap({ Knowledge(rawValue: $0) })
        else { return nil }
        self.layer = layer
        self.knowledge = knowledge
        depth = Int(json["depth"]?.integer ?? 0)
        name = json["name"]?.string ?? ""
        version = json["version"]?.string ?? ""
        type = json["type"]?.string ?? ""
        licence = json["licence"]?.string ?? ""
        publisher = json["publisher"]?.string ?? ""
    }
}

extension LayerEdge {
    /// The edge in an answer.
    public var json: JSONValue {
        var object = JSONObject()
        object["from"] = .string(source.hexadecimal)
        object["relation"] = .string(relation.rawValue)
        object["to"] = .string(target.hexadecimal)
        object["type"] = .string(type)
        object["properties"] = .object(properties)
        object["saidBy"] = saidBy.map { .string($0.base32) } ?? .null
        object["origin"] = .string(origin.word)
        return .object(object)
    }

    /// The edge of an answer; nil if that is none.
    public init?(_ json: JSONValue) {
        guard let source = json.digest("from"), let target = json.digest("to"),
            let relation = json["relation"]?.string.flatMap({ LayerRelation(rawValue: $0) }),
            let origin = Origin.allCases.first(where: { $0.word == json["origin"]?.string })
        else { return nil }
        self.init(
            source, relation, target, type: json["type"]?.string ?? "",
            properties: json["properties"]?.object ?? JSONObject(),
            saidBy: json["saidBy"]?.string.flatMap { NodeKey(base32: $0) }, origin: origin)
    }
}

/// A layer with those that it came from, those that came of it, and what joins them.
public struct LineageGraph: Equatable, Sendable {
    /// The layer that was asked for.
    public let root: Digest
    /// The layers, the root first.
    public let nodes: [LineageNode]
    /// The edges between them.
    public let edges: [LayerEdge]
    /// Whether layers were left out because there were too many.
    public let isCut: Bool

    /// A graph.
    public init(root: Digest, nodes: [LineageNode], edges: [LayerEdge], isCut: Bool) {
        self.root = root
        self.nodes = nodes
        self.edges = edges
        self.isCut = isCut
    }

    /// The graph of an answer; nil if that is none.
    public init?(_ json: JSONValue) {
        guard let root = json.digest("layer"), let nodes = json["nodes"]?.array,
            let edges = json["edges"]?.array
        else { return nil }
        self.init(
            root: root, nodes: nodes.compactMap { LineageNode($0) },
            edges: edges.compactMap { LayerEdge($0) }, isCut: json["truncated"]?.bool ?? false)
    }

    /// The graph in an answer.
    public var json: JSONObject {
        var object = JSONObject()
        object["layer"] = .string(root.hexadecimal)
        object["nodes"] = .array(nodes.map(\.json))
        object["edges"] = .array(edges.map(\.json))
        object["truncated"] = .bool(isCut)
        return object
    }

    /// The node of a layer.
    public func node(_ layer: Digest) -> LineageNode? { nodes.first { $0.layer == layer } }
}
