import Wire

extension Swarm {
    /// Takes an address that the owner gave, and the relays of a node that cannot be called.
    mutating func join(endpoints: [Endpoint], key: NodeKey?, relays: [PeerAddress]) {
        guard key != settings.node else { return }
        if let key, !relays.isEmpty { noteWay(to: key, relays) }
        guard !endpoints.isEmpty || key.map(hasWay) == true else { return }
        let own = contacts.indices.filter { contacts[$0].source == .owner }
        if let index = own.first(where: {
            contacts[$0].key == key && (key != nil || contacts[$0].endpoints == endpoints)
        }) {
            contacts[index].endpoints = endpoints
        } else {
            guard own.count < SwarmLimits.ownerContactsMax else {
                effects.append(.log("too many joined addresses; restart to forget the old ones"))
                return
            }
            if contacts.count >= SwarmLimits.contactsMax { _ = forgetOneContact() }
            contacts.append(Contact(key: key, endpoints: endpoints, source: .owner))
        }
        dialContacts()
    }

    /// Takes a contact that is needed or that a beacon brought; false when there is no room.
    @discardableResult
    mutating func remember(_ contact: Contact) -> Bool {
        guard contacts.count < SwarmLimits.contactsMax || forgetOneContact() else { return false }
        contacts.append(contact)
        return true
    }

    /// Makes room by forgetting a random contact that was needed.
    private mutating func forgetOneContact() -> Bool {
        let candidates = contacts.indices.filter {
            contacts[$0].source == .need && contacts[$0].dial == nil
        }
        guard let index = candidates.randomElement(using: &generator) else { return false }
        contacts.remove(at: index)
        return true
    }

    /// Dials a holder for a fetch, even when enough sessions stand.
    mutating func dialHolder(_ holder: LayerHolders.Holder) {
        guard holder.node != settings.node, session(with: holder.node) == nil,
            !outOfReach.contains(holder.node) || hasWay(to: holder.node)
        else { return }
        want(holder.node, at: holder.endpoints.filter(isInReach))
    }

    /// Has a peer dialled at the next turn: at the addresses known of it, else at these.
    mutating func want(_ key: NodeKey, at endpoints: [Endpoint]) {
        let known = addresses.endpoints(of: key) ?? endpoints
        guard let index = contacts.firstIndex(where: { $0.key == key }) else {
            guard !known.isEmpty || hasWay(to: key) else { return }
            var contact = Contact(key: key, endpoints: known, source: .need)
            contact.isWanted = true
            remember(contact)
            return
        }
        if contacts[index].source == .need, !known.isEmpty { contacts[index].endpoints = known }
        contacts[index].isWanted = true
    }

    /// Dials a peer that the overlay chose, at the addresses that it knows, now: the overlay has
    /// pauses of its own.
    mutating func dialChosen(_ peer: PeerAddress) {
        want(peer.key, at: peer.endpoints)
        for index in contacts.indices
        where contacts[index].key == peer.key && contacts[index].source == .need {
            let others = contacts[index].endpoints.filter { !peer.endpoints.contains($0) }
            contacts[index].endpoints = Array(
                (peer.endpoints + others).prefix(Limits.endpointsMax))
            contacts[index].isWanted = true
            contacts[index].notBefore = now.monotonic
        }
        dialContacts()
    }

    /// Whether an address out of the catalogue may be dialled although the book does not have it.
    /// Which session brought it is forgotten: one of a laboratory's own network may be what a
    /// stranger wants called there. On this machine a session with this machine is enough.
    private func isInReach(_ endpoint: Endpoint) -> Bool {
        endpoint.mayBeDialled(heardFrom: .global)
            || endpoint.reach == .loopback
                && sessions.values.contains { $0.facts.endpoint.reach == .loopback }
    }

    /// An address that the owner gave is this node's own: there is nobody to dial.
    mutating func forgetMyself(_ facts: SessionFacts) {
        guard let dial = facts.dial else { return }
        let isJoined = contacts.contains { $0.dial == dial && $0.source == .owner }
        contacts.removeAll { $0.dial == dial }
        guard isJoined else { return }
        effects.append(.log("a joined address is this node's own; it is not dialled again"))
    }

    /// Whether a dial to the peer is under way.
    func isDialling(_ peer: NodeKey) -> Bool {
        contacts.contains { $0.key == peer && ($0.dial != nil || $0.isWanted) }
    }

    /// Dials whom the owner gave, whom fetches need and whom the overlay chose.
    mutating func dialContacts() {
        contacts.removeAll(where: isForgotten)
        dial { $0.source == .owner || $0.isWanted }
    }

    /// Dials those that cannot wait for the next turn.
    mutating func dialWanted() { dial(where: \.isWanted) }

