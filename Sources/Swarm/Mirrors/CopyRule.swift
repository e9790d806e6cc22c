import Genome
import Wire

/// Whether this node should keep a layer: pure, from what is known now.
struct CopyRule {
    let node: NodeKey
    let settings: MirrorSettings
    let nodes: [NodeKey: MirrorNode]
    let presence: MirrorPresence
    let standings: [NodeKey: MirrorStanding]
    /// Monotonic nanoseconds, and seconds since 1970.
    let now: UInt64
    let seconds: Int64
    /// Whether who holds what is known as well as it can be.
    let isSettled: Bool

    private var patience: UInt64 { settings.patience * Span.second }

    func standing(_ node: NodeKey) -> MirrorStanding { standings[node] ?? MirrorStanding() }

    /// What the publisher wants now of how a layer spreads.
    func spread(of watched: WatchedLayer) -> LayerSpread? {
        watched.layer.content.spread.flatMap { $0.isInForce(at: seconds) ? $0 : nil }
    }

    /// Copies that should live; nil where nobody wants a number.
    func target(of watched: WatchedLayer) -> Int? {
        spread(of: watched)?.copies ?? settings.targets[watched.id]
            ?? settings.rule(for: watched.layer)?.copies
    }

    /// Holders whose copies count: who publishes it, and who says that it follows it. A copy of
    /// somebody who only fetched it may go at any time, and a record that says "I have it" costs
    /// nothing.
    func counting(_ watched: WatchedLayer) -> [NodeKey] {
        let followers = watched.holders.filter { holder in
            nodes[holder]?.follows(watched.marks) == true && standing(holder).isTrusted
        }
        return watched.sources.union(followers).subtracting([node]).sorted()
    }

    /// Those of them that live.
    func living(_ watched: WatchedLayer) -> [NodeKey] {
        counting(watched).filter { !isGone($0) }
    }

    /// Whether a node's copies count as lost: no call has reached it for too long, or it has not
    /// said for a day that it is there.
    func isGone(_ node: NodeKey) -> Bool {
        if presence.isGone(node, at: now, patience: patience) { return true }
        guard !presence.isSure(node, at: now, patience: patience) else { return false }
        return nodes[node]?.isStale(at: seconds) ?? true
    }

    func decide(_ copy: inout WatchedCopy) -> CopyDecision {
        let watched = copy.watched
        guard let rule = settings.rule(for: watched.layer) else {
            return watched.isKept ? .release("it is not followed any more") : .none(.leftToOthers)
        }
        guard let target = target(of: watched), !settings.keepsAlways(rule, watched.layer) else {
            return watched.isKept ? keep(&copy) : want(&copy)
        }
        let living = living(watched)
        if watched.isKept { return weigh(&copy, living, target) }
        copy.surplusSince = nil
        guard living.count < target else {
            copy.shortSince = nil
            return .none(.leftToOthers)
        }
        guard isSettled else { return .none(.waiting(.catalogue)) }
        let since = copy.shortSince ?? now
        copy.shortSince = since
        // Each turn as many more may take it: those that came first may be unable to.
        let turns = 1 + Int(clamping: (now - min(now, since)) / max(1, patience))
        let (missing, isOver) = (target - living.count).multipliedReportingOverflow(by: turns)
        let allowed = min(isOver ? .max : missing, MirrorLimits.candidatesMax)
        let order = Placement.order(
            candidates(for: watched), beside: places(of: living, watched), for: watched.id,
            size: watched.size, count: allowed)
        return order.contains(node) ? want(&copy) : .none(.waiting(.others))
    }

    /// Those who follow the layer, live and do not have it, this node among them.
    private func candidates(for watched: WatchedLayer) -> [MirrorCandidate] {
        var candidates: [MirrorCandidate] = []
        for (key, entry) in nodes
        where entry.follows(watched.marks) && !watched.holders.contains(key) && key != node
            && !watched.sources.contains(key) && !isGone(key)
        {
            candidates.append(entry.candidate(standing(key)))
        }
        // The same ones in every process, whatever the order of the table.
        candidates.sort { $0.node < $1.node }
        candidates = Array(candidates.prefix(MirrorLimits.candidatesMax))
        candidates.append(own(for: watched))
        return candidates
    }

    /// This node among the candidates. Whether there is room here is looked at when it is taken.
    private func own(for watched: WatchedLayer) -> MirrorCandidate {
        let said = nodes[node].map { $0.candidate(MirrorStanding()) }
        return MirrorCandidate(
            node: node, region: said?.region, network: said?.network,
            room: max(said?.room ?? 0, watched.size))
    }

    /// Nodes that have the layer, with where they are. Each has room for it, whatever it says.
    private func places(of holders: [NodeKey], _ watched: WatchedLayer) -> [MirrorCandidate] {
        holders.compactMap { nodes[$0]?.candidate(standing($0)) }.map { holder in
            MirrorCandidate(
                node: holder.node, region: holder.region, network: holder.network,
                room: max(holder.room, watched.size), standing: holder.standing)
        }
    }

    private func keep(_ copy: inout WatchedCopy) -> CopyDecision {
        copy.surplusSince = nil
        copy.shortSince = nil
        return .none(.kept)
    }

    /// A copy that is kept here by number: one too many is let go of after a long while, by the
    /// last in the order, where all before it were certainly there.
    private func weigh(
        _ copy: inout WatchedCopy, _ living: [NodeKey], _ target: Int
    ) -> CopyDecision {
        let watched = copy.watched
        guard living.count >= target else { return keep(&copy) }
        let sources = living.filter { watched.sources.contains($0) }
        let mirrors = living.filter { !watched.sources.contains($0) }
        let order = Placement.order(
            places(of: mirrors, watched) + [own(for: watched)],
            beside: places(of: sources, watched), for: watched.id, size: watched.size,
            count: max(0, target - sources.count))
        guard !order.contains(node) else { return keep(&copy) }
        let others = sources + order
        guard others.allSatisfy({ presence.isSure($0, at: now, patience: patience) }) else {
            return keep(&copy)
        }
        let since = copy.surplusSince ?? now
        copy.surplusSince = since
        guard now - min(now, since) >= patience * MirrorLimits.surplusFactor else {
            return .none(.kept)
        }
        return .release("\(living.count) others keep it, \(target) are wanted")
    }

    /// A copy that should be here: how its publisher wants it taken.
    private func want(_ copy: inout WatchedCopy) -> CopyDecision {
        copy.surplusSince = nil
        let watched = copy.watched
        let spread = spread(of: watched)
        if settings.taken.contains(watched.id) || spread?.names(node) == true {
            return .take(.open)
        }
        switch spread?.pace ?? .immediate {
        case .immediate: return .take(.open)
        case .manual: return .none(.waiting(.hand))
        case .batched:
            // Where its publisher is gone it is no news but what is left of it.
            let isPublished = watched.sources.contains { !isGone($0) }
            return .take(isPublished ? .batch : .open)
        }
    }
}
