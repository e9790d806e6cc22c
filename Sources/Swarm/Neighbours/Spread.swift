import Wire

/// News along a tree that mends itself (Plumtree: Leitão, Pereira and Rodrigues 2007): whole
/// records go to some neighbours, their names to the others; who hears a name and no record asks
/// for it, and that link becomes part of the tree; who gets a record twice prunes the later link.
///
/// One for records for everyone among neighbours, and one for each circle among its members: what
/// is for others does not compile. Pure: time comes in, messages go out.
package struct Spread<Of: Audience>: Sendable {
    /// What is to be done, in order.
    package enum Effect: Equatable, Sendable {
        /// Tell a neighbour.
        case send(SessionNumber, NeighbourMessage)
        /// Check a record that a neighbour sent; answered by `accept` or `refuse`.
        case check(SessionNumber, [UInt8])
    }

    /// A record known by name only.
    struct Missing: Sendable {
        /// Who named it first: it counts for that neighbour.
        let namer: SessionNumber
        /// Who has it, whoever is to be asked next first.
        var sources: [SessionNumber]
        var tries = 0
    }

    /// The way that a record came.
    struct Way: Sendable {
        let link: SessionNumber
        let hops: UInt8
    }

    private(set) var links = OrderedTable<SessionNumber, SpreadLink>()
    private(set) var counters = SpreadCounters()
    private let bounds: SpreadBounds
    private var seen: Generations
    private var refused: Generations
    private var payloads: PayloadCache<Of>
    private var missing: [NewsName: Missing] = [:]
    /// When names are due to be grafted, in order of time: the first tries, and the later ones.
    private var firstTries = TimedNames()
    private var laterTries = TimedNames()
    /// Where records that are being checked, or were taken, came from.
    private var ways: [NewsName: Way] = [:]
    private var wayOrder = TimedNames()
    private var nextFlush: UInt64?
    /// When the first records that wait for company go out.
    private var nextNews: UInt64?

    /// Nothing seen, no neighbours.
    package init(_ bounds: SpreadBounds) {
        self.bounds = bounds
        seen = Generations(limit: bounds.seenMax)
        refused = Generations(limit: bounds.refusedMax)
        payloads = PayloadCache(limit: bounds.payloadBytesMax)
    }

    /// How often what happened.
    package var statistics: SpreadCounters { counters }

    /// Bytes of the records that are kept for who asks.
    package var payloadBytes: Int { payloads.bytes }

    /// Neighbours that get whole records.
    package var eagerCount: Int { links.values.count { $0.isEager } }

    /// When `wake` is due; nil when nothing waits.
    package var deadline: UInt64? {
        [nextFlush, nextNews, firstTries.first, laterTries.first].compactMap { $0 }.min()
    }

    // MARK: Neighbours

    mutating func add(_ link: SessionNumber) {
        guard links[link] == nil else { return }
        var new = SpreadLink()
        new.isEager = eagerCount < bounds.eagerAtFirst
        links[link] = new
    }

    mutating func remove(_ link: SessionNumber) {
        links[link] = nil
        // Its news may have been all that some record waits for.
        guard !links.values.contains(where: \.isEager) else { return }
        for number in links.keys.prefix(NeighbourLimits.eagerMin) {
            _ = links.change(number) { $0.isEager = true }
        }
    }

    // MARK: News out

    /// Whether a record was seen, accepted or refused.
    func knows(_ name: NewsName) -> Bool { seen.contains(name) || refused.contains(name) }

    /// A record of this node, or one that came some other way than as news, from `source` if from
    /// a peer: sends it on, or its name alone where many come at once.
    mutating func publish(
        _ record: RecordFor<Of>, from source: SessionNumber? = nil, isNameOnly: Bool = false,
        at now: UInt64, into effects: inout [Effect]
    ) {
        let name = NewsName(of: record.bytes)
        _ = seen.insert(name)
        // It may have come as news too while it was checked.
        let way = ways[name]
        forward(
            record, name, hops: way?.hops ?? 0, except: way?.link ?? source,
            isNameOnly: isNameOnly, at: now, into: &effects)
    }

    /// A record that is here and is no news: it is kept for whoever asks for it by name, and not
    /// asked for any more.
    mutating func keep(_ record: RecordFor<Of>) {
        let name = NewsName(of: record.bytes)
        _ = seen.insert(name)
        payloads.insert(record, name)
        resolve(name, by: nil)
    }

    /// Tells a neighbour the names of all records that are kept.
    mutating func tellAll(to number: SessionNumber, into effects: inout [Effect]) {
        let haves = payloads.names.map { name in
            NeighbourMessage.Have(hops: Self.after(ways[name]?.hops ?? 0), name: name)
        }
        for start in stride(from: 0, to: haves.count, by: NeighbourMessage.havesMax) {
            let part = Array(haves[start...].prefix(NeighbourMessage.havesMax))
            counters.haves += UInt64(part.count)
            effects.append(.send(number, .haves(part)))
        }
    }

    /// A record that `check` asked about is news: sends it on.
    mutating func accept(_ record: RecordFor<Of>, at now: UInt64, into effects: inout [Effect]) {
        counters.accepted += 1
        publish(record, at: now, into: &effects)
    }

    /// A record is false, or has no place here: it is not passed on and not asked for again.
    mutating func refuse(_ record: [UInt8]) {
        let name = NewsName(of: record)
        _ = refused.insert(name)
        counters.refused += 1
    }

    /// Forgets that a record was seen: it could not be looked at now and may come again.
    mutating func forget(_ record: [UInt8]) {
        let name = NewsName(of: record)
        seen.remove(name)
        refused.remove(name)
        ways[name] = nil
    }

    /// Forgets all that was seen and refused.
    mutating func forgetAll() {
        seen = Generations(limit: bounds.seenMax)
        refused = Generations(limit: bounds.refusedMax)
        ways = [:]
    }

    private mutating func forward(
        _ record: RecordFor<Of>, _ name: NewsName, hops: UInt8, except source: SessionNumber?,
        isNameOnly: Bool, at now: UInt64, into effects: inout [Effect]
    ) {
        payloads.insert(record, name)
        let next = Self.after(hops)
        for (number, link) in links.entries where number != source {
            let isWhole = link.isEager && !isNameOnly && link.hasRoom
            guard isWhole else {
                _ = links.change(number) { $0.tell(.init(hops: next, name: name)) }
                if nextFlush == nil { nextFlush = now + NeighbourLimits.havesPause }
                continue
            }
            let item = NeighbourMessage.NewsItem(hops: next, record: record.bytes)
            counters.sent += 1
            let isSent = links.change(number) { $0.post(item, at: now) } ?? false
            if isSent {
                effects.append(.send(number, .news([item])))
            } else {
                nextNews = min(nextNews ?? .max, now + NeighbourLimits.newsPause)
            }
        }
    }

    /// Hops after one more.
    private static func after(_ hops: UInt8) -> UInt8 { hops == .max ? hops : hops + 1 }

    // MARK: News in

    mutating func receive(
        _ items: [NeighbourMessage.NewsItem], from number: SessionNumber, at now: UInt64,
        into effects: inout [Effect]
    ) {
        var isOnlyKnown = !items.isEmpty
        for item in items {
            let name = NewsName(of: item.record)
            resolve(name, by: number)
            if refused.contains(name) || !seen.insert(name) {
                counters.duplicates += 1
                continue
            }
            isOnlyKnown = false
            remember(name, Way(link: number, hops: item.hops), at: now)
            effects.append(.check(number, item.record))
        }
        if isOnlyKnown {
            prune(number, at: now, into: &effects)
        } else {
            _ = links.change(number) { $0.isEager = true }
        }
    }

    private mutating func remember(_ name: NewsName, _ way: Way, at now: UInt64) {
        ways[name] = way
        wayOrder.append(name, due: now)
        while wayOrder.count > bounds.waysMax, let oldest = wayOrder.removeFirst() {
            ways[oldest] = nil
        }
    }

    /// Tells a neighbour to send names only, unless too few would be left that send more.
    private mutating func prune(
        _ number: SessionNumber, at now: UInt64, into effects: inout [Effect]
    ) {
        guard let link = links[number] else { return }
        if let pruned = link.pruned, now < pruned + NeighbourLimits.prunePause { return }
        let eager = links.values.count { $0.isEager }
        guard !link.isEager || eager > NeighbourLimits.eagerMin else { return }
        _ = links.change(number) { link in
            link.isEager = false
            link.pruned = now
        }
        counters.prunes += 1
        effects.append(.send(number, .prune))
    }

    mutating func receive(
        _ haves: [NeighbourMessage.Have], from number: SessionNumber, at now: UInt64,
        into effects: inout [Effect]
    ) {
        for have in haves {
            if seen.contains(have.name) {
                takeShorterWay(have, over: number, at: now, into: &effects)
                continue
            }
            guard !refused.contains(have.name) else { continue }
            note(have.name, from: number, at: now)
        }
    }

    /// A neighbour has a record that is missing here.
    private mutating func note(_ name: NewsName, from number: SessionNumber, at now: UInt64) {
        guard let link = links[number], link.isTrusted else { return }
        if var known = missing[name] {
            guard known.sources.count < NeighbourLimits.sourcesMax,
                !known.sources.contains(number)
            else { return }
            known.sources.append(number)
            missing[name] = known
        } else if link.named < bounds.namedMax,
            missing.count < bounds.missingMax
        {
            missing[name] = Missing(namer: number, sources: [number])
            _ = links.change(number) { $0.named += 1 }
            firstTries.append(name, due: now + NeighbourLimits.firstGraft)
        }
    }

    /// A record is missing no more: a neighbour brought it, or nobody is left to ask.
    private mutating func resolve(_ name: NewsName, by number: SessionNumber?) {
        guard let known = missing.removeValue(forKey: name) else { return }
        _ = links.change(known.namer) { $0.named -= 1 }
        if let number { _ = links.change(number) { $0.unkept = 0 } }
    }

    /// A neighbour that sends names only had a record so much earlier than the one that sent it
    /// whole that they change places.
    private mutating func takeShorterWay(
        _ have: NeighbourMessage.Have, over number: SessionNumber, at now: UInt64,
        into effects: inout [Effect]
    ) {
        guard let way = ways[have.name], way.link != number, links[number]?.isEager == false,
            have.hops <= way.hops, way.hops - have.hops >= NeighbourLimits.shorterBy,
            links[way.link]?.isEager == true
        else { return }
        ways[have.name] = nil
        _ = links.change(number) { $0.isEager = true }
        effects.append(.send(number, .graft([])))
        counters.grafts += 1
        prune(way.link, at: now, into: &effects)
    }

    /// A neighbour wants records, and all news from now on.
    mutating func receive(
        graft names: [NewsName], from number: SessionNumber, into effects: inout [Effect]
    ) {
        guard links[number] != nil else { return }
        _ = links.change(number) { $0.isEager = true }
        var items: [NeighbourMessage.NewsItem] = []
        for name in names {
            guard let record = payloads[name] else { continue }
            items.append(.init(hops: Self.after(ways[name]?.hops ?? 0), record: record.bytes))
        }
        guard !items.isEmpty else { return }
        counters.sent += UInt64(items.count)
        effects.append(.send(number, .news(items)))
    }

    mutating func receivePrune(from number: SessionNumber) {
        _ = links.change(number) { $0.isEager = false }
    }

    // MARK: Time

    mutating func wake(at now: UInt64, into effects: inout [Effect]) {
        if let due = nextFlush, due <= now {
            nextFlush = nil
            flush(at: now, into: &effects)
        }
        if let due = nextNews, due <= now { sendGathered(into: &effects) }
        var asked = OrderedTable<SessionNumber, [NewsName]>()
        while let name = firstTries.removeFirst(before: now) { graft(name, now, &asked) }
        while let name = laterTries.removeFirst(before: now) { graft(name, now, &asked) }
        for (number, names) in asked.entries {
            _ = links.change(number) { $0.isEager = true }
            counters.grafts += UInt64(names.count)
            for start in stride(from: 0, to: names.count, by: Limits.recordsPerMessageMax) {
                let part = names[start...].prefix(Limits.recordsPerMessageMax)
                effects.append(.send(number, .graft(Array(part))))
            }
        }
    }

    /// Sends the records that waited for company.
    private mutating func sendGathered(into effects: inout [Effect]) {
        nextNews = nil
        for number in links.keys {
            for part in links.change(number, { $0.takeNews() }) ?? [] {
                effects.append(.send(number, .news(part)))
            }
        }
    }

    private mutating func flush(at now: UInt64, into effects: inout [Effect]) {
        for (number, link) in links.entries where !link.haves.isEmpty {
            let part = Array(link.haves.prefix(NeighbourMessage.havesMax))
            effects.append(.send(number, .haves(part)))
            counters.haves += UInt64(part.count)
            _ = links.change(number) { $0.haves.removeFirst(part.count) }
            if part.count < link.haves.count { nextFlush = now + NeighbourLimits.havesPause }
        }
    }

    /// Asks the next of those that have a record for it.
    private mutating func graft(
        _ name: NewsName, _ now: UInt64,
        _ asked: inout OrderedTable<SessionNumber, [NewsName]>
    ) {
        guard var known = missing[name] else { return }
        if known.tries > 0, let last = known.sources.last {
            _ = links.change(last) { $0.unkept += 1 }
        }
        known.tries += 1
        while known.tries <= NeighbourLimits.graftsMax, let source = known.sources.first {
            known.sources.removeFirst()
            guard links[source] != nil else { continue }
            known.sources.append(source)
            missing[name] = known
            asked[source] = (asked[source] ?? []) + [name]
            laterTries.append(name, due: now + NeighbourLimits.nextGraft)
            return
        }
        // Comparing catalogues will bring it.
        resolve(name, by: nil)
    }
}
