import Genome
import Wire

/// Keys that let a peer act for them: looked up for those whose word matters here, and for those
/// that the peer names.
extension Swarm {
    /// Has the delegations to a session's peer looked up. Anyone may delegate to any key; what
    /// strangers sign crowds out nobody, since only these are asked for.
    mutating func findDelegations(_ number: SessionNumber) {
        guard let session = sessions[number] else { return }
        effects.append(
            .findDelegations(
                number, session.facts.peer, of: principals.union(session.rights.named)))
    }

    /// The keys that let the peer act for them now. What it said in their names is heard then.
    mutating func delegationsFound(_ number: SessionNumber, _ found: [Delegation]) {
        let named = sessions[number]?.rights.named ?? []
        let order =
            found.filter { named.contains($0.publisher) }
            + found.filter { !named.contains($0.publisher) }
        let kept = Array(order.prefix(SwarmLimits.delegationsMax))
        let changed = sessions.change(number) { session -> [SessionRights.Waiting]? in
            guard session.rights.delegations != kept else { return nil }
            session.rights.delegations = kept
            defer { session.rights.waiting = [] }
            return session.rights.waiting
        }
        guard let waiting = changed ?? nil, !kept.isEmpty else { return }
        for word in waiting {
            switch word {
            case .statement(let bytes): hear(bytes, from: number)
            case .credential(let bytes): receive(credential: bytes, from: number)
            case .record: break
            }
        }
        let records = waiting.compactMap { word in
            if case .record(let bytes) = word { bytes } else { nil }
        }
        if !records.isEmpty { accept(records, from: number) }
        offerLayers(to: number)
    }

    /// A delegation came or ended: sessions with its key look again, where its publisher is one
    /// that is looked for.
    mutating func delegationsChanged(by record: Record) {
        for (number, session) in sessions.entries {
            let isAbout =
                switch record.content {
                case .delegation(let content):
                    content.key == session.facts.peer
                        && (principals.contains(record.publisher)
                            || session.rights.named.contains(record.publisher))
                case .keyRevocation, .tombstone:
                    session.rights.delegations.contains { $0.publisher == record.publisher }
                default: false
                }
            if isAbout { findDelegations(number) }
        }
    }

    /// Whom this node acts for changed. Of layers that it speaks for from now on, or no more, it
    /// says nothing until the shell gave them anew: who announced them is in the catalogue.
    mutating func delegationsChanged(to delegations: [Delegation]) {
        guard settings.delegations != delegations else { return }
        let before = Set(held.values.filter { isPublisher($0.publisher) }.map(\.layer))
        settings.delegations = delegations
        for var layer in held.values
        where before.contains(layer.layer) != isPublisher(layer.publisher) {
            layer.announced = nil
            held[layer.layer] = layer
            publishing.layersDue[layer.layer] = nil
            publishing.domains[layer.layer] = nil
        }
    }

    /// Keeps what a peer said in the name of `key` until the delegation that lets it is here, and
    /// has that looked up. A peer that names more keys than anyone acts for is at fault.
    mutating func wait(
        for key: NodeKey, _ word: SessionRights.Waiting, from number: SessionNumber
    ) {
        guard let rights = sessions[number]?.rights else { return }
        let isNew = !rights.named.contains(key)
        guard !isNew || rights.named.count < SwarmLimits.namedMax else {
            blame(number, "speaks for more keys than let it")
            return
        }
        let size = rights.waiting.reduce(word.byteCount) { $0 + $1.byteCount }
        _ = sessions.change(number) { session in
            session.rights.named.insert(key)
            if size <= SwarmLimits.waitingBytesMax { session.rights.waiting.append(word) }
        }
        if isNew { findDelegations(number) }
    }

    /// Keeps a record that came behind a grant in the name of a key whose delegation is not known
    /// yet: it would not come again in this session.
    mutating func waitForGrant(_ record: Record, _ bytes: [UInt8], from number: SessionNumber) {
        guard let session = sessions[number], record.signer == session.facts.peer,
            session.rights.named.contains(record.publisher), !session.rights.waiting.isEmpty
        else { return }
        wait(for: record.publisher, .record(bytes), from: number)
    }

    /// Whose delegations matter from now on, since a layer of theirs or for them is here.
    mutating func notePrincipals(of layer: HeldLayer) {
        var isNew = false
        for key in [layer.publisher] + layer.policy.grants.map(\.grantee)
        where principals.insert(key).inserted { isNew = true }
        guard isNew else { return }
        for number in sessions.keys { findDelegations(number) }
    }

    /// Whether the peer of a session is a key or may publish for it.
    func maySpeak(_ number: SessionNumber, for key: NodeKey) -> Bool {
        guard let caller = caller(number) else { return false }
        return caller.key == key || caller.publishes(for: key)
    }

    /// Another node that acts for a publisher announced, or ended, a layer that is here too: its
    /// record stands, and this node's own word is that it has a copy.
    mutating func saidByOther(_ record: Record) {
        guard record.slotKey.type == .layer, record.publisher != settings.node,
            record.signer != settings.node, isPublisher(record.publisher),
            var layer = held.values.first(where: {
                $0.publisher == record.publisher && Slot(prefixOf: $0.layer) == record.slot
            }), !layer.isSaidByOther
        else { return }
        layer.isSaidByOther = true
        layer.announced = nil
        publishing.layersDue[layer.layer] = nil
        publishing.domains[layer.layer] = nil
        hold(layer)
    }
}
