import Wire

/// How a node stands in the network, for its owner.
public struct NetworkFigures: Sendable {
    /// Neighbours that this node chose.
    public let chosen: Int
    /// Neighbours that found it.
    public let found: Int
    /// Neighbours that seem to be dead.
    public let suspected: Int
    /// Parts of the network (/16 or /32) that its neighbours at global addresses are in.
    public let netgroups: Int
    /// Addresses in reserve.
    public let reserve: Int
    /// How slow this node itself seems to be: all waits for others are as many times longer, and
    /// once more.
    public let slowness: UInt64
    /// How often a neighbour was suspected.
    public let suspicions: UInt64
    /// How often a word of its own cleared it.
    public let refutations: UInt64
    /// How often one was taken for dead.
    public let deaths: UInt64
    /// What went among neighbours.
    package let news: SpreadCounters
    /// Records and comparisons.
    public let gossip: GossipCounters
    /// Records that wait for their check.
    public let waiting: Int
    /// Why records cannot be kept, in words; nil while they can.
    public let shortage: String?
    /// Callers for whom there was no room.
    public let refused: UInt64
    /// Sessions that were ended since they served nobody, for others of the same network.
    public let sentAway: UInt64
    /// Addresses that the owner gave and that are not connected, each with why, if it was tried.
    public let unreached: [(endpoints: [Endpoint], failure: String?)]
}

extension Swarm {
    /// How this node stands in the network.
    public var figures: NetworkFigures {
        let neighbours = sessions.values.filter(\.isNeighbour)
        let groups = Set(neighbours.compactMap { Netgroup($0.facts.endpoint) })
        let probing = neighbourhood.probing
        let lost = contacts.filter { contact in
            guard contact.source == .owner else { return false }
            guard let key = contact.key else { return contact.failure != nil }
            return key != settings.node && session(with: key) == nil
        }
        return NetworkFigures(
            chosen: neighbourhood.overlay.chosen,
            found: neighbours.count - neighbourhood.overlay.chosen,
            suspected: neighbours.count { $0.isSuspected }, netgroups: groups.count,
            reserve: neighbourhood.overlay.passive.count, slowness: probing.slowness,
            suspicions: probing.suspicions, refutations: probing.refutations,
            deaths: probing.drops, news: neighbourhood.spread.statistics,
            gossip: gossip.counters, waiting: gossip.waiting,
            shortage: gossip.unkept.reason, refused: admission.refused,
            sentAway: admission.sentAway,
            unreached: lost.map { ($0.endpoints, $0.failure) })
    }

    /// Bytes of the news that is kept for who asks for it: for everyone, and inside circles.
    public var newsBytes: (everyone: Int, members: Int) {
        (
            neighbourhood.spread.payloadBytes,
            circleNews.trees.values.reduce(0) { $0 + $1.spread.payloadBytes }
        )
    }

    /// Addresses in the book.
    public var addressCount: Int { addresses.count }

    /// Whether a session's peer is a neighbour that this node chose.
    public func isChosen(_ number: SessionNumber) -> Bool {
        neighbourhood.overlay.links[number]?.state == .chosen
    }
}
