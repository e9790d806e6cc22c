import Wire

/// Whether this node can be called from outside its own network, by what peers found that tried.
struct Reachability: Sendable {
    /// What follows from it.
    enum Verdict: Equatable, Sendable {
        /// Nobody has tried, or they do not agree.
        case unknown
        /// Several parts of the network reached it.
        case reachable
        /// It was called and nobody reached it.
        case unreachable
    }

    /// What one part of the network found.
    struct Vote: Sendable {
        /// Whether it reached this node.
        let isReached: Bool
        /// The address that it called.
        let host: [UInt8]
        /// Monotonic nanoseconds.
        let at: UInt64
    }

    private(set) var votes = OrderedTable<Netgroup, Vote>()

    /// Takes what a peer found; the oldest vote makes room.
    mutating func note(_ vote: Vote, by group: Netgroup) {
        if votes[group] == nil, votes.count >= ReachLimits.votesMax,
            let oldest = votes.entries.min(by: { $0.value.at < $1.value.at })
        {
            votes[oldest.key] = nil
        }
        votes[group] = vote
    }

    /// Forgets everything: the node has another address.
    mutating func forget() { votes = OrderedTable() }

    /// Whether a part of the network should be asked.
    func isDue(_ group: Netgroup, at now: UInt64) -> Bool {
        guard let vote = votes[group] else { return votes.count < ReachLimits.votesMax }
        return now - min(now, vote.at) >= ReachLimits.voteSpan
    }

    /// What follows from the votes that count.
    func verdict(at now: UInt64) -> Verdict {
        let counted = votes.values.filter { now - min(now, $0.at) < ReachLimits.voteLife }
        let reached = counted.count(where: \.isReached)
        let missed = counted.count - reached
        if reached >= ReachLimits.reachedMin, reached > missed { return .reachable }
        return missed > 0 && missed >= reached ? .unreachable : .unknown
    }

    /// Whether somebody reached this node at an address.
    func wasReached(at host: [UInt8]) -> Bool {
        votes.values.contains { $0.isReached && $0.host == host }
    }
}
