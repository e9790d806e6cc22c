import Genome
import Wire

/// What this node says of itself and when it says it again.
struct Publishing: Sendable {
    /// Highest sequence signed in a record for everyone.
    var lastSequence: UInt64 = 0
    /// Highest sequence signed in a record that is not: numbered apart, so that the numbers
    /// which everyone sees do not tell that there are others.
    var lastHidden: UInt64 = 0
    /// Places that last held a record of the other kind than everyone's: what follows there is
    /// numbered above both.
    var hiddenPlaces: Set<SlotKey> = []
    /// Monotonic nanoseconds when the Node record is due.
    var nodeDue: UInt64 = 0
    /// Monotonic nanoseconds when the Holdings records are due; nil when nothing was held yet.
    var holdingsDue: UInt64?
    /// Places of the Holdings records that stand.
    var holdingSlots: [Slot] = []
    /// For each layer, wall milliseconds when its Layer or Mirror record is due.
    var layersDue = OrderedTable<Digest, UInt64>()
    /// For each of these layers, who its record is for.
    var domains: [Digest: Domain] = [:]
    /// Monotonic nanoseconds when all is signed anew; nil when there is no reason to.
    var republishDue: UInt64?
    /// How often each peer refused a restored home because it has a session with its key.
    var refusals: [NodeKey: (count: Int, last: UInt64)] = [:]
    /// Monotonic nanoseconds before which that does not happen again.
    var republishAfter: UInt64 = 0

    /// The next sequence for a place: above all before it there.
    mutating func number(at place: SlotKey, _ domain: Domain, wall: UInt64) -> UInt64 {
        func above(_ last: UInt64) -> UInt64 { last == .max ? last : last + 1 }
        guard domain == .everyone else {
            hiddenPlaces.insert(place)
            lastHidden = max(above(lastHidden), above(lastSequence), wall)
            return lastHidden
        }
        lastSequence = max(above(lastSequence), wall)
        if hiddenPlaces.remove(place) != nil { lastSequence = max(above(lastHidden), lastSequence) }
        return lastSequence
    }
}

extension Swarm {
    /// Life of a Layer record: one year, renewed at half time.
    private static let layerLifeMilliseconds: UInt64 = 365 * 86_400_000

    /// A layer is here: tell those who may know of it, if its terms and the owner allow.
    mutating func hold(_ layer: HeldLayer) {
        let wasAnnounced = publishing.layersDue[layer.layer] != nil || layer.announced != nil
        let spread = held[layer.layer]?.spread
        held[layer.layer] = layer
        gone[layer.layer] = nil
        notePrincipals(of: layer)
        defer { for number in sessions.keys { offer(layer, to: number) } }
        guard let domain = domain(of: layer) else {
            if wasAnnounced { withdraw(layer) }
            return
        }
        let before = publishing.domains[layer.layer] ?? layer.announced?.domain
        let isSaid = publishing.layersDue[layer.layer] != nil && before == domain
        publishing.domains[layer.layer] = domain
        if isSaid, layer.announced == nil, announces(layer), spread != layer.spread {
            publishing.layersDue[layer.layer] = 0
            return publishIfDue(layer.layer)
        }
        guard !isSaid || layer.announced != nil else { return }
        let isOutdated =
            layer.announced.map { announced in
                announced.domain != domain || announces(layer) && announced.spread != layer.spread
            } ?? true
        let life = layer.announced.map { $0.expires - min($0.expires, $0.issued) }
        let renewal = layer.announced.map { $0.issued + (life ?? 0) / SwarmLimits.renewalDivisor }
        publishing.layersDue[layer.layer] = isOutdated ? 0 : renewal ?? 0
        if before == .everyone, domain != .everyone { narrow(layer) }
        if before == .everyone || domain == .everyone { holdingsChanged() }
        publishIfDue(layer.layer)
    }

    /// A layer is here no more. One that was never announced leaves no trace by going either.
    mutating func drop(_ layer: Digest) {
        guard let dropped = held[layer] else { return }
        held[layer] = nil
        if case .restricted = publishing.domains[layer] { remember(dropped) }
        if publishing.layersDue[layer] != nil { withdraw(dropped) }
    }

    /// Whether this node says to everyone that a layer is here, or is about to.
    func isForEveryone(_ layer: HeldLayer) -> Bool {
        (publishing.domains[layer.layer] ?? layer.announced?.domain) == .everyone
    }

    /// Those who could know of a layer are told that it is gone, also when they are met later.
    private mutating func remember(_ dropped: HeldLayer) {
        if gone.count >= SwarmLimits.goneMax, let first = gone.keys.first { gone[first] = nil }
        gone[dropped.layer] = dropped
    }

