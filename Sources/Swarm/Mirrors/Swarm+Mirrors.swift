import Genome
import Wire

/// Mirrors in the swarm: what is followed is watched, copies are taken and let go of, holders are
/// called, and this node says of itself what it follows.
extension Swarm {
    /// What the owner wants mirrored, and the room for it, as they are now.
    mutating func take(_ wanted: MirrorSettings, room: UInt64) {
        let isNews = mirroring.settings.marks(settings.owner) != wanted.marks(settings.owner)
        mirroring.settings = wanted
        mirroring.room = room
        mirroring.surveyDue = now.monotonic
        if isNews { publishing.nodeDue = min(publishing.nodeDue, now.monotonic) }
        watchCopies()
    }

    /// What this node tells others of itself as a mirror; nil where it mirrors nothing.
    var mirrorOffer: MirrorOffer? {
        let marks = mirroring.settings.marks(settings.owner)
        guard !marks.isEmpty else { return nil }
        return MirrorOffer(marks: marks, room: mirroring.room)
    }

    mutating func surveyed(_ survey: CopySurvey) {
        mirroring.take(survey)
        // Who mirrors nothing reads nothing again.
        if !mirroring.isActive { mirroring.surveyDue = .max }
        watchCopies()
    }

    /// How taking a copy ended.
    mutating func copyTaken(_ layer: Digest, failure: String?) {
        mirroring.taken(layer, failure: failure, at: now.monotonic)
        watchCopies()
    }

    /// A record took its place: who holds what, or who mirrors, may have changed.
    mutating func copiesChanged(by record: Record) {
        let holder = record.signer ?? record.publisher
        switch record.content {
        case .node(let content):
            // Others are of no use here until they hold something.
            guard mirroring.isActive, content.mirror != nil || mirroring.nodes[holder] != nil
            else { return }
            mirroring.take(MirrorNode(record.publisher, content, issued: record.issued))
        case .layer, .mirror:
            guard mirroring.isActive, holder != settings.node,
                let layer = DescribedLayer(record, circles: circlesByTag)
            else { return }
            mirroring.take(layer, by: holder, isSource: record.type == .layer)
        case .tombstone(let ended) where ended.endedType == .layer || ended.endedType == .mirror:
            mirroring.end(ended.slot, of: holder)
        default: break
        }
    }

    /// Whether what is followed covers a layer by its manifest.
    func isFollowed(_ manifest: Manifest) -> Bool {
        let layer = DescribedLayer(
            content: LayerContent(manifest), publisher: manifest.publisher,
            organization: manifest.organization)
        return mirroring.settings.rules.contains { $0.follow.covers(layer) }
    }

    /// The organisation behind each tag that this node knows.
    private var circlesByTag: [[UInt8]: NodeKey] {
        var circles: [[UInt8]: NodeKey] = [:]
        for known in organizations.values {
            for tag in known.domains { circles[tag] = known.id }
        }
        return circles
    }

    // MARK: Watching

    /// Looks at every copy once a second, and when something happened to one.
    mutating func watchCopies() {
        guard !isStopping, mirroring.surveyDue < .max else { return }
        let begun = mirroring.begun ?? now.monotonic
        mirroring.begun = begun
        if !mirroring.isSurveying, mirroring.surveyDue <= now.monotonic {
            mirroring.isSurveying = true
            mirroring.askedBefore.formUnion(mirroring.asked)
            mirroring.asked = []
            mirroring.surveyDue = now.monotonic + MirrorLimits.surveyPause
            effects.append(.surveyCopies(mirroring.settings))
        }
        for session in sessions.values where !session.isClosing {
            mirroring.presence.met(session.facts.peer, at: now.monotonic)
        }
        let isSettled =
            gossip.hasAgreed || now.monotonic - begun >= MirrorLimits.settlePause
        let rule = copyRule(isSettled: isSettled)
        var batch: [Digest] = []
        for id in mirroring.copies.keys { look(at: id, rule, &batch) }
        takeBatch(batch)
        placeConfided(rule)
        callHolders(rule)
    }

