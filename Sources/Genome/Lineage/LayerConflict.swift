import Wire

/// Why two adapters of one base do not go together, as far as it can be told without running them:
/// by what their manifests say, and by which way each turns the modules that both change.
///
/// Adapters of other bases are never compared: they cannot run together at all, and an edge to each
/// of them would say nothing.
public struct LayerConflict: Equatable, Sendable {
    /// What is in the way.
    public enum Kind: String, CaseIterable, Sendable {
        /// The same weights, read by another graph.
        case graph
        /// The same weights, other tokens.
        case tokenizer
        /// No licence is left that what is made of both could bear.
        case licence
        /// They turn the same modules opposite ways.
        case opposing
        /// They turn the same modules the same way, so that together they do it twice.
        case overlapping

        /// What to do about it.
        public var resolution: String {
            switch self {
            case .graph: "run each with the config that it was made for"
            case .tokenizer: "run each with the tokenizer that it was made for"
            case .licence:
                "keep what is made of both on this node, or ask a publisher for other terms"
            case .opposing: "run one of them, or give one a small weight: together they cancel"
            case .overlapping: "run one of them, or both with half of their weight"
            }
        }
    }

    /// One of the two.
    public struct Side: Sendable {
        /// What it was made for.
        public let base: BaseFacts
        /// Its terms; nil if none are stated.
        public let licence: LicenceExpression?
        /// Which way it turns each module.
        public let sketch: WeightsSketch

        /// A side.
        public init(base: BaseFacts, licence: LicenceExpression?, sketch: WeightsSketch) {
            self.base = base
            self.licence = licence
            self.sketch = sketch
        }
    }

    /// What is in the way.
    public let kind: Kind
    /// From above 0 to 1: 1 where they cannot be joined at all, else how far the directions agree
    /// or oppose each other, times the part of the smaller one's modules that both change.
    public let severity: Double

    /// A conflict.
    public init(_ kind: Kind, severity: Double) {
        self.kind = kind
        self.severity = severity
    }

    /// What stands between two adapters; nothing for those of different weights.
    public static func between(
        _ left: Side, _ right: Side, book: LicenceBook = LicenceBook(mappings: [])
    ) -> [LayerConflict] {
        guard left.base.weights == right.base.weights else { return [] }
        var found: [LayerConflict] = []
        if left.base.graph != right.base.graph { found.append(.init(.graph, severity: 1)) }
        if left.base.tokenizer != right.base.tokenizer {
            found.append(.init(.tokenizer, severity: 1))
        }
        if clash(left.licence, right.licence, book) { found.append(.init(.licence, severity: 1)) }
        let likeness = Likeness(left.sketch, right.sketch)
        let part = Double(likeness.common) / Double(max(1, likeness.smaller))
        let severity = (likeness.directionCosine.magnitude * part * 100).rounded() / 100
        if likeness.isSameDirection {
            found.append(.init(.overlapping, severity: severity))
        } else if likeness.isOppositeDirection {
            found.append(.init(.opposing, severity: severity))
        }
        return found
    }

    /// Whether works under each may be made into others, and a work made of both may bear no
    /// licence. Terms that nobody knows clash with none: they say nothing.
    private static func clash(
        _ left: LicenceExpression?, _ right: LicenceExpression?, _ book: LicenceBook
    ) -> Bool {
        guard let left, let right else { return false }
        let sides = [left, right].map { book.alternatives(ofStated: $0).map(\.terms.derived) }
        guard sides.allSatisfy({ $0.contains { !$0.isEmpty } }) else { return false }
        return sides[0].allSatisfy { one in
            sides[1].allSatisfy { one.intersection($0).isEmpty }
        }
    }

    /// The edge that says it, found by this node.
    public func edge(from source: Digest, to target: Digest) -> LayerEdge {
        .conflict(
            source, with: target, type: kind.rawValue, severity: severity,
            resolution: kind.resolution, saidBy: nil, origin: .comparison)
    }
}

extension DerivedLicences {
    /// Whether no licence is left.
    fileprivate var isEmpty: Bool { self == .only([]) }
}
