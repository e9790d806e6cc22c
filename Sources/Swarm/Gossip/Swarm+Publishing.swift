import Genome
import Wire

/// What this node says of itself and when it says it again.
struct Publishing: Sendable {
    /// Highest sequence signed.
    var lastSequence: UInt64 = 0
    /// Monotonic nanoseconds when the Node record is due.
    var nodeDue: UInt64 = 0
    /// Monotonic nanoseconds when the Holdings records are due; nil when nothing changed.
    var holdingsDue: UInt64?
    /// Places of the Holdings records that stand.
    var holdingSlots: [Slot] = []
    /// For each layer, wall milliseconds when its Layer or Mirror record is due.
    var layersDue = OrderedTable<Digest, UInt64>()
}

extension Swarm {
    /// Life of a Layer record: one year, renewed at half time.
    private static let layerLifeMilliseconds: UInt64 = 365 * 86_400_000

    func decide(_ action: Action, _ layer: HeldLayer, peer: NodeKey?) -> Decision {
        let terms = LayerTerms(
            visibility: layer.visibility, distribution: layer.distribution,
            isOwn: layer.publisher == settings.node)
        return Decision.decide(action, terms, peer: peer, isSeeding: settings.isSeeding)
    }

    /// A layer is here: announce it, if its terms and the owner allow.
    mutating func hold(_ layer: HeldLayer) {
        held[layer.layer] = layer
        guard decide(.announce, layer, peer: nil) == .allow else { return }
        let life = layer.announced.map { $0.expires - min($0.expires, $0.issued) }
        let renewal = layer.announced.map { $0.issued + (life ?? 0) / SwarmLimits.renewalDivisor }
        publishing.layersDue[layer.layer] = renewal ?? 0
        publishing.holdingsDue = now.monotonic + SwarmLimits.holdingsPause
        publishLayersIfDue()
    }

    /// A layer is here no more.
    mutating func drop(_ layer: Digest) {
        guard let dropped = held[layer] else { return }
        held[layer] = nil
        if publishing.layersDue[layer] != nil {
            let isOwn = dropped.publisher == settings.node
            end(isOwn ? .layer : .mirror, Slot(prefixOf: layer), reason: nil)
        }
        publishing.layersDue[layer] = nil
        publishing.holdingsDue = now.monotonic + SwarmLimits.holdingsPause
    }

    mutating func publishIfDue() {
        guard !isStopping else { return }
        if publishing.nodeDue <= now.monotonic {
            publishing.nodeDue = now.monotonic + 6 * Span.hour
            var node = NodeContent(
                endpoints: settings.endpoints, services: [.catalogue, .blobs])
            node.label = settings.label
            node.software = settings.software
            sign(.node(node), life: RecordType.node.lifeMaxMilliseconds)
        }
        publishLayersIfDue()
        if let due = publishing.holdingsDue, due <= now.monotonic {
            publishing.holdingsDue = now.monotonic + 6 * Span.hour
            publishHoldings()
        }
    }

    private mutating func publishLayersIfDue() {
        for (id, due) in publishing.layersDue.entries where due <= now.wall {
            guard let layer = held[id] else {
                publishing.layersDue[id] = nil
                continue
            }
            let isOwn = layer.publisher == settings.node
            let life =
                isOwn ? Self.layerLifeMilliseconds : RecordType.mirror.lifeMaxMilliseconds ?? 0
            publishing.layersDue[id] = now.wall + life / SwarmLimits.renewalDivisor
            sign(
                isOwn
                    ? .layer(layer.content)
                    : .mirror(layer.content, publisher: layer.publisher),
                life: life)
        }
    }

    private mutating func publishHoldings() {
        let layers = held.values.filter { decide(.announce, $0, peer: nil) == .allow }
        let contents = HoldingsContent.split(layers.map(\.layer))
        for content in contents {
            sign(.holdings(content), life: RecordType.holdings.lifeMaxMilliseconds)
        }
        let slots = contents.map(\.slot)
        for slot in publishing.holdingSlots where !slots.contains(slot) {
            end(.holdings, slot, reason: nil)
        }
        publishing.holdingSlots = slots
    }

    /// Ends an own record: the tombstone lives as long as the record could have.
    private mutating func end(_ type: RecordType, _ slot: Slot, reason: String?) {
        let life = type.lifeMaxMilliseconds ?? 0
        let content = TombstoneContent(endedType: type, slot: slot, reason: reason)
        sign(.tombstone(content), life: life + 30 * 60_000)
    }

    private mutating func sign(_ content: RecordContent, life: UInt64?) {
        publishing.lastSequence = max(publishing.lastSequence + 1, now.wall)
        var content = content
        if case .mirror(var layer, let publisher) = content {
            layer.summary = nil
            content = .mirror(layer, publisher: publisher)
        }
        effects.append(
            .signRecord(
                UnsignedRecord(
                    publisher: settings.node, sequence: publishing.lastSequence,
                    issued: now.wall, expires: life.map { now.wall + $0 } ?? .max,
                    content: content)))
    }
}
