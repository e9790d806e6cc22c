import Wire

/// Beacons inside a node: what is found becomes an ordinary dial of an address whose key is not
/// known, once for each time, and from there on an ordinary peer.
extension Swarm {
    mutating func handleLan(_ input: Input) {
        guard !isStopping else { return }
        switch input {
        case .lanSurveyed(let interfaces): beacons?.surveyed(interfaces, at: now.monotonic)
        case .beaconSent(let interface, let failure):
            if let wanted = beacons?.sent(over: interface, failure: failure) { perform(wanted) }
        case .beaconHeard(let bytes, let source, let interface):
            guard let heard = beacons?.read(bytes, from: source, arrivedBy: interface) else {
                return
            }
            let isMet = isMet(at: heard.place)
            let wanted = beacons?.take(
                heard, isMet: isMet, sessions: sessions.count, at: now.monotonic)
            perform(wanted ?? [])
        default: break
        }
    }

    mutating func perform(_ wanted: [LocalBeacons.Effect]) {
        for effect in wanted {
            switch effect {
            case .survey: effects.append(.surveyLan)
            case .send(let bytes, let interface):
                effects.append(.sendBeacon(bytes, over: interface))
            case .answer(let bytes, let target, let interface):
                effects.append(.answerBeacon(bytes, to: target, interface: interface))
            case .dial(let place): dialFound(place)
            case .log(let text): effects.append(.log(text))
            }
        }
    }

    /// Whether a session with the node that listens there stands or is being made. A peer that
    /// called has told where it listens. A dial for a key that was met there once does not count:
    /// another node may have the address by now.
    private func isMet(at place: Endpoint) -> Bool {
        if contacts.contains(where: {
            $0.key == nil && $0.dial != nil && $0.endpoints.contains(place)
        }) {
            return true
        }
        // By index: a copy of each of 256 sessions would make a flood thirty times dearer.
        let entries = sessions.entries
        return entries.indices.contains { index in
            let endpoint = entries[index].value.facts.endpoint
            guard endpoint.bytes == place.bytes, endpoint.zone == place.zone else { return false }
            if endpoint.port == place.port { return entries[index].value.facts.isInitiator }
            let told = entries[index].value.introduction?.endpoints
            return told?.contains { $0.port == place.port } == true
        }
    }

    private mutating func dialFound(_ place: Endpoint) {
        var contact = Contact(key: nil, endpoints: [place], source: .beacon)
        contact.isWanted = true
        guard remember(contact) else { return }
        dialContacts()
        // With as many sessions as there may be nothing was dialled; a later beacon comes.
        contacts.removeAll { $0.source == .beacon && $0.dial == nil }
    }

    /// A node that a beacon led to has shown its key: the address book has it from now on.
    mutating func keepFound(_ facts: SessionFacts) {
        guard let dial = facts.dial else { return }
        contacts.removeAll { $0.dial == dial && $0.source == .beacon }
    }
}
