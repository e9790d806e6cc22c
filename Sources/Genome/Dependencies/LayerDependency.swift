import Wire

/// What a layer needs, fits or fights, as its manifest states it.
public struct LayerDependency: Hashable, Sendable {
    /// Which layer is meant.
    public enum Target: Hashable, Sendable {
        /// One layer by its id.
        case layer(Digest)
        /// Any version of one publisher's layer that a range accepts.
        case named(LayerPlace, VersionRange)
    }

    /// Which layer is meant.
    public let target: Target
    /// `requires`, `conflicts-with`, `synergizes-with` or a private name.
    public let kind: String
    /// Whether the layer cannot run without, or cannot run with it at all.
    public let isRequired: Bool

    /// A dependency.
    public init(_ target: Target, kind: String, isRequired: Bool = true) {
        self.target = target
        self.kind = kind
        self.isRequired = isRequired
    }

    /// A dependency as a manifest states it; nil if a member is missing or malformed.
    public init?(_ json: JSONValue) {
        guard let kind = json["kind"]?.string else { return nil }
        if let layer = json.digest("layer") {
            target = .layer(layer)
        } else {
            guard let publisher = json["publisher"]?.string.flatMap({ NodeKey(base32: $0) }),
                let name = json["name"]?.string,
                let range = json["range"]?.string.flatMap({ VersionRange($0) })
            else { return nil }
            target = .named(LayerPlace(publisher: publisher, name: name), range)
        }
        self.kind = kind
        isRequired = json["required"]?.bool ?? true
    }

    /// The entry in a manifest.
    public var json: JSONValue {
        var object = JSONObject()
        switch target {
        case .layer(let layer): object["layer"] = .string(layer.hexadecimal)
        case .named(let place, let range):
            object["publisher"] = .string(place.publisher.base32)
            object["name"] = .string(place.name)
            object["range"] = .string(range.text)
        }
        object["kind"] = .string(kind)
        if !isRequired { object["required"] = false }
        return .object(object)
    }
}

extension LayerDependency.Target: CustomStringConvertible {
    /// `k7x2m4qa/name ^1.2.0`, or the first digits of an id.
    public var description: String {
        switch self {
        case .layer(let layer): "layer \(layer.hexadecimal.prefix(16))"
        case .named(let place, let range): "\(place) \(range)"
        }
    }
}

/// A publisher's name for a layer, whatever its version.
public struct LayerPlace: Hashable, Sendable, CustomStringConvertible {
    /// The publisher.
    public let publisher: NodeKey
    /// The name.
    public let name: String

    /// A place.
    public init(publisher: NodeKey, name: String) {
        self.publisher = publisher
        self.name = name
    }

    /// `k7x2m4qa/name`.
    public var description: String { "\(publisher.fingerprint)/\(name)" }
}

extension Manifest {
    /// What the layer needs, fits or fights, in the order of its manifest. The members of an
    /// assembly are among what it needs.
    public var dependencies: [LayerDependency] {
        let members = assemblyMembers.map { LayerDependency(.layer($0), kind: "requires") }
        return members + (json["dependencies"]?.array ?? []).compactMap { LayerDependency($0) }
    }

    /// The layers that an assembly is made of, in their order; none for other types.
    public var assemblyMembers: [Digest] {
        (json["assembly"]?["layers"]?.array ?? []).compactMap { $0.digest("layer") }
    }
}
