import Wire

/// How a node stands with datagrams, for its owner.
public struct DatagramFigures: Equatable, Sendable {
    /// Neighbours that take datagrams.
    public let paths: Int
    /// Those of them to which they pass.
    public let open: Int
    /// Where others see this node's datagrams come from, each address once.
    public let seenAt: [Endpoint]
    /// Words that went by datagram.
    public let carried: UInt64
    /// Pings that were repeated over the session.
    public let askedAgain: UInt64
    /// Opened datagrams that came from another address than their session.
    public let foreign: UInt64
    /// Those that held a word which may not come this way.
    public let unfit: UInt64
}

extension Swarm {
    /// How this node stands with datagrams.
    public var datagramFigures: DatagramFigures {
        DatagramFigures(
            paths: datagrams.all.count, open: datagrams.openCount,
            seenAt: datagrams.seen.reduce(into: []) { places, one in
                if !places.contains(one.place) { places.append(one.place) }
            }, carried: datagrams.carried,
            askedAgain: datagrams.askedAgain, foreign: datagrams.foreign, unfit: datagrams.unfit)
    }

    /// Whether words for the peer of a session go by datagram; nil where it takes none.
    public func passesDatagrams(_ number: SessionNumber) -> Bool? {
        datagrams[number].map { $0.standing == .open }
    }
}
