import Wire

/// Dials over relays: a node that cannot be called is asked for at one of the relays that its Node
/// record names, the next one where that comes to nothing.
extension Swarm {
    /// Remembers by which relays a node is reached, or that it needs none.
    mutating func noteWay(to key: NodeKey, _ relays: [PeerAddress]) {
        let usable = relays.filter { relay in
            relay.key != key && relay.key != settings.node
                && (session(with: relay.key) != nil || !dialable(relay).isEmpty)
        }
        if usable.isEmpty {
            relaying.ways[key] = nil
            return
        }
        if relaying.ways[key] == nil, relaying.ways.count >= RelayLimits.waysMax,
            let other = relaying.ways.keys.randomElement(using: &generator)
        {
            relaying.ways[other] = nil
        }
        relaying.ways[key] = Array(usable.prefix(NodeContent.relaysMax))
    }

    private func dialable(_ relay: PeerAddress) -> [Endpoint] {
        relay.endpoints.filter { $0.mayBeDialled(heardFrom: .global) }
    }

    /// Whether a node can be asked for at a relay.
    func hasWay(to key: NodeKey) -> Bool { relaying.ways[key] != nil }

    /// Dials a node over its relays; ends as any other dial does.
    mutating func dialOver(_ dial: UInt64, _ key: NodeKey) {
        var relays = relaying.ways[key] ?? []
        // A relay that has a session is quicker.
        relays.sort { one, other in
            session(with: one.key) != nil && session(with: other.key) == nil
        }
        relaying.dials[dial] = Relaying.Way(
            peer: key, relays: relays, until: now.monotonic + RelayLimits.sessionPatience)
        ask(dial)
    }

    /// Asks the relay that is being tried for a circuit, or has it dialled first.
    private mutating func ask(_ dial: UInt64) {
        guard let way = relaying.dials[dial] else { return }
        guard let relay = way.relays.first else {
            relaying.dials[dial] = nil
            return dialFailed(dial, way.reason)
        }
        guard let number = session(with: relay.key) else {
            let endpoints = dialable(relay)
            guard !endpoints.isEmpty else { return tryNextRelay(dial, "no relay can be reached") }
            want(relay.key, at: endpoints)
            return
        }
        guard let session = sessions[number], let said = session.introduction else { return }
        guard !session.facts.path.isRelayed, said.features & Introduction.relays != 0,
            relaying.ends.count < RelayLimits.endsMax
        else { return tryNextRelay(dial, "the relay that it names does not relay") }
        let circuit = 2 * relaying.nextCircuit + (session.facts.isInitiator ? 0 : 1)
        relaying.nextCircuit += 1
        let end = CircuitEnd(session: number, circuit: circuit)
        _ = relaying.dials.change(dial) { way in
            way.step = .opening(end)
            way.until = now.monotonic + RelayLimits.sessionPatience
        }
        send(.relay(.connect(circuit: circuit, to: way.peer)), to: number)
    }

    mutating func tryNextRelay(_ dial: UInt64, _ reason: String) {
        guard relaying.dials[dial] != nil else { return }
        _ = relaying.dials.change(dial) { way in
            if !way.relays.isEmpty { way.relays.removeFirst() }
            way.step = .meeting
            way.until = now.monotonic + RelayLimits.sessionPatience
            way.reason = reason
        }
        ask(dial)
    }

    /// Whether a circuit is being asked for.
    func isOpening(_ end: CircuitEnd) -> Bool { dialOpening(end) != nil }

    private func dialOpening(_ end: CircuitEnd) -> UInt64? {
        relaying.dials.entries.first { $0.value.step == .opening(end) }?.key
    }

    mutating func circuitOpened(_ end: CircuitEnd) {
        guard let dial = dialOpening(end), let way = relaying.dials[dial] else { return }
        _ = relaying.dials.change(dial) { $0.step = .shaking(end) }
        relaying.ends[end] = Relaying.End(peer: way.peer, dial: dial)
        noteUses(of: end.session)
        effects.append(.dialThrough(dial, end, expected: way.peer))
    }

    mutating func circuitRefused(_ end: CircuitEnd, _ reason: RelayMessage.Reason) {
        guard let dial = dialOpening(end) else { return }
        tryNextRelay(dial, reason.words)
    }

    /// Whether a dial that came to nothing was over a relay that has a successor.
    mutating func relayedDialFailed(_ dial: UInt64, _ reason: String) -> Bool {
        guard let way = relaying.dials[dial] else { return false }
        guard way.relays.count > 1 else {
            relaying.dials[dial] = nil
            return false
        }
        tryNextRelay(dial, reason)
        return true
    }

    /// A dial over a relay came to a session.
    mutating func relayedDialStands(_ facts: SessionFacts) {
        if let dial = facts.dial { relaying.dials[dial] = nil }
    }

    /// Sessions with relays that stand now, and answers that did not come.
    mutating func watchRelayedDials() {
        for (dial, way) in relaying.dials.entries {
            switch way.step {
            case .meeting where way.relays.first.flatMap { session(with: $0.key) } != nil:
                ask(dial)
            case .meeting, .opening:
                if way.until <= now.monotonic {
                    abandon(way)
                    tryNextRelay(dial, "the relay does not answer")
                }
            case .shaking: break
            }
        }
    }

    private mutating func abandon(_ way: Relaying.Way) {
        guard case .opening(let end) = way.step else { return }
        send(.relay(.close(circuit: end.circuit, .closed)), to: end.session)
    }
}
