import Wire

/// Whose sessions stand: as many as there is room for, and no more from one part of the network
/// than it may have.
extension Swarm {
    /// The reason that a node gives when it lets go of a peer that it has no need of, for others.
    static let noRoom = "no room for more sessions"

    /// Whether there is room for one more session, if need be in the place of one that serves
    /// nobody.
    mutating func hasRoom(for facts: SessionFacts) -> Bool {
        if let subnet = Self.subnet(of: facts), !hasRoom(in: subnet) { return false }
        return hasRoom(forOwn: facts.isInitiator)
    }

    /// The same among all sessions: of those that serve nobody the oldest in the part of the
    /// network that has most makes room. Strangers leave some places for this node's own dials.
    private mutating func hasRoom(forOwn isOwn: Bool) -> Bool {
        let own = isOwn ? 0 : SwarmLimits.ownSessionsMin
        guard sessions.count >= SwarmLimits.sessionsMax - own else { return true }
        var crowds: [Netgroup: Int] = [:]
        for session in sessions.values {
            if let group = Netgroup(session.facts.endpoint) { crowds[group, default: 0] += 1 }
        }
        func crowd(_ session: Session) -> Int {
            Netgroup(session.facts.endpoint).flatMap { crowds[$0] } ?? 1
        }
        let least = sessions.entries.filter { isDispensable($0.value) }.min { one, other in
            (crowd(other.value), one.value.opened, one.key)
                < (crowd(one.value), other.value.opened, other.key)
        }
        guard let least else { return false }
        close(least.key, Self.noRoom)
        return true
    }

    /// The same among those who called from one network: a whole lab behind one router has room,
    /// one machine that makes itself many keys only as long as they are of use.
    private mutating func hasRoom(in subnet: Subnet) -> Bool {
        sendIdleAway(from: subnet)
        let callers = callers(from: subnet)
        guard callers.count >= SwarmLimits.sessionsPerSubnetMax else { return true }
        guard let oldest = callers.first(where: { isDispensable($0.session) }) else { return false }
        close(oldest.number, Self.noRoom)
        return true
    }

    /// Ends the oldest sessions of one network that serve nobody, beyond a few.
    private mutating func sendIdleAway(from subnet: Subnet) {
        let idle = callers(from: subnet).filter { isIdle($0.session) }
        for caller in idle.dropLast(SwarmLimits.idlePerSubnetMax) {
            admission.sentAway += 1
            close(caller.number, Self.noRoom)
        }
    }

    /// Whether a session serves nobody, and nobody asks anything over it. A light node stands by
    /// for its owner's searches, and a newcomer takes in the catalogue for minutes.
    private func isIdle(_ session: Session) -> Bool {
        isDispensable(session) && !isLight(session)
            && now.monotonic - session.asked > SwarmLimits.sessionMin
    }

    /// The same for each network: whoever calls often and then is silent waits for no other call.
    mutating func watchSubnets() {
        var counts: [Subnet: Int] = [:]
        for session in sessions.values where !session.isClosing {
            if let subnet = Self.subnet(of: session.facts) { counts[subnet, default: 0] += 1 }
        }
        for (subnet, count) in counts.sorted(by: { $0.key < $1.key })
        where count > SwarmLimits.idlePerSubnetMax {
            sendIdleAway(from: subnet)
        }
    }

    /// The network that a caller's address is in; nil for this node's own dials, for addresses that
    /// are not global, and where a relay's address stands for the caller's.
    private static func subnet(of facts: SessionFacts) -> Subnet? {
        facts.isInitiator || facts.path.isRelayed ? nil : Subnet(facts.endpoint)
    }

    /// Standing sessions of those who called from one network, the oldest first.
    private func callers(from subnet: Subnet) -> [(number: SessionNumber, session: Session)] {
        sessions.entries
            .filter { !$0.value.isClosing && Self.subnet(of: $0.value.facts) == subnet }
            .sorted { ($0.value.opened, $0.key) < ($1.value.opened, $1.key) }
            .map { ($0.key, $0.value) }
    }

    /// Whether nothing is lost when a session ends: the peer is no neighbour, nothing is on its
    /// way to it or from it, no circle holds both, and the owner did not name it.
    func isDispensable(_ session: Session) -> Bool {
        !session.isClosing && !isUseful(session) && session.rights.circles.isEmpty
            && now.monotonic - session.opened > SwarmLimits.sessionMin
            && !contacts.contains {
                $0.key == session.facts.peer && ($0.source == .owner || $0.isWanted)
            }
    }
}

/// How many were not let in, or let go of, for want of room.
struct AdmissionCounters: Sendable {
    /// Callers for whom there was none.
    var refused: UInt64 = 0
    /// Sessions that served nobody and had too many beside them from the same network.
    var sentAway: UInt64 = 0
}
