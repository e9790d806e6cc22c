/// The connections over which groups come from one peer: that of the session, and stripes beside
/// it. Each group is asked for over the one that owes least, so that one that is slow, or waits for
/// a lost packet, gets fewer.
struct PeerLines: Sendable {
    /// One of them.
    struct Line: Equatable, Sendable {
        /// Its number; nil for the session's own connection.
        let stripe: SessionNumber?
        /// Bytes asked over it and not answered yet.
        var owed: UInt64 = 0
        /// Monotonic nanoseconds since when it owes the next group.
        var owing: UInt64 = 0
    }

    private(set) var all = [Line(stripe: nil)]

    /// The stripes, in the order in which they came.
    var stripes: [SessionNumber] { all.compactMap(\.stripe) }

    /// A stripe stands.
    mutating func add(_ stripe: SessionNumber) { all.append(Line(stripe: stripe)) }

    /// A stripe is gone; what it owed was taken back.
    mutating func remove(_ stripe: SessionNumber) { all.removeAll { $0.stripe == stripe } }

    /// A group of so many bytes is asked for: the stripe to ask over, nil for the session's own
    /// connection.
    mutating func ask(_ bytes: UInt64, at now: UInt64) -> SessionNumber? {
        let least = all.indices.min { all[$0].owed < all[$1].owed } ?? 0
        if all[least].owed == 0 { all[least].owing = now }
        all[least].owed += bytes
        return all[least].stripe
    }

    /// A group that was asked for is not expected any more, or came.
    mutating func settle(_ bytes: UInt64, over stripe: SessionNumber?) {
        guard let index = all.firstIndex(where: { $0.stripe == stripe }) else { return }
        all[index].owed -= min(all[index].owed, bytes)
    }

    /// A group came.
    mutating func arrived(over stripe: SessionNumber?, at now: UInt64) {
        guard let index = all.firstIndex(where: { $0.stripe == stripe }) else { return }
        all[index].owing = now
    }

    /// Those that owe something and brought nothing for so many nanoseconds.
    func silent(for span: UInt64, at now: UInt64) -> [Line] {
        all.filter { $0.owed > 0 && now - min(now, $0.owing) > span }
    }
}
