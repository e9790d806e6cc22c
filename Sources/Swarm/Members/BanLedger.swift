import Wire

/// A peer that is not asked for a while.
public struct Ban: Equatable, Sendable {
    /// Monotonic nanoseconds of its end.
    public let until: UInt64
    /// What it did, in words.
    public let reason: String
    /// Whether it gets no session either.
    public let isShutOut: Bool
}

/// Which peers are left alone, by key and for how long: the first time for ten minutes, again
/// within a day for a day. By key, as many machines can share an address.
///
/// Kept while the node runs: a restart forgives.
public struct BanLedger: Sendable {
    private var standing = OrderedTable<NodeKey, Ban>()
    /// Monotonic nanoseconds when a peer was banned last, for as long as that makes the next ban
    /// longer.
    private var last = OrderedTable<NodeKey, UInt64>()

    /// Nobody.
    public init() {}

    /// The ban of a peer that stands.
    public subscript(peer: NodeKey) -> Ban? { standing[peer] }

    /// All that stand, by key.
    public var entries: [(key: NodeKey, value: Ban)] { standing.entries }

    /// Whether nobody is banned.
    public var isEmpty: Bool { standing.isEmpty }

    /// Leaves a peer alone for a while; shut out, it gets no session either. What it does while it
    /// is banned makes no second ban: the answers to one burst of requests come together.
    mutating func ban(_ peer: NodeKey, _ reason: String, isShutOut: Bool, at now: UInt64) {
        let known = standing[peer]
        if known == nil { makeRoom() }
        let again = last[peer].map { now - min(now, $0) < Span.day } ?? false
        let span = known == nil && again ? SwarmLimits.banSpanAgain : SwarmLimits.banSpan
        standing[peer] = Ban(
            until: max(known?.until ?? 0, now + span), reason: reason,
            isShutOut: isShutOut || known?.isShutOut == true)
        last[peer] = now
    }

    /// The one that ends first makes room.
    private mutating func makeRoom() {
        if standing.count >= SwarmLimits.bansMax,
            let first = standing.entries.min(by: { $0.value.until < $1.value.until })
        {
            standing[first.key] = nil
        }
        if last.count >= SwarmLimits.bansMax,
            let first = last.entries.min(by: { $0.value < $1.value })
        {
            last[first.key] = nil
        }
    }

    /// Forgives a peer, also what it did before; whether it was banned.
    mutating func lift(_ peer: NodeKey) -> Bool {
        defer {
            standing[peer] = nil
            last[peer] = nil
        }
        return standing[peer] != nil
    }

    /// Ends what is over.
    mutating func expire(at now: UInt64) {
        standing.removeAll { _, ban in ban.until <= now }
        last.removeAll { _, begun in now - min(now, begun) >= Span.day }
    }
}
