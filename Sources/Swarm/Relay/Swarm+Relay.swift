import Wire

/// Words about relaying: those for the desk go there, those about circuits that end here, and about
/// places of this node, are looked at here.
extension Swarm {
    mutating func receive(_ message: RelayMessage, from number: SessionNumber) {
        guard let client = client(number) else { return }
        switch message {
        case .reserve:
            guard isRelay else {
                return send(.relay(.refused(circuit: 0, .notOffered)), to: number)
            }
            perform(relaying.desk?.reserve(client) ?? [])
            noteUses(of: number)
        case .connect(let circuit, let key):
            guard relaying.desk != nil else {
                return send(.relay(.refused(circuit: circuit, .notOffered)), to: number)
            }
            let sessions = sessions
            perform(
                relaying.desk?.connect(circuit, to: key, by: client, at: now.monotonic) { other in
                    Self.client(other, in: sessions)
                } ?? [])
        case .reserved: placeGranted(number)
        case .refused(0, let reason): placeRefused(number, reason)
        case .incoming(let circuit, let key): incoming(circuit, from: key, over: number)
        case .opened(let circuit), .refused(let circuit, _), .close(let circuit, _),
            .allow(let circuit, _), .bytes(let circuit, _):
            pass(message, CircuitEnd(session: number, circuit: circuit))
        }
    }

    /// Whether this node relays: its owner says so, and others can call it.
    var isRelay: Bool { relaying.desk != nil && reachVerdict != .unreachable }

    private func client(_ number: SessionNumber) -> RelayDesk.Client? {
        Self.client(number, in: sessions)
    }

    private static func client(
        _ number: SessionNumber, in sessions: OrderedTable<SessionNumber, Session>
    ) -> RelayDesk.Client? {
        guard let session = sessions[number], !session.isClosing else { return nil }
        return RelayDesk.Client(
            session: number, key: session.facts.peer, isCaller: !session.facts.isInitiator,
            isRelayed: session.facts.path.isRelayed, network: Netgroup(session.facts.endpoint))
    }

    /// A word about a circuit: the desk's, or one that ends here. What comes for one that is over
    /// was under way; so much of it as a window holds is no fault.
    private mutating func pass(_ message: RelayMessage, _ end: CircuitEnd) {
        if relaying.ends[end] != nil || isOpening(end) { return hear(message, end) }
        if let effects = relaying.desk?.receive(message, end, at: now.monotonic) {
            return perform(effects)
        }
        guard case .bytes = message else { return }
        let isWithin = sessions.change(end.session) { $0.rates.stray.take(at: now.monotonic) }
        if isWithin == false { blame(end.session, "sent bytes of circuits that do not stand") }
    }

    private mutating func hear(_ message: RelayMessage, _ end: CircuitEnd) {
        switch message {
        case .opened: circuitOpened(end)
        case .refused(_, let reason): circuitRefused(end, reason)
        case .close(_, let reason):
            relaying.ends[end] = nil
            noteUses(of: end.session)
            effects.append(.endCircuit(end, reason: "the relay ended the circuit: \(reason.words)"))
        default: break
        }
    }

    /// Another node opens a circuit to this one, over a relay at which it has a place.
    private mutating func incoming(
        _ circuit: UInt64, from key: NodeKey, over number: SessionNumber
    ) {
        let end = CircuitEnd(session: number, circuit: circuit)
        guard let facts = sessions[number]?.facts, let place = relaying.places[number],
            place.asked == nil, circuit.isMultiple(of: 2) == !facts.isInitiator,
            relaying.ends[end] == nil
        else { return blame(number, "opened a circuit that nobody asked for") }
        let isDirect = session(with: key).map { sessions[$0]?.facts.path.isRelayed == false }
        guard !isStopping, relaying.ends.count < RelayLimits.endsMax, key != settings.node,
            bans[key]?.isShutOut != true, isDirect != true
        else { return send(.relay(.refused(circuit: circuit, .declined)), to: number) }
        relaying.ends[end] = Relaying.End(peer: key, dial: nil)
        noteUses(of: number)
        effects.append(.answerThrough(end, from: key))
        send(.relay(.opened(circuit: circuit)), to: number)
    }

    /// The channel over a circuit that ends here is over.
    mutating func circuitEnded(_ end: CircuitEnd) {
        guard relaying.ends[end] != nil else { return }
        relaying.ends[end] = nil
        noteUses(of: end.session)
        send(.relay(.close(circuit: end.circuit, .closed)), to: end.session)
    }

    /// A session ended: what ran over it as a relay's ends too.
    mutating func relayGone(_ number: SessionNumber) {
        if let wanted = relaying.desk?.sessionGone(number) { perform(wanted) }
        relaying.places[number] = nil
        for end in relaying.ends.keys where end.session == number {
            relaying.ends[end] = nil
            effects.append(.endCircuit(end, reason: "the relay is gone"))
        }
        for (dial, way) in relaying.dials.entries {
            if case .opening(let end) = way.step, end.session == number {
                tryNextRelay(dial, "the relay is gone")
            }
        }
    }

    mutating func perform(_ wanted: [RelayDesk.Effect]) {
        for effect in wanted {
            switch effect {
            case .send(let number, let message): send(.relay(message), to: number)
            case .blame(let number, let fault): blame(number, fault)
            }
        }
    }

    /// Whether a session is of use to a relay or over one: then it is not ended for want of room.
    func noteUse(_ number: SessionNumber) -> Bool {
        relaying.places[number] != nil || relaying.desk?.serves(number) == true
            || relaying.ends.keys.contains { $0.session == number }
    }

    mutating func noteUses(of number: SessionNumber) {
        let isOfUse = noteUse(number)
        _ = sessions.change(number) { $0.isRelaying = isOfUse }
    }

    /// Looks after circuits, places and dials once a second.
    mutating func watchRelays() {
        if let wanted = relaying.desk?.watch(at: now.monotonic) { perform(wanted) }
        for number in sessions.keys where sessions[number]?.isRelaying == true || noteUse(number) {
            noteUses(of: number)
        }
        watchRelayedDials()
        watchRelayedSessions()
        chooseRelays()
    }

    /// Ends relayed sessions that serve nobody any more: their circuits keep others from theirs.
    private mutating func watchRelayedSessions() {
        for (number, session) in sessions.entries where session.facts.path.isRelayed {
            if isUseful(session) || punching.punches[number] != nil {
                _ = sessions.change(number) { $0.used = now.monotonic }
            } else if isDispensable(session),
                now.monotonic - session.used > RelayLimits.idlePatience
            {
                close(number, Self.notNeeded)
            }
        }
    }

    /// The reason that either side gives which ends a relayed session that nobody uses.
    private static let notNeeded = "nothing is wanted over the relay any more"
}
