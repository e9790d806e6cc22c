import Genome
import Wire

/// How nodes that fetch the same public layer find each other: each tells the holders that it
/// gives out what it has, and they name those who do the same. Nobody else hears of it, and it is
/// said only of layers that the node would announce once it has them.
extension Swarm {
    /// Tells a holder, once, that this node fetches the layer and gives out what it has.
    mutating func seek(_ layer: Digest, from session: SessionNumber) {
        guard let offer = offered[layer], offer.content.size >= SwarmLimits.sharedBytesMin,
            sessions[session]?.told.contains(layer) == false
        else { return }
        _ = sessions.change(session) { $0.told.insert(layer) }
        for number in fetchingOffered[layer] ?? [] where fetches[number]?.sought == nil {
            _ = fetches.change(number) { $0.sought = now.monotonic }
        }
        send(.seek(layer: layer), to: session)
    }

    /// Whether others who fetch the blob are about to be met: until then little is asked of its
    /// sources, which all of them would ask for the same.
    func isMeeting(_ download: Download) -> Bool {
        guard !download.isShared else { return false }
        return download.fetches.contains { number in
            guard let fetch = fetches[number], let sought = fetch.sought else { return false }
            let patience =
                fetch.sharers.isEmpty ? SwarmLimits.seekPatience : SwarmLimits.meetPatience
            let isWaiting = now.monotonic - sought < patience
            return isWaiting && (!fetch.sharers.isEmpty || !fetch.isSeekAnswered)
        }
    }

    /// A peer fetches a layer that is here, or on its way here.
    mutating func receive(seek layer: Digest, from number: SessionNumber) {
        guard let session = sessions[number],
            let known = held[layer] ?? offered[layer], known.policy.visibility == .public,
            decide(.see, known, number) == .allow
        else { return }
        guard session.sought.count < SwarmLimits.soughtPerSessionMax else { return }
        let isNew = sessions.change(number) { $0.sought.insert(layer).inserted }
        guard isNew == true else { return }
        let others = sessions.entries.filter { entry in
            entry.key != number && entry.value.sought.contains(layer) && !entry.value.isClosing
        }
        guard let own = address(of: number) else { return }
        var chosen = others.compactMap { address(of: $0.key) }
        chosen.shuffle(using: &transferGenerator)
        chosen = Array(chosen.prefix(Message.seekersMax))
        send(.seekers(layer: layer, chosen), to: number)
        // Those that were named hear of the newcomer: one of two dials will do.
        for (other, entry) in others where chosen.contains(where: { $0.key == entry.facts.peer }) {
            send(.seekers(layer: layer, [own]), to: other)
        }
    }

    /// Where a peer says that it listens; nil where it says nowhere.
    private func address(of session: SessionNumber) -> PeerAddress? {
        guard let entry = sessions[session], let said = entry.introduction?.endpoints,
            !said.isEmpty
        else { return nil }
        return PeerAddress(key: entry.facts.peer, endpoints: said)
    }

    /// A holder names nodes that fetch a layer too.
    mutating func receive(
        seekers peers: [PeerAddress], of layer: Digest, from number: SessionNumber
    ) {
        guard let facts = sessions[number]?.facts, sessions[number]?.told.contains(layer) == true
        else { return }
        for (fetch, entry) in fetches.entries where entry.request.layer == layer {
            _ = fetches.change(fetch) { $0.isSeekAnswered = true }
            for peer in peers where peer.key != settings.node {
                share(with: peer, fetch, toldBy: facts)
            }
            advance(fetch)
        }
    }

    private mutating func share(
        with peer: PeerAddress, _ number: FetchNumber, toldBy facts: SessionFacts
    ) {
        guard let fetch = fetches[number], fetch.sharers.count < SwarmLimits.sharersMax,
            !fetch.holders.contains(where: { $0.node == peer.key })
        else { return }
        let endpoints = peer.endpoints.filter {
            $0.mayBeDialled(heardFrom: facts.endpoint.reach)
        }
        guard !endpoints.isEmpty || session(with: peer.key) != nil else { return }
        _ = fetches.change(number) { fetch in
            fetch.holders.append(.init(node: peer.key, endpoints: endpoints))
            fetch.sharers.insert(peer.key)
        }
        want(peer.key, at: endpoints)
    }
}
