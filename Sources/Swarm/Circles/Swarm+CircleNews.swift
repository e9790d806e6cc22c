import Genome
import Wire

/// News among members: who is linked, what they say to each other, and what becomes of it.
extension Swarm {
    /// How news goes in each circle, for the owner alone.
    public var circleFigures: [CircleFigures] { circleNews.trees.values.map { CircleFigures($0) } }

    // MARK: Trees and links

    /// The circles that this node knows are others than before: a tree for each epoch that is known
    /// now, none for one that is not. An epoch that came begins with a tree without links.
    mutating func circlesChanged() {
        var trees = OrderedTable<CircleDomain, CircleTree>()
        for known in organizations.values where !settings.isLight && known.showsTags {
            for (place, secret) in known.secrets.enumerated() {
                let circle = CircleDomain(secret: secret)
                guard trees.count < CircleLimits.treesMax else { break }
                if circleNews.trees[circle] == nil {
                    effects.append(.findCircle(circle, limit: CircleLimits.foundMax))
                }
                var tree =
                    circleNews.trees[circle] ?? CircleTree(organization: known.id, isNewest: true)
                tree.isNewest = place == 0
                for key in known.issued.keys.sorted() { tree.note(key) }
                trees[circle] = tree
            }
        }
        for circle in circleNews.trees.keys where trees[circle] == nil {
            for number in sessions.keys {
                _ = sessions.change(number) { _ = $0.rights.joined.remove(circle) }
            }
        }
        circleNews.trees = trees
        watchCircles()
    }

    /// Links every member that may be one, and no other: a membership may have come, ended, or been
    /// taken back since.
    mutating func watchCircles() {
        guard !circleNews.trees.isEmpty else { return }
        for number in sessions.keys { linkCircles(number) }
    }

    /// Links the peer of a session in those circles to which it has shown that it belongs, once it
    /// has said that it links this node too; then it is told the names of what is here.
    mutating func linkCircles(_ number: SessionNumber) {
        guard let session = sessions[number], !session.rights.domains.isEmpty else { return }
        for circle in circleNews.trees.keys {
            let isMember = isMember(number, of: circle)
            if isMember, !session.rights.joined.contains(circle) {
                _ = sessions.change(number) { $0.rights.joined.insert(circle) }
                say(.join, in: circle, to: number)
            }
            let isLink = isMember && session.rights.joinedBy.contains(circle)
            guard isLink != isLinked(number, in: circle) else { continue }
            perform(circle) { spread, _, effects in
                guard isLink else { return spread.remove(number) }
                spread.add(number)
                spread.tellAll(to: number, into: &effects)
            }
        }
    }

    /// Whether the peer of a session has shown that it knows the secret of a circle and that its
    /// membership counts now, and speaks of news there.
    private func isMember(_ number: SessionNumber, of circle: CircleDomain) -> Bool {
        guard let session = sessions[number], !session.isClosing,
            session.speaks(of: Introduction.circleNews), session.rights.domains.contains(circle),
            let organization = circleNews.trees[circle]?.organization
        else { return false }
        return caller(number)?.has(.read, in: organization) == true
    }

    /// Whether news of a circle goes over a session.
    func isLinked(_ number: SessionNumber, in circle: CircleDomain) -> Bool {
        circleNews.trees[circle]?.spread.links[number] != nil
    }

    /// A session ended.
    mutating func leaveCircles(_ number: SessionNumber) {
        for circle in circleNews.trees.keys {
            _ = circleNews.trees.change(circle) { $0.spread.remove(number) }
        }
    }

    private mutating func say(
        _ word: CircleMessage.Word, in circle: CircleDomain, to number: SessionNumber
    ) {
        send(.circle(CircleMessage(circle, word)), to: number)
    }

    // MARK: News out

    /// Records that came some other way than as a circle's news, or are this node's own: those of
    /// circles that it knows go to their members.
    mutating func spreadInCircles(_ records: [Record], from source: SessionNumber?) {
        for record in records {
            guard let own = RecordFor<Members>(record) else { continue }
            noteMember(record, in: own.circle)
            perform(own.circle) { spread, now, effects in
                spread.keep(own)
                spread.publish(own, from: source, at: now, into: &effects)
            }
        }
    }

    /// What the catalogue has of a circle: it is told by name to members that were away.
    mutating func circleFound(_ circle: CircleDomain, _ records: [Record]) {
        for record in records.reversed() {
            guard let own = RecordFor<Members>(record), own.circle == circle else { continue }
            noteMember(record, in: circle)
            _ = circleNews.trees.change(circle) { $0.spread.keep(own) }
        }
        // Some may be linked since the question was asked.
        perform(circle) { spread, _, effects in
            for number in spread.links.keys { spread.tellAll(to: number, into: &effects) }
        }
    }

    mutating func noteMember(_ record: Record, in circle: CircleDomain) {
        let member = record.signer ?? record.publisher
        guard member != settings.node else { return }
        let pause = now.monotonic + Span.second
        _ = circleNews.trees.change(circle) { tree in
            if tree.members.isEmpty { tree.nextCall = pause }
            tree.note(member)
        }
    }

    // MARK: News in

    /// A word in a circle. One that is not this node's, or to which the peer has not shown that it
    /// belongs, is passed over without a sign, which circle it may be.
    mutating func receive(_ message: CircleMessage, from number: SessionNumber) {
        let circle = message.circle
        let isWithin = sessions.change(number) { $0.rates.circles.take(at: now.monotonic) }
        guard isWithin == true, circleNews.trees[circle] != nil else {
            circleNews.passedOver += 1
            return
        }
        if message.word == .join {
            _ = sessions.change(number) { $0.rights.joinedBy.insert(circle) }
            return linkCircles(number)
        }
        guard isLinked(number, in: circle), isMember(number, of: circle) else {
            circleNews.passedOver += 1
            return
        }
        perform(circle) { spread, now, effects in
            switch message.word {
            case .news(let items): spread.receive(items, from: number, at: now, into: &effects)
            case .haves(let haves): spread.receive(haves, from: number, at: now, into: &effects)
            case .graft(let names): spread.receive(graft: names, from: number, into: &effects)
            case .prune: spread.receivePrune(from: number)
            case .join: break
            }
        }
    }

    /// Lets a circle's core act and carries out what it wants.
    mutating func perform(
        _ circle: CircleDomain,
        _ body: (inout Spread<Members>, UInt64, inout [Spread<Members>.Effect]) -> Void
    ) {
        var wanted: [Spread<Members>.Effect] = []
        let moment = now.monotonic
        _ = circleNews.trees.change(circle) { body(&$0.spread, moment, &wanted) }
        var checks = OrderedTable<SessionNumber, [[UInt8]]>()
        for effect in wanted {
            switch effect {
            case .send(let number, let message):
                guard let word = CircleMessage.Word(message) else { continue }
                say(word, in: circle, to: number)
            case .check(let number, let bytes):
                checks[number] = (checks[number] ?? []) + [bytes]
            }
        }
        for (number, records) in checks.entries { check(records, in: circle, from: number) }
    }
}

extension KnownOrganization {
    /// Whether this node shows that it knows the circle's secrets.
    var showsTags: Bool { place != nil || !issued.isEmpty }
}

extension Introduction {
    /// The bit of `features` that says: this node tells members of its circles their news
    /// (`CircleMessage`), if it is in any.
    static let circleNews: UInt64 = 8_192
}
