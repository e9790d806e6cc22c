import Wire

/// How one layer stands to another, under the names of the graph.
public enum LayerRelation: String, CaseIterable, Sendable {
    /// The source came from the target.
    case evolvedFrom = "EVOLVED_FROM"
    /// The source needs the target, or was made with it.
    case dependsOn = "DEPENDS_ON"
    /// The two do more together than alone.
    case synergizesWith = "SYNERGIZES_WITH"
    /// The two do not go together.
    case conflictsWith = "CONFLICTS_WITH"

    /// Whether it says the same of both ends.
    public var isMutual: Bool { self == .synergizesWith || self == .conflictsWith }
}

/// One edge of the graph of layers.
public struct LayerEdge: Equatable, Sendable {
    /// Where the edge was read.
    public enum Origin: Int64, CaseIterable, Sendable {
        /// In the source's own manifest.
        case manifest = 0
        /// In a statement about the source.
        case statement = 1
        /// Nowhere: the source names no base layer, and the target has the weights of its base.
        case weights = 2
        /// Nowhere: this node compared the two.
        case comparison = 3

        /// The word for it in answers.
        public var word: String {
            switch self {
            case .manifest: "manifest"
            case .statement: "statement"
            case .weights: "weights"
            case .comparison: "comparison"
            }
        }
    }

    /// The layer that it is said of.
    public let source: Digest
    /// What it is.
    public let relation: LayerRelation
    /// The other layer.
    public let target: Digest
    /// What kind of evolution, dependency or conflict; of a synergy `measured`, or empty where a
    /// manifest only says so.
    public let type: String
    /// The members that the relation has.
    public let properties: JSONObject
    /// Who says so; nil for what this node found itself.
    public let saidBy: NodeKey?
    /// Where it was read.
    public let origin: Origin

    /// An edge.
    public init(
        _ source: Digest, _ relation: LayerRelation, _ target: Digest, type: String,
        properties: JSONObject, saidBy: NodeKey?, origin: Origin
    ) {
        self.source = source
        self.relation = relation
        self.target = target
        self.type = type
        self.properties = properties
        self.saidBy = saidBy
        self.origin = origin
    }

    /// Whether the source descends from the target, so that the target's terms pass on to it.
    public var isDescent: Bool {
        switch relation {
        case .evolvedFrom: true
        case .dependsOn: Self.descentTypes.contains(type)
        case .synergizesWith, .conflictsWith: false
        }
    }

    /// The dependencies that a layer was made with, not only runs beside.
    public static let descentTypes: Set<String> = ["base", "data", "member"]
}

extension LayerEdge {
    /// `source` came from `target`; `confidence` from 0 to 1.
    static func evolution(
        _ source: Digest, from target: Digest, type: String, confidence: Double = 1,
        improvements: JSONObject = JSONObject(), saidBy: NodeKey, origin: Origin
    ) -> LayerEdge {
        var properties = JSONObject()
        properties["evolutionType"] = .string(type)
        properties["confidence"] = .double(confidence)
        properties["improvementMetrics"] = .object(improvements)
        return LayerEdge(
            source, .evolvedFrom, target, type: type, properties: properties, saidBy: saidBy,
            origin: origin)
    }

    /// `source` needs `target`, or was made with it.
    public static func dependency(
        _ source: Digest, on target: Digest, type: String, strength: Double = 1,
        isRequired: Bool = true, saidBy: NodeKey?, origin: Origin
    ) -> LayerEdge {
        var properties = JSONObject()
        properties["dependencyType"] = .string(type)
        properties["strength"] = .double(strength)
        properties["required"] = .bool(isRequired)
        return LayerEdge(
            source, .dependsOn, target, type: type, properties: properties, saidBy: saidBy,
            origin: origin)
    }

    /// The two do more together than alone.
    static func synergy(
        _ source: Digest, with target: Digest, type: String, strength: Double,
        capabilities: [String], saidBy: NodeKey, origin: Origin
    ) -> LayerEdge {
        var properties = JSONObject()
        properties["synergyStrength"] = .double(strength)
        properties["emergentCapabilities"] = .array(capabilities.map { .string($0) })
        return LayerEdge(
            source, .synergizesWith, target, type: type, properties: properties, saidBy: saidBy,
            origin: origin)
    }

    /// The two do not go together.
    public static func conflict(
        _ source: Digest, with target: Digest, type: String, severity: Double,
        resolution: String, saidBy: NodeKey?, origin: Origin
    ) -> LayerEdge {
        var properties = JSONObject()
        properties["conflictType"] = .string(type)
        properties["severity"] = .double(severity)
        properties["resolution"] = .string(resolution)
        return LayerEdge(
            source, .conflictsWith, target, type: type, properties: properties, saidBy: saidBy,
            origin: origin)
    }
}
