import Wire

/// A node that cannot be called keeps places at two relays, which its Node record names.
extension Swarm {
    /// The relays by which this node is reached, with where they are.
    var relayAddresses: [PeerAddress] {
        let granted = relaying.places.entries.filter { $0.value.asked == nil }.map(\.key)
        return granted.compactMap { number in
            guard let session = sessions[number], !session.isClosing else { return nil }
            let told = session.introduction?.endpoints.filter { $0.reach == .global } ?? []
            let own = session.facts.isInitiator ? [session.facts.endpoint] : []
            let others = told.filter { !own.contains($0) }
            return PeerAddress(key: session.facts.peer, endpoints: own + others)
        }.prefix(NodeContent.relaysMax).map { $0 }
    }

    /// Asks for places as long as one is wanting; those that are held stay while they last.
    mutating func chooseRelays() {
        for (number, place) in relaying.places.entries {
            if let until = place.asked, until <= now.monotonic { leave(number) }
        }
        guard needsRelay, !isStopping, relaying.moving == nil,
            relaying.places.count < RelayLimits.relaysWanted
        else { return }
        relaying.refusals.removeAll { _, until in until <= now.monotonic }
        let able = sessions.entries.filter { mayRelay($0.key, $0.value) }
        let moved = able.filter { relaying.moved.contains($0.value.facts.peer) }
        let best = moved.isEmpty ? able : moved
        if let number = best.map(\.key).randomElement(using: &generator) {
            return reserve(number)
        }
        searchRelays()
    }

    private func mayRelay(_ number: SessionNumber, _ session: Session) -> Bool {
        guard !session.isClosing, session.facts.path.isOwn, relaying.places[number] == nil,
            session.facts.endpoint.reach == .global, let said = session.introduction
        else { return false }
        return said.features & Introduction.relays != 0
            && relaying.refusals[session.facts.peer] == nil
    }

    /// Asks for a place. A session that this node dialled is made anew from the port that it
    /// listens on, once: then the relay sees the address at which routers let others in, too.
    private mutating func reserve(_ number: SessionNumber) {
        guard let facts = sessions[number]?.facts else { return }
        if facts.path == .direct, facts.isInitiator, !relaying.moved.contains(facts.peer) {
            if relaying.moved.count >= RelayLimits.waysMax { relaying.moved = [] }
            relaying.moved.insert(facts.peer)
            relaying.moving = (nextDial, facts.peer)
            effects.append(
                .dialFromPort(nextDial, endpoints: [facts.endpoint], expected: facts.peer))
            nextDial += 1
            return
        }
        relaying.places[number] = Relaying.Place(
            asked: now.monotonic + RelayLimits.reservePatience)
        noteUses(of: number)
        send(.relay(.reserve), to: number)
    }

    /// A session stands that was made anew for a relay.
    mutating func relayMoved(_ facts: SessionFacts) {
        guard let moving = relaying.moving, facts.dial == moving.dial else { return }
        relaying.moving = nil
    }

    /// Whether a dial that came to nothing was one for that; the session that stands serves as
    /// well, but for punches.
    mutating func relayMoveFailed(_ dial: UInt64) -> Bool {
        guard let moving = relaying.moving, moving.dial == dial else { return false }
        relaying.moving = nil
        return true
    }

    mutating func placeGranted(_ number: SessionNumber) {
        guard let place = relaying.places[number], place.asked != nil else { return }
        relaying.places[number] = Relaying.Place(asked: nil)
        noteUses(of: number)
    }

    mutating func placeRefused(_ number: SessionNumber, _ reason: RelayMessage.Reason) {
        guard relaying.places[number] != nil else { return }
        leave(number)
    }

    /// Leaves a relay alone for a while.
    private mutating func leave(_ number: SessionNumber) {
        relaying.places[number] = nil
        noteUses(of: number)
        if let peer = sessions[number]?.facts.peer { avoid(relay: peer) }
    }

    private mutating func avoid(relay peer: NodeKey) {
        guard relaying.refusals.count < RelayLimits.waysMax else { return }
        relaying.refusals[peer] = now.monotonic + RelayLimits.refusedPause
    }

    // MARK: Relays that are not met yet

    private mutating func searchRelays() {
        let found = relaying.found.filter {
            relaying.refusals[$0.key] == nil && session(with: $0.key) == nil
        }
        relaying.found = found
        if let relay = relaying.found.randomElement(using: &generator) {
            avoid(relay: relay.key)
            relaying.found.removeAll { $0.key == relay.key }
            relaying.moved.insert(relay.key)
            relaying.moving = (nextDial, relay.key)
            effects.append(
                .dialFromPort(nextDial, endpoints: relay.endpoints, expected: relay.key))
            nextDial += 1
            return
        }
        guard relaying.nextSearch <= now.monotonic else { return }
        relaying.nextSearch = now.monotonic + RelayLimits.searchPause
        effects.append(.findRelays)
    }

    /// Nodes of the catalogue that relay; one is dialled at a time.
    mutating func relaysFound(_ relays: [PeerAddress]) {
        relaying.found = relays.compactMap { relay in
            let endpoints = relay.endpoints.filter { $0.reach == .global }
            guard relay.key != settings.node, !endpoints.isEmpty,
                bans[relay.key]?.isShutOut != true
            else { return nil }
            return PeerAddress(key: relay.key, endpoints: endpoints)
        }.shuffled(using: &generator).prefix(RelayLimits.foundMax).map { $0 }
    }

    /// A relay that was just met is asked at the next turn although it was not to be dialled again.
    mutating func relayMet(_ number: SessionNumber) {
        guard let facts = sessions[number]?.facts, facts.isInitiator,
            relaying.moved.contains(facts.peer), facts.path.isOwn
        else { return }
        relaying.refusals[facts.peer] = nil
    }
}
