import Wire

/// Whether and how others reach a node, for its owner.
public struct ReachFigures: Sendable {
    /// What peers found.
    public enum State: String, Sendable {
        /// It can be called from outside.
        case reachable
        /// It cannot; others need a relay.
        case hidden
        /// Nobody outside has tried yet, or they do not agree.
        case unknown
    }

    /// What peers found.
    public let state: State
    /// This node's own address as the network sees it, of both versions.
    public let seen: [Endpoint]
    /// Where others call it now.
    public let endpoints: [Endpoint]
    /// Relays over which it is reached.
    public let relays: [PeerAddress]
    /// Whether there is an outside: a peer at a global address.
    public let hasOutside: Bool
    /// What it relays for others; nil where it does not.
    public let desk: Desk?
    /// Connections through routers that came about, and that did not.
    public let punches: (succeeded: UInt64, failed: UInt64)

    /// What a relay does.
    public struct Desk: Sendable {
        /// What its owner gives.
        public let offer: RelayOffer
        /// Circuits that stand.
        public let circuits: Int
        /// Nodes that are reached over it.
        public let places: Int
        /// Bytes in this day.
        public let today: UInt64
        /// What happened so far.
        public let counters: RelayCounters
    }
}

extension Swarm {
    /// Whether and how others reach this node.
    public var reach: ReachFigures {
        let state: ReachFigures.State =
            switch reachVerdict {
            case .reachable: .reachable
            case .unreachable: .hidden
            case .unknown: needsRelay && !relayAddresses.isEmpty ? .hidden : .unknown
            }
        let port = listeningPort ?? 0
        return ReachFigures(
            state: state, seen: reaching.own.hosts.compactMap { Endpoint(bytes: $0, port: port) },
            endpoints: ownEndpoints, relays: relayAddresses,
            hasOutside: sessions.values.contains {
                $0.facts.path.isOwn && $0.facts.endpoint.reach == .global
            },
            desk: relaying.desk.map { desk in
                .init(
                    offer: desk.offer, circuits: desk.circuitCount, places: desk.placeCount,
                    today: desk.budget.usedToday, counters: desk.counters)
            }, punches: (punching.succeeded, punching.failed))
    }
}