    private mutating func withdraw(_ layer: HeldLayer) {
        let isOwn = announces(layer)
        let slot = Slot(prefixOf: layer.layer)
        let domain = publishing.domains[layer.layer] ?? layer.announced?.domain ?? .everyone
        if !isOwn { end(.mirror, slot, reason: nil, domain: domain) }
        // The record of another node of the publisher ends only by her own word.
        if isOwn || layer.isTakenBack && isPublisher(layer.publisher) {
            let reason = layer.policy.withdrawal
            end(
                .layer, slot,
                reason: reason.map { LayerContent.cut($0, to: Limits.summaryBytesMax) ?? "" },
                isWithdrawal: reason != nil, publisher: layer.publisher, domain: domain)
        }
        publishing.layersDue[layer.layer] = nil
        publishing.domains[layer.layer] = nil
        // What not everyone may know of is not in them, and must not make them be said anew either.
        if domain == .everyone { holdingsChanged() }
    }

    /// Not everyone may know of a layer any more: the record that all have ends, and those who may
    /// get another in its place.
    private mutating func narrow(_ layer: HeldLayer) {
        let isOwn = announces(layer)
        end(
            isOwn ? .layer : .mirror, Slot(prefixOf: layer.layer), reason: nil,
            publisher: isOwn ? layer.publisher : nil)
    }

    /// A publisher takes a layer back that is here: it is not served any more.
    mutating func withdrawn(by record: Record) {
        guard case .tombstone(let ended) = record.content, ended.isWithdrawal,
            var layer = held.values.first(where: {
                $0.publisher == record.publisher && Slot(prefixOf: $0.layer) == ended.slot
            }), layer.policy.withdrawal == nil, record.publisher != settings.node
        else { return }
        layer.policy.withdrawal = ended.reason ?? "it gave no reason"
        tellWithdrawal(layer)
        hold(layer)
    }

    /// Tells the owner that a layer which is here was taken back.
    mutating func tellWithdrawal(_ layer: HeldLayer) {
        effects.append(
            .log(
                "\(layer.publisher.fingerprint) took back layer \(layer.layer.hexadecimal): "
                    + (layer.policy.withdrawal ?? "")))
    }

    private mutating func holdingsChanged() {
        let due = now.monotonic + SwarmLimits.holdingsPause
        publishing.holdingsDue = min(publishing.holdingsDue ?? due, due)
    }

    mutating func publishIfDue() {
        guard !isStopping else { return }
        if let due = publishing.republishDue, due <= now.monotonic { sayAllAgain() }
        if publishing.nodeDue <= now.monotonic {
            publishing.nodeDue = now.monotonic + SwarmLimits.presencePause
            let presence = presence
            presenceTold(presence)
            var node = NodeContent(
                endpoints: presence.endpoints,
                services: settings.isLight ? .blobs : [.catalogue, .blobs])
            if presence.isRelay { node.services.insert(.relay) }
            if !settings.owner.holdMarks.isEmpty { node.services.insert(.holds) }
            node.mirror = mirrorOffer
            node.reach = presence.reach
            node.relays = presence.relays
            node.label = settings.label
            node.region = settings.region
            node.software = settings.software
            node.sealing = settings.sealing
            sign(.node(node), life: RecordType.node.lifeMaxMilliseconds)
        }
        publishLayersIfDue()
        if let due = publishing.holdingsDue, due <= now.monotonic {
            publishing.holdingsDue = now.monotonic + SwarmLimits.presencePause
            publishHoldings()
        }
    }

    private mutating func publishLayersIfDue() {
        for id in publishing.layersDue.keys { publishIfDue(id) }
    }

    /// Says what is due to be said of one layer.
    private mutating func publishIfDue(_ id: Digest) {
        guard !isStopping, let due = publishing.layersDue[id], let layer = held[id] else { return }
        let isOwn = announces(layer)
        let life = isOwn ? Self.layerLifeMilliseconds : RecordType.mirror.lifeMaxMilliseconds ?? 0
        let pause = life / SwarmLimits.renewalDivisor
        // A time further away than one pause was set by a clock that has gone back since.
        guard due <= now.wall || due - now.wall > pause, let domain = domain(of: layer) else {
            return
        }
        publishing.layersDue[id] = now.wall + pause
        var content = layer.content
        content.spread = layer.spread
        sign(
            isOwn ? .layer(content) : .mirror(layer.content, publisher: layer.publisher),
            life: life, domain: domain, publisher: isOwn ? layer.publisher : nil)
    }

    private mutating func publishHoldings() {
        let layers = held.values.filter {
            decide(.announce, $0.policy, by: myself) == .allow
        }
        let contents = OpenLayer.holdings(layers.compactMap { OpenLayer($0) })
        for content in contents {
            sign(.holdings(content), life: RecordType.holdings.lifeMaxMilliseconds)
        }
        let slots = contents.map(\.slot)
        for slot in publishing.holdingSlots where !slots.contains(slot) {
            end(.holdings, slot, reason: nil)
        }
        publishing.holdingSlots = slots
    }

    /// Ends an own record, or one of `publisher` that this node may sign for: the tombstone lives
    /// as long as the record could have.
    private mutating func end(
        _ type: RecordType, _ slot: Slot, reason: String?, isWithdrawal: Bool = false,
        publisher: NodeKey? = nil, domain: Domain = .everyone
    ) {
        let life = type.lifeMaxMilliseconds ?? 0
        let content = TombstoneContent(
            endedType: type, slot: slot, reason: reason?.isEmpty == true ? nil : reason,
            isWithdrawal: isWithdrawal)
        sign(.tombstone(content), life: life + 30 * 60_000, domain: domain, publisher: publisher)
    }

