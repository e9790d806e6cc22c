import Wire

/// Datagrams inside sessions: what may be lost goes by them between neighbours where they pass, and
/// over the session where they do not. Words that only inform go: pings, questions about third
/// nodes and their answers, names of records. Records, and words that change what a link is, never
/// do.
extension Swarm {
    /// Whether the two of a session may send each other datagrams. Over a circuit only the relay's
    /// address is known.
    private func mayUseDatagrams(_ number: SessionNumber) -> Bool {
        guard settings.datagramPort != nil, !isStopping, let session = sessions[number] else {
            return false
        }
        return !session.isClosing && !session.facts.path.isRelayed
            && session.speaks(of: Introduction.datagrams)
    }

    /// A peer is a neighbour now, or said where it hears: this node says so too.
    mutating func openDatagrams(_ number: SessionNumber) {
        guard mayUseDatagrams(number) else { return }
        if datagrams[number] == nil {
            // Of its own, so that one peer's datagrams move nothing that others see.
            datagrams.add(number, seed: settings.seed ^ (number &* 0x9e37_79b9_7f4a_7c15))
        }
        offerDatagrams(number)
    }

    /// Has a new key chosen for a peer.
    private mutating func offerDatagrams(_ number: SessionNumber) {
        let isDue = datagrams.change(number) { path in
            if let last = path.offered {
                let age = now.monotonic - min(now.monotonic, last)
                guard
                    age >= DatagramLimits.keyLife || path.received >= DatagramLimits.keyUses
                else { return false }
            }
            path.offered = now.monotonic
            path.received = 0
            return true
        }
        if isDue == true { effects.append(.offerDatagrams(number)) }
    }

    /// The key was chosen and is ready.
    mutating func datagramsOffered(_ number: SessionNumber, _ offer: DatagramOffer) {
        guard mayUseDatagrams(number), datagrams[number] != nil else {
            effects.append(.endDatagrams(number))
            return
        }
        send(.datagrams(offer), to: number)
    }

    /// A peer says how it hears.
    mutating func receive(_ offer: DatagramOffer, from number: SessionNumber) {
        guard mayUseDatagrams(number), let facts = sessions[number]?.facts else { return }
        openDatagrams(number)
        effects.append(.useDatagrams(number, offer))
        let place = facts.endpoint.with(port: offer.port)
        _ = datagrams.change(number) { $0.offered(at: place, now: now.monotonic) }
    }

    mutating func closeDatagrams(_ number: SessionNumber) {
        if datagrams.remove(number) { effects.append(.endDatagrams(number)) }
    }

    // MARK: In

    /// A datagram of a peer was opened. It counts as a word of a neighbour and not of the session:
    /// a session whose connection is dead ends although datagrams pass.
    mutating func receive(
        datagram message: Message, of number: SessionNumber, from source: Endpoint
    ) {
        guard let session = sessions[number], !session.isClosing, datagrams[number] != nil
        else { return }
        let own = session.facts.endpoint
        guard source.bytes == own.bytes, source.zone == own.zone || source.zone == 0 else {
            datagrams.foreign += 1
            return
        }
        guard Self.mayGoByDatagram(message) else {
            datagrams.unfit += 1
            return
        }
        _ = datagrams.change(number) { $0.heard(from: source, now: now.monotonic) }
        var pong: UInt64?
        if case .pong(let value) = message {
            let isOfNeighbour = datagrams.change(number) {
                $0.answered(value, from: source, now: now.monotonic)
            }
            if isOfNeighbour == true { pong = value }
        }
        if session.isNeighbour {
            perform(neighbourhood.heard(number, pong: pong, at: now.monotonic))
        }
        guard mayAsk(message, number) else { return }
        switch message {
        // As long as what it answers, and to where that came from.
        case .ping(let value):
            effects.append(.sendDatagram(number, .pong(value), to: source))
        case .neighbour(let message): receive(message, from: number)
        default: break
        }
    }

    /// Whether a message is one that only informs.
    private static func mayGoByDatagram(_ message: Message) -> Bool {
        switch message {
        case .ping, .pong, .neighbour(.probe), .neighbour(.probeAnswer), .neighbour(.haves): true
        default: false
        }
    }

    // MARK: Out

    /// Sends a neighbour a word, by datagram where that may be and they pass.
    mutating func tell(_ number: SessionNumber, _ message: NeighbourMessage) {
        let whole = Message.neighbour(message)
        guard let target = datagrams[number]?.openTarget, Self.mayGoByDatagram(whole),
            message.byteCount + SealedDatagram.overhead <= DatagramLimits.sentMax,
            sessions[number]?.isClosing == false
        else { return send(whole, to: number) }
        datagrams.carried += 1
        effects.append(.sendDatagram(number, whole, to: target))
        if let step = datagrams.change(number, { $0.carry(now: now.monotonic) }) ?? nil {
            take(step, of: number)
        }
    }

    /// Asks a neighbour for a word, by datagram where they pass; what is not answered soon is asked
    /// again over the session, long before anybody is suspected.
    mutating func ping(neighbour number: SessionNumber, _ value: UInt64) {
        let target = datagrams.change(number) { $0.take(ping: value, now: now.monotonic) } ?? nil
        guard let target, sessions[number]?.isClosing == false else {
            return send(.ping(value), to: number)
        }
        datagrams.carried += 1
        effects.append(.sendDatagram(number, .ping(value), to: target))
    }

    /// Looks after the paths that are due.
    mutating func wakeDatagrams() {
        for (number, steps) in datagrams.wake(at: now.monotonic) {
            for step in steps { take(step, of: number) }
        }
    }

    private mutating func take(_ step: DatagramPath.Step, of number: SessionNumber) {
        switch step {
        case .ping(let value, let target):
            effects.append(.sendDatagram(number, .ping(value), to: target))
        case .askAgain(let value):
            datagrams.askedAgain += 1
            neighbourhood.askedAgain(number)
            send(.ping(value), to: number)
        }
    }

    // MARK: How strangers see this node

    /// Asks a few of those that take datagrams, as a stranger would, at which address they see this
    /// node: what routers make of its port shows there.
    mutating func askSeenIfDue() {
        guard settings.datagramPort != nil, now.monotonic >= datagrams.nextAsk else { return }
        var asked: [Endpoint] = []
        for path in datagrams.all.values where asked.count < DatagramLimits.seenBy {
            guard let place = path.target,
                !asked.contains(where: { Netgroup($0) != nil && Netgroup($0) == Netgroup(place) })
            else { continue }
            asked.append(place)
            effects.append(.askSeen(place))
        }
        datagrams.nextAsk =
            now.monotonic
            + (asked.isEmpty ? DatagramLimits.seenPauseFirst : DatagramLimits.seenPause)
    }

    /// A node that was asked sees this one there.
    mutating func seen(at place: Endpoint, by other: Endpoint) {
        datagrams.seen.removeAll { $0.by == other }
        datagrams.seen.append((other, place))
        if datagrams.seen.count > DatagramLimits.seenBy { datagrams.seen.removeFirst() }
    }

    /// Chooses new keys for those that have served.
    mutating func renewDatagrams() {
        for number in datagrams.all.keys where datagrams[number]?.offered != nil {
            guard mayUseDatagrams(number) else { continue }
            offerDatagrams(number)
        }
    }
}

extension Introduction {
    /// The bit of `features` that says: this node takes datagrams inside sessions.
    package static let datagrams: UInt64 = 512
}
