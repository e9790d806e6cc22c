import Wire

extension Swarm {
    /// Takes an address that the owner gave.
    mutating func join(endpoints: [Endpoint], key: NodeKey?) {
        guard key != settings.node, !endpoints.isEmpty else { return }
        let isKnown = contacts.contains { contact in
            contact.source == .owner && contact.key == key && contact.endpoints == endpoints
        }
        guard !isKnown else { return }
        contacts.append(Contact(key: key, endpoints: endpoints, source: .owner))
        dialContacts()
    }

    /// Takes the addresses of a Node record that came over `session`: those that reach as far as
    /// the session itself, and global ones.
    mutating func learn(_ record: Record, over session: SessionNumber?) {
        guard case .node(let node) = record.content, record.publisher != settings.node else {
            return
        }
        let source = session.flatMap { sessions[$0]?.facts.endpoint.reach } ?? .global
        let endpoints = node.endpoints.filter { $0.mayBeDialled(heardFrom: source) }
        if let index = contacts.firstIndex(where: {
            $0.key == record.publisher && $0.source == .gossip
        }) {
            if !endpoints.isEmpty { contacts[index].endpoints = endpoints }
            return
        }
        guard !endpoints.isEmpty else { return }
        if contacts.count >= SwarmLimits.contactsMax { forgetOneContact() }
        contacts.append(Contact(key: record.publisher, endpoints: endpoints, source: .gossip))
    }

    /// Makes room by forgetting a random contact that gossip brought.
    private mutating func forgetOneContact() {
        let candidates = contacts.indices.filter {
            contacts[$0].source == .gossip && contacts[$0].dial == nil
        }
        guard let index = candidates.randomElement(using: &generator) else { return }
        contacts.remove(at: index)
    }

    /// Dials a holder for a fetch, even when enough sessions stand.
    mutating func dialHolder(_ holder: LayerHolders.Holder) {
        guard holder.node != settings.node, session(with: holder.node) == nil else { return }
        if let index = contacts.firstIndex(where: { $0.key == holder.node }) {
            contacts[index].isWanted = true
            if contacts[index].dial == nil { contacts[index].notBefore = now.monotonic }
            return
        }
        let endpoints = holder.endpoints.filter { isDiallable($0) }
        guard !endpoints.isEmpty else { return }
        if contacts.count >= SwarmLimits.contactsMax { forgetOneContact() }
        var contact = Contact(key: holder.node, endpoints: endpoints, source: .gossip)
        contact.isWanted = true
        contacts.append(contact)
    }

    /// Whether a gossiped address may be dialled although the session it came over is not known:
    /// global ones, and nearer ones while a session from the same range stands.
    private func isDiallable(_ endpoint: Endpoint) -> Bool {
        endpoint.mayBeDialled(heardFrom: .global)
            || sessions.values.contains { session in
                endpoint.mayBeDialled(heardFrom: session.facts.endpoint.reach)
            }
    }

    /// An address that the owner gave is this node's own: there is nobody to dial.
    mutating func forgetMyself(_ facts: SessionFacts) {
        guard let dial = facts.dial else { return }
        contacts.removeAll { $0.dial == dial }
        effects.append(.log("a joined address is this node's own; it is not dialled again"))
    }

    /// Whether a dial to the peer is under way.
    func isDialling(_ peer: NodeKey) -> Bool {
        contacts.contains { $0.key == peer && ($0.dial != nil || $0.isWanted) }
    }

    /// Dials whom the owner gave, whom fetches need, and others until enough sessions stand.
    mutating func dialContacts() {
        guard !isStopping else { return }
        var standing = sessions.count + contacts.filter { $0.dial != nil }.count
        for index in contacts.indices {
            let contact = contacts[index]
            guard contact.dial == nil, contact.notBefore <= now.monotonic else { continue }
            if let key = contact.key, session(with: key) != nil { continue }
            let isNeeded = contact.source == .owner || contact.isWanted
            guard isNeeded || standing < SwarmLimits.sessionsWanted else { continue }
            guard standing < SwarmLimits.sessionsMax else { return }
            if contact.key == nil && isConnected(toOneOf: contact.endpoints) { continue }
            contacts[index].dial = nextDial
            effects.append(
                .dial(nextDial, endpoints: contact.endpoints, expected: contact.key))
            nextDial += 1
            standing += 1
        }
    }

    private func isConnected(toOneOf endpoints: [Endpoint]) -> Bool {
        sessions.entries.contains { entry in
            entry.value.facts.isInitiator && endpoints.contains(entry.value.facts.endpoint)
        }
    }

    mutating func contactConnected(_ facts: SessionFacts) {
        for index in contacts.indices {
            let isDialled = facts.dial != nil && contacts[index].dial == facts.dial
            guard isDialled || contacts[index].key == facts.peer else { continue }
            if isDialled {
                contacts[index].dial = nil
                if contacts[index].key == nil { contacts[index].key = facts.peer }
            }
            contacts[index].pause = SwarmLimits.dialPauseMin
            contacts[index].failingSince = nil
            contacts[index].isWanted = false
        }
    }

    /// A lost neighbour is dialled again after a short pause.
    mutating func contactLost(_ peer: NodeKey) {
        for index in contacts.indices where contacts[index].key == peer {
            postpone(index)
        }
    }

    mutating func dialFailed(_ dial: UInt64, _ reason: String) {
        guard let index = contacts.firstIndex(where: { $0.dial == dial }) else { return }
        contacts[index].dial = nil
        contacts[index].isWanted = false
        let key = contacts[index].key
        if contacts[index].failingSince == nil && contacts[index].source == .owner {
            let name = key?.fingerprint ?? "a joined address"
            effects.append(.log("cannot reach \(name): \(reason); trying again"))
        }
        postpone(index)
        let since = contacts[index].failingSince ?? now.monotonic
        let isOver = now.monotonic - since > SwarmLimits.contactPatience
        if isOver && contacts[index].source == .gossip { contacts.remove(at: index) }
        if let key { sessionGone(key) }
    }

    private mutating func postpone(_ index: Int) {
        let jitter = UInt64.random(in: 0..<contacts[index].pause / 4, using: &generator)
        contacts[index].notBefore = now.monotonic + contacts[index].pause + jitter
        contacts[index].pause = min(contacts[index].pause * 2, SwarmLimits.dialPauseMax)
        if contacts[index].failingSince == nil { contacts[index].failingSince = now.monotonic }
    }
}
