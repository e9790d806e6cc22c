import Genome
import Wire

/// How peers that may know of a layer which not everyone may know of are told of it: by its
/// holder, each over its own session.
extension Swarm {
    /// The domain of this node's record about a layer; nil for one that it tells nobody of.
    func domain(of layer: HeldLayer) -> Domain? {
        let policy = layer.policy
        guard policy.withdrawal == nil else { return nil }
        switch policy.visibility {
        case .public:
            return decide(.announce, policy, by: myself) == .allow ? .everyone : nil
        case .private: return nil
        case .whitelist:
            guard announces(layer) else { return nil }
            return .restricted(
                tag: CircleTag.domain(publisher: layer.publisher, layer: layer.layer))
        case .organization:
            let isOwn = isPublisher(layer.publisher)
            guard let id = policy.organization, let known = organizations[id],
                let tag = known.domains.first
            else { return nil }
            let mayMirror = known.rights(at: seconds).contains(.mirror)
            let seeds = policy.distribution.isPeerToPeer && settings.isSeeding && mayMirror
            return isOwn || seeds ? .restricted(tag: tag) : nil
        }
    }

    /// Tells a peer of every layer that it may know of and that gossip does not carry.
    mutating func offerLayers(to number: SessionNumber) {
        for layer in held.values { offer(layer, to: number) }
        for layer in gone.values {
            guard let caller = caller(number), decide(.see, layer.policy, by: caller) == .allow
            else { continue }
            findOffer(of: layer, for: number)
        }
    }

    /// What the publisher said to the peer or about the layer, then the record.
    mutating func offer(_ layer: HeldLayer, to number: SessionNumber) {
        guard layer.policy.visibility != .public || layer.hasNews,
            let caller = caller(number)
        else { return }
        if isPublisher(layer.publisher) {
            for envelope in layer.statements(for: caller) { tell(.statement(envelope), to: number) }
        }
        guard case .restricted = domain(of: layer),
            decide(.see, layer.policy, by: caller) == .allow
        else { return }
        findOffer(of: layer, for: number)
    }

    private mutating func findOffer(of layer: HeldLayer, for number: SessionNumber) {
        let isOwn = announces(layer)
        let place = SlotKey(
            publisher: isOwn ? layer.publisher : settings.node, type: isOwn ? .layer : .mirror,
            slot: Slot(prefixOf: layer.layer))
        effects.append(.findOffer(number, layer: layer.layer, at: place))
    }

    /// Sends a statement or a document that the peer was not sent in this session yet, as long as
    /// there is room for more; whether it was sent.
    @discardableResult
    mutating func tell(_ message: Message, to number: SessionNumber) -> Bool {
        let isNews = sessions.change(number) { session in
            !session.isClosing && session.rights.tells(message)
        }
        guard isNews == true else { return false }
        send(message, to: number)
        return true
    }

    /// This node's own record about a layer, for a peer that may know of it.
    mutating func offerFound(_ number: SessionNumber, _ layer: Digest, _ record: [UInt8]) {
        guard let known = held[layer] ?? gone[layer], decide(.see, known, number) == .allow
        else { return }
        guard let record = RecordFor<Members>(record) else { return }
        sendRecords([record], to: number)
    }

    /// Tells records that are not for everyone to peers that may hear of them from this node,
    /// except those to whom the circle's news brings them.
    mutating func tellMembers(_ records: [Record], from source: SessionNumber?) {
        let hidden = records.filter { $0.domain != .everyone }
        guard !hidden.isEmpty else { return }
        for number in sessions.keys where number != source {
            let heard = hidden.filter { mayHear($0, number) }.compactMap { RecordFor<Members>($0) }
                .filter { !isLinked(number, in: $0.circle) }
            if !heard.isEmpty { sendRecords(heard, to: number) }
        }
    }

    /// Whether a record that is not for everyone may go to the peer of a session.
    func mayHear(_ record: Record, _ number: SessionNumber) -> Bool {
        guard case .restricted = record.domain else { return true }
        let id: Digest? =
            switch record.content {
            case .layer(let content), .mirror(let content, _): content.layer
            case .tombstone(let ended):
                (held.values + gone.values).first { Slot(prefixOf: $0.layer) == ended.slot }?
                    .layer
            default: nil
            }
        guard isPublisher(record.publisher), let id, let layer = held[id] ?? gone[id] else {
            return false
        }
        return decide(.see, layer, number) == .allow
    }

    /// Whether this node may keep a record that is not for everyone: it knows the circle, and the
    /// peer has proven that it belongs there too.
    func mayKeep(_ record: Record, from number: SessionNumber) -> Bool {
        guard case .restricted(let tag) = record.domain, let session = sessions[number] else {
            return true
        }
        for place in caller(number)?.places ?? [] {
            if organizations[place.organization]?.domains.contains(tag) == true { return true }
        }
        let peer = session.facts.peer
        guard record.publisher == peer || record.signer == peer else { return false }
        let layer: Digest? =
            switch record.content {
            case .layer(let content): content.layer
            case .tombstone(let ended):
                session.rights.granted.keys.first { Slot(prefixOf: $0) == ended.slot }
            default: nil
            }
        guard let layer, session.rights.granted[layer] == record.publisher else { return false }
        return tag == CircleTag.domain(publisher: record.publisher, layer: layer)
    }
}
