import Genome
import Host
import Store
import Swarm
import Wire

/// Reads out of catalogue and store what a mirror decides by: layers that are followed or kept, own
/// ones of which others should keep copies, and who says what of it.
struct MirrorSurvey {
    /// Searches that one follow makes at most; each reads a page.
    private static let roundsMax = 64

    let library: Library
    let catalogue: Catalogue
    let keys: Keys

    private var node: NodeKey { keys.node.publicKey }

    /// All of it. What was begun and is not followed any more is let go of on the way.
    func read(_ settings: MirrorSettings) throws(StoreError) -> CopySurvey {
        var found: [Digest: DescribedLayer] = [:]
        let circles = circles()
        for rule in settings.rules {
            for layer in try layers(of: rule.follow, circles)
            where found.count < MirrorLimits.layersMax {
                found[layer.content.layer] = layer
            }
        }
        var kept: Set<Digest> = []
        for id in try library.index.mirrored() {
            guard let layer = try held(id) else {
                if found[id] == nil { try library.unmirror(id) }
                continue
            }
            kept.insert(id)
            found[id] = layer
        }
        var confided: [ConfidedLayer] = []
        for (layer, spread, isPublic) in try ownTargets() {
            if isPublic { found[layer.content.layer] = layer }
            if !isPublic, let copies = spread.copies {
                try confided.append(contracts(of: layer, copies))
            }
        }
        var watched: [WatchedLayer] = []
        for layer in found.values {
            watched.append(try holders(of: layer, isKept: kept.contains(layer.content.layer)))
        }
        watched.sort { $0.id < $1.id }
        return CopySurvey(
            layers: watched, nodes: try nodes(watched, confided), confided: confided,
            room: try library.mirrorRoom())
    }

    // MARK: Layers

    private func circles() -> [NodeKey: [[UInt8]]] {
        let known = OrganizationShelf(library: library, keys: keys).known()
        return Dictionary(known.map { ($0.id, $0.domains) }, uniquingKeysWith: { one, _ in one })
    }

    private func layers(
        of follow: Follow, _ circles: [NodeKey: [[UInt8]]]
    ) throws(StoreError) -> [DescribedLayer] {
        var organizations: [[UInt8]: NodeKey] = [:]
        for (organization, tags) in circles {
            for tag in tags { organizations[tag] = organization }
        }
        if case .layer(let id) = follow {
            return try catalogue.announcements(of: id).prefix(1).compactMap {
                DescribedLayer($0, circles: organizations)
            }
        }
        guard var query = try? LayerQuery(predicates(of: follow)) else { return [] }
        var result: [DescribedLayer] = []
        for _ in 0..<Self.roundsMax {
            let answer = try catalogue.search(query, circles: circles)
            result += answer.matches.compactMap { match in
                DescribedLayer(match.record, circles: organizations)
            }.filter { follow.covers($0) }
            guard let next = answer.next, result.count < MirrorLimits.layersMax else { break }
            query.after = next
        }
        return result
    }

    private func predicates(of follow: Follow) -> [LayerPredicate] {
        switch follow {
        case .layer: []
        case .name(let key, let name): [.publisher(key), .name(name)]
        case .publisher(let key): [.publisher(key)]
        case .tag(let tag): [.tag(tag)]
        case .organization(let key): [.organization(key)]
        }
    }

    /// A layer that is here, as its manifest describes it.
    private func held(_ id: Digest) throws(StoreError) -> DescribedLayer? {
        guard let manifest = try library.manifest(of: id) else { return nil }
        return DescribedLayer(
            content: LayerContent(manifest), publisher: manifest.publisher,
            organization: manifest.organization)
    }