    /// Has a record signed with this node's key: its own, or one of a publisher whose delegation
    /// covers it.
    mutating func sign(
        _ content: RecordContent, life: UInt64?, domain: Domain = .everyone,
        publisher: NodeKey? = nil
    ) {
        guard !settings.isSilent else { return }
        var content = content
        if case .mirror(var layer, let publisher) = content {
            layer.summary = nil
            content = .mirror(layer, publisher: publisher)
        }
        let place = content.place(of: publisher ?? settings.node)
        let sequence = publishing.number(at: place, domain, wall: now.wall)
        func unsigned(_ content: RecordContent) -> UnsignedRecord {
            UnsignedRecord(
                publisher: publisher ?? settings.node, sequence: sequence, issued: now.wall,
                expires: life.map { now.wall + $0 } ?? .max, domain: domain,
                signer: publisher == nil || publisher == settings.node ? nil : settings.node,
                content: content)
        }
        var record = unsigned(content)
        // The longest one has no room for a signer, a domain or a word on copies beside all else.
        if record.byteCount > Limits.recordBytesMax, case .layer(var layer) = content {
            layer.summary = nil
            record = unsigned(.layer(layer))
            if record.byteCount > Limits.recordBytesMax {
                layer.tags = Array(layer.tags.prefix(layer.tags.count / 2))
                record = unsigned(.layer(layer))
            }
        }
        effects.append(.signRecord(record))
    }

    // MARK: What was said before and is not known any more

    /// A record of this node's own key came from a peer and was news: the store was lost, or the
    /// clock was ahead when it was signed, or the key runs twice. What holds now is signed above
    /// it, so that it is not shadowed until the old record runs out.
    mutating func outdone(by record: Record) {
        let isHidden = record.domain != .everyone
        let last =
            isHidden
            ? max(publishing.lastSequence, publishing.lastHidden) : publishing.lastSequence
        guard record.publisher == settings.node, record.sequence > last else { return }
        if let restored = settings.restored, record.issued > restored {
            return fallSilent(at: record.issued)
        }
        noteForeign(record)
        if isHidden {
            publishing.lastHidden = record.sequence
        } else {
            publishing.lastSequence = record.sequence
        }
        effects.append(
            .log(
                "a \(record.type) record signed with this node's key came back that this run "
                    + "did not sign; what holds now is announced above it"))
        publishing.republishDue = max(now.monotonic, publishing.republishAfter)
    }

    /// This home was made from a backup, and its key has signed since what this run did not: the
    /// node that the backup was made of runs. Two that speak with one voice contradict each other,
    /// so the younger one stops.
    mutating func fallSilent(at wall: UInt64) {
        guard !settings.isSilent else { return }
        settings.isSilent = true
        publishing.republishDue = nil
        effects.append(.keyMetElsewhere(Twin(sign: .record, met: wall, endpoints: [])))
        effects.append(
            .log(
                "this node's key runs elsewhere too: the node that this home was restored from is "
                    + "alive; nothing is announced here from now on. If that is wrong: "
                    + "plasmid restore --moved"))
    }

    /// Refusals of one peer that make a restored home fall silent: one or two happen when both
    /// dial at once.
    private static let refusalsMax = 3

    /// A peer that has a session with this key, but not with this node, refuses it again and again:
    /// its twin is connected there.
    mutating func noteRefusal(_ reason: String, by peer: NodeKey, in number: SessionNumber) {
        guard settings.restored != nil, reason == Self.otherSession,
            !sessions.entries.contains(where: { $0.key != number && $0.value.facts.peer == peer })
        else { return }
        // One that stood for a while is no refusal, nor are two that lie far apart: where the twin
        // and this node take a peer from each other, each session lasts for a second.
        guard let session = sessions[number],
            now.monotonic - min(now.monotonic, session.opened) < SwarmLimits.settledAfter
        else { return publishing.refusals[peer] = nil }
        let known = publishing.refusals[peer].flatMap { refusal in
            now.monotonic - refusal.last < SwarmLimits.refusalSpan ? refusal.count : nil
        }
        let count = (known ?? 0) + 1
        publishing.refusals[peer] = (count, now.monotonic)
        if count >= Self.refusalsMax { fallSilent(at: now.wall) }
    }

    private mutating func sayAllAgain() {
        publishing.republishDue = nil
        // Two nodes with one key would outdo each other for ever.
        publishing.republishAfter =
            now.monotonic
            + min(SwarmLimits.presencePause, SwarmLimits.republishPause << min(twinWatch.count, 8))
        publishing.nodeDue = now.monotonic
        if publishing.holdingsDue != nil { publishing.holdingsDue = now.monotonic }
        for id in publishing.layersDue.keys { publishing.layersDue[id] = 0 }
    }
}