    private mutating func dial(where isMeant: (Contact) -> Bool) {
        guard !isStopping else { return }
        var standing = sessions.count + contacts.count { $0.dial != nil }
        for index in contacts.indices where isMeant(contacts[index]) && isDue(contacts[index]) {
            dial(index, &standing)
        }
    }

    /// Whether nobody has needed a contact for a while that was needed once.
    private func isForgotten(_ contact: Contact) -> Bool {
        contact.source == .need && !contact.isWanted && contact.dial == nil
            && contact.notBefore + SwarmLimits.contactPatience < now.monotonic
    }

    private func isDue(_ contact: Contact) -> Bool {
        guard contact.dial == nil, contact.notBefore <= now.monotonic,
            contact.isWanted || contact.fullUntil <= now.monotonic,
            !contact.endpoints.isEmpty || contact.key.map(hasWay) == true
        else { return false }
        guard let key = contact.key else { return !isConnected(toOneOf: contact.endpoints) }
        return key != settings.node && session(with: key) == nil
            && bans[key]?.isShutOut != true
    }

    private mutating func dial(_ index: Int, _ standing: inout Int) {
        let contact = contacts[index]
        let isTwin = contacts.contains { $0.key == contact.key && $0.dial != nil }
        guard standing < SwarmLimits.sessionsMax, contact.key == nil || !isTwin else { return }
        let dial = nextDial
        nextDial += 1
        standing += 1
        contacts[index].dial = dial
        contacts[index].isOverRelay = contact.endpoints.isEmpty
        if let key = contact.key {
            addresses.dialled(key, at: now)
            if contact.endpoints.isEmpty { return dialOver(dial, key) }
        }
        effects.append(.dial(dial, endpoints: contact.endpoints, expected: contact.key))
    }

    private func isConnected(toOneOf endpoints: [Endpoint]) -> Bool {
        sessions.entries.contains { entry in
            entry.value.facts.isInitiator && endpoints.contains(entry.value.facts.endpoint)
        }
    }

    /// A channel with the contact stands. The pause before the next dial stays until the session
    /// has proven itself by lasting.
    mutating func contactConnected(_ facts: SessionFacts) {
        keepFound(facts)
        for index in contacts.indices {
            let isDialled = facts.dial != nil && contacts[index].dial == facts.dial
            guard isDialled || contacts[index].key == facts.peer else { continue }
            if isDialled {
                contacts[index].dial = nil
                if contacts[index].key == nil { contacts[index].key = facts.peer }
            }
            contacts[index].isWanted = false
        }
    }

    /// A neighbour whose session lasted `nanoseconds` is dialled again after a pause: a short
    /// one when it was a real session, else the next longer one.
    mutating func contactLost(_ peer: NodeKey, after nanoseconds: UInt64) {
        guard session(with: peer) == nil else { return }
        for index in contacts.indices where contacts[index].key == peer {
            if nanoseconds >= SwarmLimits.settledAfter {
                contacts[index].pause = SwarmLimits.dialPauseMin
                contacts[index].failingSince = nil
            }
            postpone(index)
        }
    }

    mutating func dialFailed(_ dial: UInt64, _ reason: String) {
        if feelerFailed(dial) || punchFailed(dial) || relayMoveFailed(dial)
            || relayedDialFailed(dial, reason)
        {
            return
        }
        guard let index = contacts.firstIndex(where: { $0.dial == dial }) else { return }
        guard contacts[index].source != .beacon else {
            contacts.remove(at: index)
            return
        }
        if let key = contacts[index].key, !contacts[index].isOverRelay, hasWay(to: key) {
            contacts[index].isOverRelay = true
            contacts[index].dial = nextDial
            nextDial += 1
            return dialOver(nextDial - 1, key)
        }
        contacts[index].dial = nil
        contacts[index].isWanted = false
        contacts[index].failure = reason
        let key = contacts[index].key
        if contacts[index].failingSince == nil && contacts[index].source == .owner {
            let name = key?.fingerprint ?? "a joined address"
            effects.append(.log("cannot reach \(name): \(reason); trying again"))
        }
        postpone(index)
        if let key {
            addresses.failed(key, at: now)
            sessionGone(key)
            mirroring.presence.missed(key, at: now.monotonic)
            perform(neighbourhood.dialFailed(key, at: now.monotonic))
        }
    }

    /// A peer has no room: it is left alone for a while, whatever its session was.
    mutating func wait(for peer: NodeKey) {
        for index in contacts.indices where contacts[index].key == peer {
            contacts[index].fullUntil = now.monotonic + SwarmLimits.fullPause
        }
    }

    private mutating func postpone(_ index: Int) {
        let jitter = UInt64.random(in: 0..<contacts[index].pause / 4, using: &generator)
        contacts[index].notBefore = now.monotonic + contacts[index].pause + jitter
        contacts[index].pause = min(contacts[index].pause * 2, SwarmLimits.dialPauseMax)
        if contacts[index].failingSince == nil { contacts[index].failingSince = now.monotonic }
    }
}
