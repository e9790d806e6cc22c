import Wire

/// Feelers: once in two minutes, when there are neighbours enough, a short call to an address that
/// nobody tried yet. If a node answers, the address is worth keeping and the two catalogues are
/// compared; so no island lasts whose nodes are known elsewhere.
extension Swarm {
    mutating func feelIfDue() {
        watchFeeler()
        if feeling.next == 0 { feeling.next = now.monotonic + nextFeelerPause() }
        guard feeling.next <= now.monotonic, feeling.call == nil else { return }
        feeling.next = now.monotonic + nextFeelerPause()
        guard neighbourhood.overlay.chosen >= NeighbourLimits.outboundWanted,
            sessions.count < SwarmLimits.sessionsMax
        else { return }
        // Whoever is to be probed and has a session is there.
        for holder in addresses.contests.keys where session(with: holder) != nil {
            addresses.stood(holder, at: now)
        }
        guard let peer = addresses.feelerTarget(without: unavailable, at: now),
            !isDialling(peer.key)
        else { return }
        addresses.dialled(peer.key, at: now)
        feeling.call = Feeling.Call(peer: peer.key, dial: nextDial, begun: now.monotonic)
        effects.append(.dial(nextDial, endpoints: peer.endpoints, expected: peer.key))
        nextDial += 1
    }

    /// Half to one and a half pauses, so that feelers of many nodes do not come together.
    private mutating func nextFeelerPause() -> UInt64 {
        AddressLimits.feelerPause / 2
            + UInt64.random(in: 0..<AddressLimits.feelerPause, using: &generator)
    }

    /// Whether a dial that came to nothing was a feeler's.
    mutating func feelerFailed(_ dial: UInt64) -> Bool {
        guard let call = feeling.call, call.dial == dial else { return false }
        feeling.call = nil
        addresses.failed(call.peer, at: now)
        return true
    }

    /// A session stands; the feeler's is an ordinary one that ends soon.
    mutating func feelerAnswered(_ number: SessionNumber, _ facts: SessionFacts) {
        guard let call = feeling.call, facts.isInitiator, facts.dial == call.dial else { return }
        feeling.call?.session = number
    }

    /// Ends the feeler's session once the catalogues agree, unless it is of use otherwise.
    private mutating func watchFeeler() {
        guard let call = feeling.call else { return }
        let isLate = now.monotonic - call.begun > AddressLimits.feelerPatience
        guard let number = call.session else {
            if isLate { feeling.call = nil }
            return
        }
        guard let session = sessions[number], !session.isClosing, !isUseful(session) else {
            feeling.call = nil
            return
        }
        let rest = now.monotonic - max(session.opened, session.heard)
        let agrees =
            session.reconciliation == nil && session.batchesAsked.isEmpty
            && session.wanted.isEmpty && session.wantedItems.isEmpty && session.answering == 0
        guard isLate || agrees && rest >= AddressLimits.feelerRest else { return }
        feeling.call = nil
        close(number, "the catalogues agree, and there are neighbours enough")
    }

    /// Whether a session became a neighbour's, or bytes of layers pass over it.
    func isUseful(_ session: Session) -> Bool {
        session.isNeighbour || session.pace.asked > 0 || !session.serving.isEmpty
            || session.isRelaying
    }
}

/// The feeler under way, and when the next is due.
struct Feeling: Sendable {
    /// A short call.
    struct Call: Sendable {
        let peer: NodeKey
        let dial: UInt64
        let begun: UInt64
        /// Its session, once somebody answered.
        var session: SessionNumber?
    }

    /// The one under way.
    var call: Call?
    /// Monotonic nanoseconds when the next is due; 0 before the first is planned.
    var next: UInt64 = 0
}
