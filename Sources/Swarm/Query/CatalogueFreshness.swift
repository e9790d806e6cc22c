import Wire

/// How well the own catalogue agrees with those of the neighbours: what an answer from it is worth.
public struct CatalogueFreshness: Equatable, Sendable {
    /// Peers with a standing channel.
    public let neighbours: Int
    /// Those of them with which a comparison came to its end, so that both hold what the other
    /// held then, and none is going on.
    public let agreeing: Int
    /// Monotonic nanoseconds of the oldest of these comparisons; nil where there is none.
    public let oldest: UInt64?
}

extension Swarm {
    /// How well the catalogue of everyone's records agrees with the neighbours'. Restricted records
    /// are not compared: each is told to those who may know of it when a session begins.
    public var freshness: CatalogueFreshness {
        let all = sessions.values.filter { !$0.isClosing }
        let done = all.filter {
            $0.reconciliation == nil && $0.compared > 0 && !$0.hasLostRecords
        }
        return CatalogueFreshness(
            neighbours: all.count, agreeing: done.count, oldest: done.map(\.compared).min())
    }

    /// Peers with a standing channel whose last round trip took less than so many nanoseconds.
    public func neighbours(within nanoseconds: UInt64) -> [NodeKey] {
        sessions.values.filter { session in
            !session.isClosing && session.roundTrip.map { $0 < nanoseconds } ?? false
        }.map(\.facts.peer)
    }
}
