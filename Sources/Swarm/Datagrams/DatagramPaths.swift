import Wire

/// The paths of all sessions that have one, and when the next of them is to be looked at.
struct DatagramPaths: Sendable {
    /// By session.
    private(set) var all = OrderedTable<SessionNumber, DatagramPath>()
    /// When the first is due.
    private(set) var due = UInt64.max
    /// Words of peers that came from another address than their session, and words that may not
    /// come by datagram.
    var foreign: UInt64 = 0
    var unfit: UInt64 = 0
    /// Words that went by datagram although they could have gone over the session, and pings that
    /// were repeated there.
    var carried: UInt64 = 0
    var askedAgain: UInt64 = 0

    /// At which addresses others see this node, the latest last, and when they are asked again.
    var seen: [(by: Endpoint, place: Endpoint)] = []
    var nextAsk: UInt64 = 0

    /// Paths by which words go now.
    var openCount: Int { all.values.count { $0.standing == .open } }

    subscript(number: SessionNumber) -> DatagramPath? { all[number] }

    mutating func add(_ number: SessionNumber, seed: UInt64) {
        guard all[number] == nil else { return }
        all[number] = DatagramPath(seed: seed)
    }

    mutating func remove(_ number: SessionNumber) -> Bool {
        defer { all[number] = nil }
        return all[number] != nil
    }

    /// Changes a path in place; nil where there is none.
    mutating func change<Result>(
        _ number: SessionNumber, _ body: (inout DatagramPath) -> Result
    ) -> Result? {
        guard
            let (result, next) = all.change(number, { path in (body(&path), path.due) })
        else { return nil }
        due = min(due, next)
        return result
    }

    /// What is due, by session.
    mutating func wake(at now: UInt64) -> [(SessionNumber, [DatagramPath.Step])] {
        guard now >= due else { return [] }
        var steps: [(SessionNumber, [DatagramPath.Step])] = []
        due = .max
        for number in all.keys {
            let found = change(number) { $0.wake(now: now) } ?? []
            if !found.isEmpty { steps.append((number, found)) }
        }
        return steps
    }
}
