import Wire

/// A layer that a dependency may mean.
public struct DependencyCandidate: Sendable {
    /// Its id.
    public let layer: Digest
    /// Whose layer it is and what that calls it; nil where nothing but the id is known.
    public let place: LayerPlace?
    /// Its version; nil where nothing but the id is known.
    public let version: SemanticVersion?
    /// What it needs; empty where its manifest is not known.
    public let dependencies: [LayerDependency]
    /// What to call it.
    public let title: String

    /// A candidate.
    public init(
        layer: Digest, place: LayerPlace?, version: SemanticVersion?,
        dependencies: [LayerDependency], title: String
    ) {
        self.layer = layer
        self.place = place
        self.version = version
        self.dependencies = dependencies
        self.title = title
    }

    /// The layer of a manifest.
    public init(_ manifest: Manifest) {
        self.init(
            layer: manifest.layer,
            place: LayerPlace(publisher: manifest.publisher, name: manifest.name),
            version: manifest.version, dependencies: manifest.dependencies,
            title: manifest.reference.description)
    }

    /// Whether a dependency means this layer.
    func isMeant(by target: LayerDependency.Target) -> Bool {
        switch target {
        case .layer(let layer): self.layer == layer
        case .named(let place, let range):
            self.place == place && version.map { range.contains($0) } ?? false
        }
    }
}

/// The layers that one layer needs, each once.
public struct DependencyLock: Hashable, Sendable {
    /// Their ids, each behind everything that it needs itself; the layer they are for is not
    /// among them.
    public let layers: [Digest]
    /// What would be used if it were there and fitted.
    public let leftOut: [LayerDependency]
    /// Layers of the lock that another one of it says it does not go well with.
    public let warnings: [String]
}

/// Why nothing fits: a smallest set of demands that cannot be met together.
public struct DependencyCore: Hashable, Sendable {
    /// The demands, from the layer outwards, then what is known of each layer that they name.
    public let lines: [String]
    /// The layers of a circle, the first one again at its end; empty if there is none.
    public let cycle: [String]
}

/// What became of a resolution.
public enum DependencyAnswer: Hashable, Sendable {
    /// Everything that is needed.
    case locked(DependencyLock)
    /// Nothing fits.
    case unsatisfiable(DependencyCore)
    /// Given up, for the reason named.
    case tooHard(String)
}
