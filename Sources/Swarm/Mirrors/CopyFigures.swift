import Genome
import Wire

/// How it stands with the copies of a layer, as this node sees it: for people who look.
public struct CopyFigures: Sendable {
    /// A node that has it, or says so.
    public struct Holder: Sendable {
        /// Its key.
        public let node: NodeKey
        /// Where its owner says that it is.
        public let region: String?
        /// The network of its address.
        public let network: Subnet?
        /// What this node knows of it by its own challenges.
        public let standing: MirrorStanding
        /// Whether it publishes the layer.
        public let isSource: Bool
        /// Whether its copy counts: it publishes or follows the layer, lives and is trusted.
        public let counts: Bool
        /// Seconds for which no call has reached it; nil while one does or none was tried.
        public let absence: UInt64?
    }

    /// The layer.
    public let layer: DescribedLayer
    /// Whether it is kept here, and if not, why.
    public let state: CopyState
    /// Copies that should live; nil where nobody wants a number.
    public let target: Int?
    /// What its publisher wants of copies now; nil where she said nothing.
    public let spread: LayerSpread?
    /// Who has it, besides this node, in key order.
    public let holders: [Holder]

    /// Copies that live, the own among them.
    public var living: Int { holders.count(where: \.counts) + (state == .kept ? 1 : 0) }
    /// Copies that are missing.
    public var missing: Int { max(0, (target ?? 0) - living) }
}

extension Swarm {
    /// What the owner wants mirrored.
    public var mirrorSettings: MirrorSettings { mirroring.settings }

    /// How it stands with all layers that this node follows or keeps as a mirror, in order of id.
    public var copyFigures: [CopyFigures] {
        let rule = copyRule()
        return mirroring.copies.values.map { copy in
            figures(of: copy.watched, copy.state, target: rule.target(of: copy.watched), rule)
        }
    }

    /// The same for any layer whose records are at hand, such as an own one.
    public func figures(of watched: WatchedLayer) -> CopyFigures {
        let rule = copyRule()
        let isOwn = isPublisher(watched.layer.publisher)
        return figures(
            of: watched, isOwn || watched.isKept ? .kept : .leftToOthers,
            target: rule.target(of: watched), rule)
    }

    private func figures(
        of watched: WatchedLayer, _ state: CopyState, target: Int?, _ rule: CopyRule
    ) -> CopyFigures {
        let living = Set(rule.living(watched))
        let nodes = watched.sources.union(watched.holders).subtracting([settings.node])
        return CopyFigures(
            layer: watched.layer, state: state, target: target, spread: rule.spread(of: watched),
            holders: nodes.sorted().map { node in
                let said = mirroring.nodes[node]
                return CopyFigures.Holder(
                    node: node, region: said?.content.region, network: said?.network,
                    standing: rule.standing(node), isSource: watched.sources.contains(node),
                    counts: living.contains(node),
                    absence: mirroring.presence.absence(of: node, at: now.monotonic))
            })
    }
}