    func copyRule(isSettled: Bool = true) -> CopyRule {
        var standings: [NodeKey: MirrorStanding] = [:]
        for node in mirroring.nodes.keys {
            let standing = standing(of: node)
            if standing.challenged > 0 { standings[node] = standing }
        }
        return CopyRule(
            node: settings.node, settings: mirroring.settings, nodes: mirroring.nodes,
            presence: mirroring.presence, standings: standings, now: now.monotonic,
            seconds: seconds, isSettled: isSettled)
    }

    private mutating func look(at id: Digest, _ rule: CopyRule, _ batch: inout [Digest]) {
        guard var copy = mirroring.copies[id], !copy.isTaking else { return }
        // Its publisher needs no mirror of her own, whatever she follows.
        guard !isPublisher(copy.watched.layer.publisher) || copy.watched.isKept else {
            copy.state = .kept
            mirroring.copies[id] = copy
            return
        }
        var decision = rule.decide(&copy)
        if let hindrance = hindrance(to: copy.watched) {
            decision =
                copy.watched.isKept ? .release(hindrance) : .none(.waiting(.refused(hindrance)))
        }
        switch decision {
        case .none(let state):
            copy.state = state
            if state != .waiting(.turn) { copy.wantedSince = nil }
            mirroring.copies[id] = copy
        case .take(let gate):
            copy.wantedSince = copy.wantedSince ?? now.monotonic
            copy.state = .waiting(.turn)
            mirroring.copies[id] = copy
            if gate == .open { takeCopy(id) } else { batch.append(id) }
        case .release(let reason): release(id, copy, reason)
        }
    }

    /// Why a layer may not be mirrored, as far as its record tells; the manifest is asked when it
    /// is here.
    private func hindrance(to watched: WatchedLayer) -> String? {
        if let held = held[watched.id] {
            return decide(.mirror, held.policy, by: myself).refusal?.reason
        }
        let content = watched.layer.content
        guard content.isPeerToPeer else { return "only its publisher serves it" }
        guard let type = LayerType(content.type) else { return nil }
        let policy = LayerPolicy(
            publisher: watched.layer.publisher, type: type,
            visibility: watched.layer.organization == nil ? .public : .organization,
            organization: watched.layer.organization,
            distribution: Distribution(
                isGloballyAvailable: true, scope: .global, isPeerToPeer: true),
            licence: content.licence, terms: [])
        return settings.owner.hindrance(.mirror, policy).map {
            "the owner of this node does not mirror it: \($0)"
        }
    }

    /// Has a copy taken where there is room and a turn for it.
    private mutating func takeCopy(_ id: Digest) {
        guard var copy = mirroring.copies[id], !copy.isTaking else { return }
        defer { mirroring.copies[id] = copy }
        guard copy.notBefore <= now.monotonic else {
            copy.state = .waiting(.failed(copy.failure ?? ""))
            return
        }
        let taking = mirroring.taking
        let isHere = held[id] != nil
        let free = mirroring.room - min(mirroring.room, taking)
        guard isHere || copy.watched.size <= free else {
            copy.state = .waiting(.room)
            return
        }
        guard mirroring.copies.values.count(where: \.isTaking) < MirrorLimits.takesMax else {
            copy.state = .waiting(.turn)
            return
        }
        copy.isTaking = true
        copy.state = .taking
        effects.append(.takeCopy(id))
    }

    /// Those that are to be taken together, if it is time.
    private mutating func takeBatch(_ batch: [Digest]) {
        let oldest = batch.compactMap { mirroring.copies[$0]?.wantedSince }.min()
        guard let oldest else { return }
        let isDue =
            batch.count >= MirrorLimits.batchMax
            || now.monotonic - min(now.monotonic, oldest) >= MirrorLimits.batchPause
        for id in batch {
            if isDue {
                takeCopy(id)
            } else {
                _ = mirroring.copies.change(id) { $0.state = .waiting(.batch) }
            }
        }
    }

