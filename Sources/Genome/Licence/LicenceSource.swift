import Wire

/// What a layer is made from, as its child names it.
public enum LicenceRole: String, CaseIterable, Sendable {
    /// The model that it changes.
    case base
    /// A layer that it descends from.
    case parent
    /// Something it learned from.
    case data

    /// The word in a path.
    var word: String { self == .data ? "dataset" : rawValue }
}

/// How much the terms of data count.
public enum DataPolicy: String, CaseIterable, Sendable {
    /// As those of a parent.
    case strict
    /// They are told, and refuse nothing.
    case warn
    /// Not at all.
    case off
}

/// Something that terms come from: a layer, or data that is no layer.
public struct LicenceSource: Sendable {
    /// What it says about its terms.
    public enum Stated: Sendable {
        /// An expression.
        case expression(LicenceExpression)
        /// Terms without one.
        case terms(LicenceTerms)
        /// Nothing.
        case nothing
    }

    /// How answers name it.
    public let label: String
    /// Its own terms, without those of what it is made from.
    public let stated: Stated
    /// Widest visibility that a layer made from it may have.
    public let widestChild: Visibility
    /// What it is made from itself.
    public let links: [LicenceLink]
    /// Whether it is a trained model, which learned from its data and does not hold them.
    public let isTrained: Bool

    /// A source.
    public init(
        label: String, stated: Stated, widestChild: Visibility = .public,
        links: [LicenceLink] = [], isTrained: Bool = false
    ) {
        self.label = label
        self.stated = stated
        self.widestChild = widestChild
        self.links = links
        self.isTrained = isTrained
    }

    /// The expression, if it states one.
    public var expression: LicenceExpression? {
        if case .expression(let expression) = stated { expression } else { nil }
    }
}

/// One thing that a layer is made from.
public struct LicenceLink: Sendable {
    /// Where it is to be found.
    public enum Target: Sendable {
        /// A layer, looked up by id.
        case layer(Digest)
        /// Right here.
        indirect case stated(LicenceSource)
        /// Data that is no layer and about whose terms the child says nothing.
        case unstated(String)
    }

    /// What it was to the child.
    public let role: LicenceRole
    /// What it is.
    public let target: Target

    /// A link.
    public init(_ role: LicenceRole, _ target: Target) {
        self.role = role
        self.target = target
    }
}
