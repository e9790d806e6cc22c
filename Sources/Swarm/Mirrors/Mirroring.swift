import Genome
import Wire

/// A layer that a mirror looks after.
struct WatchedCopy: Sendable {
    var watched: WatchedLayer
    var state: CopyState = .waiting(.turn)
    /// Monotonic nanoseconds since when it is wanted here.
    var wantedSince: UInt64?
    /// Since when too few copies live, and too many.
    var shortSince: UInt64?
    var surplusSince: UInt64?
    /// Whether the shell is taking it.
    var isTaking = false
    /// Tries that failed in a row, why the last one did, and when the next may begin.
    var failures = 0
    var failure: String?
    var notBefore: UInt64 = 0

    init(_ watched: WatchedLayer) { self.watched = watched }
}

/// All that a node knows and decides as a mirror.
struct Mirroring: Sendable {
    var settings = MirrorSettings()
    /// Bytes for which there is room, without those on their way.
    var room: UInt64 = 0
    var copies = OrderedTable<Digest, WatchedCopy>()
    /// Own restricted layers with a target, and mirrors that refused them, until when.
    var confided = OrderedTable<Digest, ConfidedLayer>()
    var refusals: [NodeKey: UInt64] = [:]
    /// Layers whose mirrors the shell is asking, or could not: until when they are left alone.
    var asking: [Digest: UInt64] = [:]
    /// Those that were asked and of which the next survey tells, or the one under way: until then
    /// what is known of their contracts is old.
    var asked: Set<Digest> = []
    var askedBefore: Set<Digest> = []
    /// Nodes that mirror, and holders, with what their records say.
    var nodes: [NodeKey: MirrorNode] = [:]
    var presence = MirrorPresence()
    /// Monotonic nanoseconds when catalogue and store are read next, never before the owner's
    /// wishes are known, and of the first time.
    var surveyDue: UInt64 = .max
    var isSurveying = false
    var begun: UInt64?
    /// Whether the owner has anything to do with mirrors.
    var isActive: Bool {
        !settings.rules.isEmpty || !copies.isEmpty || !confided.isEmpty
    }

    /// Bytes of what is on its way.
    var taking: UInt64 {
        copies.values.reduce(0) { $1.isTaking ? $0 + $1.watched.size : $0 }
    }

    /// Takes in what catalogue and store say, beside what happened meanwhile.
    mutating func take(_ survey: CopySurvey) {
        isSurveying = false
        for layer in askedBefore { asking[layer] = nil }
        askedBefore = []
        room = survey.room
        nodes = [:]
        for node in survey.nodes { take(node) }
        var next = OrderedTable<Digest, WatchedCopy>()
        for watched in survey.layers.prefix(MirrorLimits.layersMax) {
            var copy = copies[watched.id] ?? WatchedCopy(watched)
            copy.watched = watched
            bound(&copy.watched)
            next[watched.id] = copy
        }
        for copy in copies.values where copy.isTaking && next[copy.watched.id] == nil {
            next[copy.watched.id] = copy
        }
        copies = next
        confided = OrderedTable()
        for layer in survey.confided { confided[layer.layer] = layer }
    }

    /// Keeps the holders of a layer to their number: those that follow it stay, since only they
    /// count.
    private func bound(_ watched: inout WatchedLayer) {
        guard watched.holders.count > MirrorLimits.holdersMax else { return }
        let marks = watched.marks
        let order = watched.holders.sorted { one, other in
            let follows = [one, other].map { nodes[$0]?.follows(marks) == true }
            return follows[0] != follows[1] ? follows[0] : one < other
        }
        watched.holders = Set(order.prefix(MirrorLimits.holdersMax))
    }

    /// Takes in what a node says of itself.
    mutating func take(_ node: MirrorNode) {
        let isKnown = nodes[node.node] != nil
        guard isKnown || nodes.count < MirrorLimits.nodesMax else { return }
        nodes[node.node] = node
    }

    /// Takes in what a record says of a layer; whether it is followed or kept.
    mutating func take(_ layer: DescribedLayer, by holder: NodeKey, isSource: Bool) {
        let id = layer.content.layer
        let isFollowed = settings.rules.contains { $0.follow.covers(layer) }
        guard copies[id] != nil || isFollowed && copies.count < MirrorLimits.layersMax else {
            return
        }
        // Anybody can write a record about any layer, also under a key of her own. Until the
        // manifest is here the first word stands, and a publisher's own goes before a holder's.
        if let known = copies[id]?.watched, known.layer.publisher != layer.publisher {
            guard isSource, isFollowed, known.sources.isEmpty, !known.isKept else { return }
            copies[id] = nil
        }
        var copy = copies[id] ?? WatchedCopy(WatchedLayer(layer))
        if isSource {
            let known = copy.watched
            copy.watched = WatchedLayer(
                layer, sources: known.sources.union([holder]), holders: known.holders,
                isKept: known.isKept)
        } else {
            copy.watched.holders.insert(holder)
            bound(&copy.watched)
        }
        copies[id] = copy
    }

    /// A holder's record is over.
    mutating func end(_ slot: Slot, of holder: NodeKey) {
        for id in copies.keys where Slot(prefixOf: id) == slot {
            _ = copies.change(id) { copy in
                copy.watched.holders.remove(holder)
                copy.watched.sources.remove(holder)
            }
        }
    }

    /// How taking a copy ended; nil where it is here.
    mutating func taken(_ layer: Digest, failure: String?, at now: UInt64) {
        _ = copies.change(layer) { copy in
            copy.isTaking = false
            copy.failure = failure
            guard failure != nil else {
                copy.failures = 0
                copy.watched.isKept = true
                copy.state = .kept
                return
            }
            let pause = MirrorLimits.retryPauseMin << UInt64(min(copy.failures, 12))
            copy.notBefore = now + min(pause, MirrorLimits.retryPauseMax)
            copy.failures += 1
        }
    }
}