    private mutating func release(_ id: Digest, _ copy: WatchedCopy, _ reason: String) {
        var copy = copy
        copy.watched.isKept = false
        copy.state = .leftToOthers
        copy.surplusSince = nil
        let isFollowed = mirroring.settings.rule(for: copy.watched.layer) != nil
        mirroring.copies[id] = isFollowed ? copy : nil
        effects.append(.releaseCopy(id))
        effects.append(
            .log("layer \(id.hexadecimal.prefix(16)) is mirrored no longer, only cached: \(reason)")
        )
    }

    // MARK: Sealed copies

    /// Asks mirrors for sealed copies of own layers, one at a time for each, and ends what is too
    /// much.
    private mutating func placeConfided(_ rule: CopyRule) {
        mirroring.refusals = mirroring.refusals.filter { $0.value > now.monotonic }
        for layer in mirroring.confided.values
        where mirroring.asking[layer.layer] ?? 0 <= now.monotonic {
            let target = HoldTarget(
                layer: layer, candidates: mirrors(for: layer, rule),
                refused: Set(mirroring.refusals.keys),
                isGone: { rule.isGone($0) },
                isTrusted: { rule.standing($0).isTrusted }, seconds: seconds,
                patience: Int64(clamping: mirroring.settings.patience))
            guard let step = target.next else { continue }
            mirroring.asking[layer.layer] = .max
            switch step {
            case .ask(let mirror): effects.append(.askMirror(layer.layer, mirror))
            case .end(let mirror): effects.append(.endMirror(layer.layer, mirror))
            }
        }
    }

    /// Nodes that say that they keep sealed copies for a publisher, and live.
    func mirrors(for layer: ConfidedLayer, _ rule: CopyRule) -> [MirrorCandidate] {
        let marks: Set<UInt64> = [
            Follow.holdMark(for: layer.publisher), Follow.holdMark(for: nil),
        ]
        return mirroring.nodes.values.filter {
            $0.follows(marks) && $0.node != settings.node && !rule.isGone($0.node)
        }.sorted { $0.node < $1.node }.map { $0.candidate(rule.standing($0.node)) }
    }

    /// The shell has done what was to be done about the mirrors of a layer.
    mutating func mirrorAsked(_ layer: Digest, failure: String?) {
        if failure == nil {
            mirroring.asked.insert(layer)
        } else {
            mirroring.asking[layer] = now.monotonic + MirrorLimits.surveyPause
        }
        mirroring.surveyDue = now.monotonic
    }

    /// A mirror answered a request of this node: finally, or that it will not.
    mutating func mirrorAnswered(_ mirror: NodeKey, _ answer: HoldAnswer) {
        if case .refused = answer {
            mirroring.refusals[mirror] = now.monotonic + MirrorLimits.refusedPause
        }
        // What the shell has kept of the answer is read a moment later.
        if !mirroring.confided.isEmpty { mirroring.surveyDue = now.monotonic + Span.second }
    }

    // MARK: Who is there

    /// Calls holders with which there is no session, so that it is known who lives.
    private mutating func callHolders(_ rule: CopyRule) {
        var wanted: Set<NodeKey> = []
        for copy in mirroring.copies.values where rule.target(of: copy.watched) != nil {
            guard wanted.count < MirrorLimits.checkedMax else { break }
            wanted.formUnion(rule.counting(copy.watched))
        }
        for layer in mirroring.confided.values {
            guard wanted.count < MirrorLimits.checkedMax else { break }
            wanted.formUnion(layer.contracts.map(\.mirror))
        }
        let patience = mirroring.settings.patience * Span.second
        let pause = max(
            MirrorLimits.checkPauseMin, patience / MirrorLimits.checksPerPatience)
        for node in mirroring.presence.due(wanted, at: now.monotonic, pause: pause)
        where session(with: node) == nil {
            guard let said = mirroring.nodes[node] else { continue }
            dialHolder(LayerHolders.Holder(node: node, said: said.content))
        }
    }
}
