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
                holder(
                    node, isSource: watched.sources.contains(node), counts: living.contains(node))
            })
    }

    private func holder(_ node: NodeKey, isSource: Bool, counts: Bool) -> CopyFigures.Holder {
        let said = mirroring.nodes[node]
        return CopyFigures.Holder(
            node: node, region: said?.content.region, network: said?.network,
            standing: standing(of: node), isSource: isSource,
            counts: counts, absence: mirroring.presence.absence(of: node, at: now.monotonic))
    }
}

/// How it stands with the sealed copies of an own restricted layer: for people who look.
public struct SealedFigures: Sendable {
    /// The layer.
    public let layer: Digest
    /// Copies that should live, the own among them.
    public let target: Int
    /// Mirrors that were asked, in key order.
    public let holders: [CopyFigures.Holder]
    /// Nodes that say that they keep sealed copies for this publisher and live.
    public let candidates: Int

    /// Copies that live, the own among them.
    public var living: Int { holders.count(where: \.counts) + 1 }
    /// Copies that are missing.
    public var missing: Int { max(0, target - living) }
}

extension Swarm {
    /// How it stands with the sealed copies of own layers that have a target.
    public var sealedFigures: [SealedFigures] {
        let rule = copyRule()
        return mirroring.confided.values.map { layer in
            let complete = Set(layer.contracts.filter(\.isComplete).map(\.mirror))
            let asked = Set(layer.contracts.map(\.mirror))
            return SealedFigures(
                layer: layer.layer, target: layer.copies,
                holders: asked.sorted().map { node in
                    holder(
                        node, isSource: false,
                        counts: complete.contains(node) && !rule.isGone(node)
                            && rule.standing(node).isTrusted)
                }, candidates: mirrors(for: layer, rule).count)
        }
    }
}
