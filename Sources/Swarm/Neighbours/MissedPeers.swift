import Wire

/// Neighbours that were lost, whether or not they said goodbye (most often they were started anew),
/// and when each is called again: after 1, 2, 4 … 30 seconds, for an hour.
struct MissedPeers: Sendable {
    private struct Call: Sendable {
        let peer: PeerAddress
        let since: UInt64
        var pause: UInt64
        var due: UInt64
    }

    private var calls = OrderedTable<NodeKey, Call>()
    /// When the first is to be called; `UInt64.max` for none.
    private(set) var deadline: UInt64 = .max

    /// Lost ones.
    var count: Int { calls.count }

    mutating func add(_ peer: PeerAddress, at now: UInt64) {
        guard !peer.endpoints.isEmpty else { return }
        if calls.count >= NeighbourLimits.missedMax,
            let oldest = calls.entries.min(by: { $0.value.since < $1.value.since })
        {
            calls[oldest.key] = nil
        }
        let pause = NeighbourLimits.missedPauseMin
        calls[peer.key] = Call(peer: peer, since: now, pause: pause, due: now + pause)
        look()
    }

    /// One is back; whether it was missed.
    mutating func remove(_ key: NodeKey) -> Bool {
        guard calls[key] != nil else { return false }
        calls[key] = nil
        look()
        return true
    }

    /// Nobody answered; one that has not for an hour is given up.
    mutating func failed(_ key: NodeKey, at now: UInt64) {
        guard let call = calls[key] else { return }
        if now - min(now, call.since) > NeighbourLimits.missedPatience { calls[key] = nil }
        look()
    }

    /// Those to call now; each is due again after a longer pause.
    mutating func due(at now: UInt64) -> [PeerAddress] {
        guard deadline <= now else { return [] }
        var peers: [PeerAddress] = []
        for (key, call) in calls.entries where call.due <= now {
            peers.append(call.peer)
            _ = calls.change(key) { call in
                call.pause = min(call.pause * 2, NeighbourLimits.missedPauseMax)
                call.due = now + call.pause
            }
        }
        look()
        return peers
    }

    private mutating func look() {
        deadline = calls.values.map(\.due).min() ?? .max
    }
}