    /// Own layers about whose copies something was said.
    private func ownTargets() throws(StoreError) -> [(DescribedLayer, LayerSpread, Bool)] {
        let rights = LayerRights(library: library, catalogue: catalogue, keys: keys)
        var result: [(DescribedLayer, LayerSpread, Bool)] = []
        for entry in try library.index.layers() where entry.origin == .own {
            guard let spread = rights.spread(of: entry.id, by: entry.publisher),
                var layer = try held(entry.id), let manifest = try library.manifest(of: entry.id)
            else { continue }
            let policy = try rights.policy(of: manifest)
            guard policy.withdrawal == nil else { continue }
            var content = layer.content
            content.spread = spread
            layer = DescribedLayer(
                content: content, publisher: layer.publisher, organization: layer.organization)
            result.append((layer, spread, policy.visibility == .public))
        }
        return result
    }

    /// A layer with all who say that they have it, and the publisher's own word on copies.
    private func holders(
        of layer: DescribedLayer, isKept: Bool
    ) throws(StoreError) -> WatchedLayer {
        var content = layer.content
        var sources: Set<NodeKey> = []
        var holders: Set<NodeKey> = []
        for record in try catalogue.announcements(of: content.layer) {
            let holder = record.signer ?? record.publisher
            let isSource = record.publisher == layer.publisher && record.type == .layer
            if isSource, case .layer(let said) = record.content { content.spread = said.spread }
            guard holder != node else { continue }
            if isSource { sources.insert(holder) } else { holders.insert(holder) }
        }
        return WatchedLayer(
            DescribedLayer(
                content: content, publisher: layer.publisher, organization: layer.organization),
            sources: sources, holders: holders, isKept: isKept)
    }

    // MARK: Sealed copies

    private func contracts(
        of layer: DescribedLayer, _ copies: Int
    ) throws(StoreError) -> ConfidedLayer {
        var contracts: [ConfidedLayer.Contract] = []
        if let sealed = try SealedCopy.read(layer.content.layer, library.layout) {
            let ending = Set(try library.endingHolds())
            contracts = try library.holds(of: sealed, by: layer.publisher).filter {
                !ending.contains($0.request.contract)
            }.map { entry in
                ConfidedLayer.Contract(
                    mirror: entry.request.mirror, isComplete: entry.isComplete,
                    issued: entry.request.issued, until: entry.request.until)
            }
        }
        return ConfidedLayer(
            layer: layer.content.layer, publisher: layer.publisher, size: layer.content.size,
            copies: copies, contracts: contracts)
    }

    // MARK: Nodes

    /// What those say of themselves who mirror anything, and all who hold what is watched.
    private func nodes(
        _ watched: [WatchedLayer], _ confided: [ConfidedLayer]
    ) throws(StoreError) -> [MirrorNode] {
        var wanted: Set<NodeKey> = [node]
        for layer in watched { wanted.formUnion(layer.sources.union(layer.holders)) }
        for layer in confided { wanted.formUnion(layer.contracts.map(\.mirror)) }
        var found: [NodeKey: MirrorNode] = [:]
        for record in try catalogue.records(type: .node, limit: MirrorLimits.nodesMax) {
            guard case .node(let content) = record.content,
                content.mirror != nil || wanted.contains(record.publisher)
            else { continue }
            found[record.publisher] = MirrorNode(
                record.publisher, content, issued: record.issued)
        }
        for key in wanted where found[key] == nil {
            let place = SlotKey(publisher: key, type: .node, slot: .only)
            guard let record = try catalogue.record(at: place),
                case .node(let content) = record.content
            else { continue }
            found[key] = MirrorNode(key, content, issued: record.issued)
        }
        return found.values.sorted { $0.node < $1.node }
    }
}

extension LayerRights {
    /// How the publisher of a layer wants copies of it to spread, as her statement that is kept
    /// here says; nil where there is none.
    func spread(of layer: Digest, by publisher: NodeKey) -> LayerSpread? {
        propagation(of: layer, by: publisher).flatMap { LayerSpread($0) }
    }

    /// That statement itself.
    func propagation(of layer: Digest, by publisher: NodeKey) -> Statement? {
        statements(about: layer).map(\.statement).first {
            $0.kind == .propagation && $0.publisher == publisher
        }
    }
}
